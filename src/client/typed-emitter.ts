/** The public side of what tells its listeners what happens to it. */
import { Emitter, type EventNames, type Listener } from '../base/emitter.ts';
import type { JitsiError } from '../base/errors.ts';
import { listenerFailed } from './failures.ts';

export abstract class TypedEmitter<Events extends object> {
  readonly #emitter: Emitter<Events>;

  /** @param emitter by which the class itself tells */
  protected constructor(emitter: Emitter<Events>) {
    this.#emitter = emitter;
  }

  /** Calls `listener` at every `event`; the returned function ends that. @throws UsageError `event-unknown`, `listener-invalid` */
  on<Name extends keyof Events>(event: Name, listener: Listener<Events[Name]>): () => void {
    return this.#emitter.on(event, listener);
  }

  /** Like {@link on}, for one time. */
  once<Name extends keyof Events>(event: Name, listener: Listener<Events[Name]>): () => void {
    return this.#emitter.once(event, listener);
  }

  off<Name extends keyof Events>(event: Name, listener: Listener<Events[Name]>): void {
    this.#emitter.off(event, listener);
  }
}

/** A listener that throws, or whose promise rejects, becomes a `warning`. @param whose completes "a listener of", before the event's name */
export function warningEmitter<Events extends { warning: { error: JitsiError } }>(
  names: EventNames<Events>,
  whose?: string,
): Emitter<Events> {
  const emitter = new Emitter<Events>(names, (error, event) => {
    if (event === 'warning') return;
    const words = ['a listener of', whose, String(event)].filter((word) => word !== undefined).join(' ');
    emitter.emit('warning', { error: listenerFailed(words, error) });
  });
  return emitter;
}
