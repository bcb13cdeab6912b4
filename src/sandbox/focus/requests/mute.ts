/** Requests to mute, judged (jicofo `MuteIqHandler.kt`, `JitsiMeetConferenceImpl.handleMuteRequest`). */
import type { MediaType } from '../../../jingle/model.ts';
import { text, type XmlElement } from '../../../xml/element.ts';
import { wire } from '../namespaces.ts';
import type { RefusalCondition } from './refusal.ts';

/** A namespace for each kind of source: microphone, camera, screen. */
const namespaces: readonly string[] = [wire.audioMute, wire.videoMute, wire.desktopMute];

export function isMute(payload: XmlElement): boolean {
  return payload.name === 'mute' && namespaces.includes(payload.ns);
}

/** What the bridge is to drop; of screens it knows nothing. */
export function mutedMedia({ ns }: XmlElement): MediaType | undefined {
  if (ns === wire.audioMute) return 'audio';
  return ns === wire.videoMute ? 'video' : undefined;
}

export interface MuteRequest {
  /** Occupant JID of whom it is about. */
  target: string;
  mute: boolean;
}

/** Undefined when it lacks what it must have. */
export function readMute(element: XmlElement): MuteRequest | undefined {
  const words = text(element);
  const { jid } = element.attrs;
  return jid === undefined || words === ''
    ? undefined
    : { target: jid, mute: words.toLowerCase() === 'true' };
}

/** Why the request is refused; undefined if it is granted. Only those with a media session can mute and be muted. */
export function muteRefusal(
  request: MuteRequest,
  muter: { occupantJid: string; isModerator: boolean } | undefined,
  target: { isVisitor: boolean } | undefined,
): RefusalCondition | undefined {
  if (!muter) return 'internal-server-error';
  const isOwn = muter.occupantJid === request.target;
  if (!isOwn && !muter.isModerator) return 'not-allowed';
  if (!target) return 'internal-server-error';
  // Nobody can be unmuted by another, not even by a moderator.
  if (!request.mute && !isOwn) return 'not-allowed';
  return target.isVisitor ? 'not-allowed' : undefined;
}
