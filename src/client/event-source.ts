/** Events as listeners and as streams. */
import type { Listener } from '../base/emitter.ts';
import { EventStream } from '../base/event-stream.ts';
import type { ConferenceEvents } from './conference-events.ts';

/** Subscribes a listener; the returned function ends that. */
export type On = <Name extends keyof ConferenceEvents>(
  event: Name,
  listener: Listener<ConferenceEvents[Name]>,
) => () => void;

export interface EventSource {
  on: On;
  /** No event comes any more. */
  isOver(): boolean;
}

/** Unread values that a stream keeps. */
const bufferLimit = 1_000;

/** What `pick` makes of each event from now on, until the reader stops or the conference ends; undefined is left out. */
export function streamOf<Name extends keyof ConferenceEvents, Value>(
  { isOver, on }: EventSource,
  event: Name,
  pick: (payload: ConferenceEvents[Name]) => Value | undefined,
  signal: AbortSignal | undefined,
): EventStream<Value> {
  const offs: (() => void)[] = [];
  const stream = new EventStream<Value>({
    limit: bufferLimit,
    signal,
    closed: () => {
      for (const off of offs) off();
    },
  });
  if (isOver()) stream.close();
  if (stream.isClosed) return stream;
  offs.push(
    on(event, (payload) => {
      const value = pick(payload);
      if (value !== undefined) stream.push(value);
    }),
    on('ended', () => stream.close()),
  );
  return stream;
}
