/**
 * Multi-User Chat, what an occupant sees (XEP-0045): the `muc#user` extension of presences and messages, entering and
 * leaving (7.2, 7.14), status codes (15.6).
 */
import { defined } from '../base/defined.ts';
import { child, childrenNamed, childText, type XmlElement, xml } from '../xml/element.ts';
import { ns } from './namespaces.ts';

export type MucRole = 'moderator' | 'participant' | 'visitor' | 'none';
export type MucAffiliation = 'owner' | 'admin' | 'member' | 'none' | 'outcast';

const roles: readonly string[] = ['moderator', 'participant', 'visitor', 'none'] satisfies MucRole[];
const affiliations: readonly string[] = [
  'owner',
  'admin',
  'member',
  'none',
  'outcast',
] satisfies MucAffiliation[];

/** Status codes that a client acts on (XEP-0045, 15.6.2). */
export const mucStatus = {
  nonAnonymous: 100,
  configurationChanged: 104,
  self: 110,
  roomCreated: 201,
  nickAssigned: 210,
  banned: 301,
  nickChanged: 303,
  kicked: 307,
  affiliationLost: 321,
  membersOnly: 322,
  shutdown: 332,
  /** Prosody: removed because the connection was lost. */
  connectionLost: 333,
} as const;

export interface MucItem {
  affiliation: MucAffiliation;
  role: MucRole;
  /** Real JID, visible in Jitsi's rooms. */
  jid?: string;
  /** The new nick, in a nick change (status 303). */
  nick?: string;
  actorNick?: string;
  reason?: string;
}

export interface MucUser {
  item?: MucItem;
  statuses: ReadonlySet<number>;
  /** The room was destroyed (XEP-0045, 10.9). */
  destroy?: { jid?: string; reason?: string };
  /** A mediated invitation (XEP-0045, 7.8.2). */
  invite?: { from?: string; reason?: string };
}

/** The `muc#user` extension of a presence or message; undefined if it has none. */
export function parseMucUser(stanza: XmlElement): MucUser | undefined {
  const x = child(stanza, 'x', ns.mucUser);
  if (!x) return undefined;
  const item = child(x, 'item');
  const destroy = child(x, 'destroy');
  const invite = child(x, 'invite');
  return defined({
    item: item && parseItem(item),
    statuses: new Set(childrenNamed(x, 'status').map(({ attrs }) => Number(attrs.code))),
    destroy: destroy && defined({ jid: destroy.attrs.jid, reason: childText(destroy, 'reason') }),
    invite: invite && defined({ from: invite.attrs.from, reason: childText(invite, 'reason') }),
  });
}

function parseItem(item: XmlElement): MucItem {
  const { affiliation = 'none', role = 'none', jid, nick } = item.attrs;
  return defined({
    affiliation: affiliations.includes(affiliation) ? (affiliation as MucAffiliation) : 'none',
    role: roles.includes(role) ? (role as MucRole) : 'none',
    jid,
    nick,
    actorNick: child(item, 'actor')?.attrs.nick,
    reason: childText(item, 'reason'),
  });
}

/** The `muc#user` extension as a room writes it. */
export function buildMucUser(user: {
  item: MucItem;
  statuses?: Iterable<number>;
  destroy?: { jid?: string; reason?: string };
}): XmlElement {
  const { affiliation, role, jid, nick, actorNick, reason } = user.item;
  return xml(
    ns.mucUser,
    'x',
    {},
    xml(
      ns.mucUser,
      'item',
      { affiliation, role, jid, nick },
      actorNick === undefined ? undefined : xml(ns.mucUser, 'actor', { nick: actorNick }),
      reason === undefined ? undefined : xml(ns.mucUser, 'reason', {}, reason),
    ),
    ...[...(user.statuses ?? [])].map((code) => xml(ns.mucUser, 'status', { code })),
    user.destroy &&
      xml(
        ns.mucUser,
        'destroy',
        { jid: user.destroy.jid },
        user.destroy.reason === undefined ? undefined : xml(ns.mucUser, 'reason', {}, user.destroy.reason),
      ),
  );
}

/** The extension that makes a presence a request to enter (XEP-0045, 7.2.1). Only the first presence may have it. */
export function buildMucJoin(password?: string): XmlElement {
  return xml(ns.muc, 'x', {}, password === undefined ? undefined : xml(ns.muc, 'password', {}, password));
}
