import type { Conference, ConferenceEvents } from '../../src/index.ts';

/** The payload of a conference's next such event. */
export function nextEvent<Name extends keyof ConferenceEvents>(
  conference: Conference,
  event: Name,
): Promise<ConferenceEvents[Name]> {
  return new Promise((resolve) => conference.once(event, resolve));
}
