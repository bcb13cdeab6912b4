/** Who is in the room, as the room's presences tell it (XEP-0045, 7). The focus itself is not among them. */
import { bareJid, resourceOf } from '../../xmpp/jid.ts';
import { type MucUser, parseMucUser } from '../../xmpp/muc.ts';
import type { XmlElement } from '../../xml/element.ts';
import type { ParticipantFeatures } from './features.ts';
import { focusNick } from './identity.ts';

export interface Member {
  readonly nick: string;
  readonly occupantJid: string;
  /** Bare real JID, where the room shows it. */
  realJid: string | undefined;
  isVisitor: boolean;
  isOwner: boolean;
  /** May mute others: owners, admins and whoever has the moderator role (jicofo `MemberRole.kt`). */
  isModerator: boolean;
  /** Absent until they are known. */
  features?: ParticipantFeatures;
}

export type PresenceChange =
  | { type: 'joined'; member: Member }
  | { type: 'left'; member: Member }
  /** we are in */
  | { type: 'entered' }
  /** we are out, for whatever reason, or were not let in */
  | { type: 'expelled' }
  /** nothing of interest */
  | { type: 'none' };

export class Members {
  readonly #byNick = new Map<string, Member>();

  get size(): number {
    return this.#byNick.size;
  }

  get(nick: string): Member | undefined {
    return this.#byNick.get(nick);
  }

  /** In the order in which they were seen first. */
  all(): Member[] {
    return [...this.#byNick.values()];
  }

  apply(presence: XmlElement): PresenceChange {
    const { from = '', type } = presence.attrs;
    const nick = resourceOf(from);
    const user = parseMucUser(presence);
    if (nick === focusNick) return { type: type === undefined ? 'entered' : 'expelled' };
    const known = this.#byNick.get(nick);
    if (type === 'unavailable') {
      this.#byNick.delete(nick);
      return known ? { type: 'left', member: known } : { type: 'none' };
    }
    if (type !== undefined || !user?.item || nick === '') return { type: 'none' };
    const standing = standingOf(user);
    if (known) {
      Object.assign(known, standing);
      return { type: 'none' };
    }
    const member: Member = { nick, occupantJid: from, ...standing };
    this.#byNick.set(nick, member);
    return { type: 'joined', member };
  }
}

function standingOf({ item }: MucUser): Pick<Member, 'realJid' | 'isVisitor' | 'isOwner' | 'isModerator'> {
  return {
    realJid: item?.jid === undefined ? undefined : bareJid(item.jid),
    isVisitor: item?.role === 'visitor',
    isOwner: item?.affiliation === 'owner',
    isModerator: item?.affiliation === 'owner' || item?.affiliation === 'admin' || item?.role === 'moderator',
  };
}
