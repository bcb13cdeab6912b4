/**
 * A typed event emitter with one payload an event. A listener that throws, or whose promise rejects, does not disturb the others or
 * the emitter: its error goes to `onListenerError`.
 */
import { callSafely } from './call-safely.ts';
import { UsageError } from './errors.ts';
import { nearNames } from './near-names.ts';

/** What it returns is looked at only where it is a promise that rejects. */
export type Listener<Payload> = (payload: Payload) => unknown;

/** Every event there is: programs without types write others. */
export type EventNames<Events extends object> = Readonly<Record<keyof Events, true>>;

export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();
  /** Of listeners for one time, what stands for them: they are taken back under their own name. */
  readonly #once = new WeakMap<Listener<never>, Set<Listener<never>>>();
  readonly #names: EventNames<Events>;
  readonly #onListenerError: (error: unknown, event: keyof Events) => void;

  constructor(names: EventNames<Events>, onListenerError: (error: unknown, event: keyof Events) => void) {
    this.#names = names;
    this.#onListenerError = onListenerError;
  }

  /**
   * Calls `listener` at every `event` until the returned function is called.
   * @throws UsageError `event-unknown`, `listener-invalid`
   */
  on<Name extends keyof Events>(event: Name, listener: Listener<Events[Name]>): () => void {
    this.#check(event, listener);
    let listeners = this.#listeners.get(event);
    if (!listeners) this.#listeners.set(event, (listeners = new Set()));
    listeners.add(listener);
    return () => this.off(event, listener);
  }

  /** Like {@link on}, for one time. */
  once<Name extends keyof Events>(event: Name, listener: Listener<Events[Name]>): () => void {
    this.#check(event, listener);
    const standIn = (payload: Events[Name]): unknown => {
      off();
      return listener(payload);
    };
    const standIns = this.#once.get(listener) ?? new Set();
    this.#once.set(listener, standIns.add(standIn));
    const end = this.on(event, standIn);
    const off = (): void => {
      end();
      standIns.delete(standIn);
    };
    return off;
  }

  /** @throws as {@link on} */
  off<Name extends keyof Events>(event: Name, listener: Listener<Events[Name]>): void {
    this.#check(event, listener);
    const listeners = this.#listeners.get(event);
    listeners?.delete(listener);
    for (const standIn of this.#once.get(listener) ?? []) listeners?.delete(standIn);
  }

  emit<Name extends keyof Events>(event: Name, payload: Events[Name]): void {
    const listeners = this.#listeners.get(event);
    if (!listeners) return;
    for (const listener of [...listeners] as unknown as Listener<Events[Name]>[])
      callSafely(
        () => listener(payload),
        (error) => this.#onListenerError(error, event),
      );
  }

  /** Somebody listens: what is costly to make is worth it. */
  has(event: keyof Events): boolean {
    return (this.#listeners.get(event)?.size ?? 0) > 0;
  }

  removeAll(): void {
    this.#listeners.clear();
  }

  #check(event: keyof Events, listener: unknown): void {
    if (!Object.hasOwn(this.#names, event)) throw unknownEvent(String(event), Object.keys(this.#names));
    if (typeof listener !== 'function')
      throw new UsageError(`listening to ${String(event)}: the listener is no function`, {
        code: 'listener-invalid',
      });
  }
}

function unknownEvent(event: string, names: readonly string[]): UsageError {
  const near = nearNames(event, names);
  const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are: ${names.join(', ')}`;
  return new UsageError(`listening to ${JSON.stringify(event)}: there is no such event; ${hint}`, {
    code: 'event-unknown',
  });
}
