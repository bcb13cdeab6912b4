/** The ways a session ends, and what follows each (jicofo `JitsiMeetConferenceImpl.java`, `Participant.kt`). */
import { defined } from '../base/defined.ts';
import type { JingleReason } from './model.ts';
import type { SessionEnd } from './session-io.ts';

/** The focus sent session-terminate. */
export function endedByFocus(reason: JingleReason | undefined): SessionEnd {
  const { condition = 'success', text } = reason ?? {};
  const nextOffer = nextOfferAfter(condition, text);
  return defined({ reason: condition, text, by: 'focus', nextOffer } as const);
}

function nextOfferAfter(condition: string, text: string | undefined): SessionEnd['nextOffer'] {
  // The bridge failed, is being emptied, or lost us.
  if (condition === 'success' && text === 'moving') return 'at-once';
  // Our answer to the offer was an error, or no bridge could be had: we are not invited again.
  if (condition === 'general-error') return 'after-rejoin';
  return 'later';
}

/** We send session-terminate; with `restart` the focus makes a new offer. */
export function endedByUs({ condition, text }: JingleReason, restart: boolean): SessionEnd {
  const nextOffer = restart ? 'at-once' : 'after-rejoin';
  return defined({ reason: condition, text, by: 'us', nextOffer } as const);
}

/** The focus refused our session-accept: for it the session is over, and there is no second try. */
export function acceptRefused(text: string | undefined): SessionEnd {
  return defined({ reason: 'refused', text, by: 'focus', nextOffer: 'after-rejoin' } as const);
}

/** The focus says that the session is over, or that it does not know it. */
export const goneAtFocus: SessionEnd = { reason: 'gone', by: 'focus', nextOffer: 'later' };

/** We left the room. */
export const weLeft: SessionEnd = { reason: 'gone', by: 'us', nextOffer: 'after-rejoin' };

/** A new offer took its place. */
export const replacedByFocus: SessionEnd = { reason: 'replaced', by: 'focus', nextOffer: 'at-once' };
