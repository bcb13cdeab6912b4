/** Events as listeners and as streams. */
import { EventStream } from '../base/event-stream.ts';
import type { ConferenceEvents } from './conference-events.ts';

/** Subscribes a listener; the returned function ends that. */
export type On = <Name extends keyof ConferenceEvents>(
  event: Name,
  listener: (payload: ConferenceEvents[Name]) => void,
) => () => void;

/** Unread values that a stream keeps. */
const bufferLimit = 1_000;

/** What `pick` makes of each event from now on, until the reader stops or the conference ends; undefined is left out. */
export function streamOf<Name extends keyof ConferenceEvents, Value>(
  on: On,
  event: Name,
  pick: (payload: ConferenceEvents[Name]) => Value | undefined,
): EventStream<Value> {
  const offEvent = on(event, (payload) => {
    const value = pick(payload);
    if (value !== undefined) stream.push(value);
  });
  const offEnded = on('ended', () => stream.close());
  const stream = new EventStream<Value>(bufferLimit, () => {
    offEvent();
    offEnded();
  });
  return stream;
}
