/** Those in the room who drop raw bytes beside the payload's place: applications on lib-jitsi-meet, which wants a `msgPayload`. */
import type { Conference } from '../../client/conference.ts';
import type { Participant } from '../../conference/room/roster.ts';
import { nameOf } from '../visit/participants.ts';

/**
 * lib-jitsi-meet calls itself by a first name and three characters (`Paula-Xb8`), which no presence says otherwise: capabilities are
 * what a program claims to a focus, and ours claims the same.
 */
function isLibJitsiMeet({ statsId, isHidden }: Participant): boolean {
  return !isHidden && statsId !== undefined && /^[A-Z][a-z]+-[A-Za-z0-9]{3}$/.test(statsId);
}

/** Warns of each of them who is or comes into the room, until the signal is aborted. @param isMeant whether it is a receiver */
export function warnOfDeaf(
  conference: Pick<Conference, 'participants' | 'on'>,
  isMeant: (id: string) => boolean,
  warn: (message: string) => void,
  signal: AbortSignal,
): void {
  const look = (participant: Participant): void => {
    if (!isLibJitsiMeet(participant) || !isMeant(participant.id)) return;
    warn(
      `${nameOf(participant)} seems to be a browser, which drops bytes in this form; --raw-form payload gets them to its application`,
    );
  };
  for (const participant of conference.participants.values()) look(participant);
  const off = conference.on('participantJoined', ({ participant }) => look(participant));
  signal.addEventListener('abort', off, { once: true });
}
