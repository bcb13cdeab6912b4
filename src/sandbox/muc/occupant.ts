/** Somebody in a room (XEP-0045, 5), with one session: Jitsi gives each device a nick of its own. */
import type { MucRole } from '../../xmpp/muc.ts';
import type { XmlElement } from '../../xml/element.ts';

export interface Occupant {
  readonly nick: string;
  /** room@service/nick */
  readonly jid: string;
  /** Full JID of the session. */
  readonly realJid: string;
  /** Stable in the room, says nothing about the real JID (XEP-0421). */
  readonly id: string;
  /** `none` once they have left. */
  role: MucRole;
  /** The last presence: complete state, kept verbatim, from the occupant JID. */
  presence: XmlElement;
}
