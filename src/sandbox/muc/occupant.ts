/**
 * Somebody in a room (XEP-0045, 5), with one session: Jitsi gives each device a nick of its own. But who comes back while the room still holds
 * an old session of theirs is the same occupant with two (XEP-0045, 7.2.8).
 */
import type { MucRole } from '../../xmpp/muc.ts';
import type { XmlElement } from '../../xml/element.ts';

export interface Occupant {
  readonly nick: string;
  /** room@service/nick */
  readonly jid: string;
  /** Full JID of the newest session. */
  realJid: string;
  /** Of the older ones, the newest first. */
  olderJids: readonly string[];
  /** Stable in the room, says nothing about the real JID (XEP-0421). */
  readonly id: string;
  /** `none` once they have left. */
  role: MucRole;
  /** The last presence: complete state, kept verbatim, from the occupant JID. */
  presence: XmlElement;
}
