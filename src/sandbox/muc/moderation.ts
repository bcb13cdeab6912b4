/**
 * Roles and affiliations (XEP-0045, 8.2–9.8) with Prosody's rules on who may change whose (`mod_muc`, `set_role` and
 * `set_affiliation`), and Jitsi's additions: somebody who is kicked loses their affiliation, nobody touches the focus.
 */
import { type MucAffiliation, type MucRole, mucStatus } from '../../xmpp/muc.ts';
import { bareJid } from '../../xmpp/jid.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { message } from '../../xmpp/stanza.ts';
import { xml } from '../../xml/element.ts';
import type { Refusal } from '../xmpp/replies.ts';
import type { Occupant } from './occupant.ts';
import { defaultRole, type Room } from './room.ts';

const roleRanks: Record<MucRole, number> = { none: 0, visitor: 1, participant: 2, moderator: 3 };
const affiliationRanks: Record<MucAffiliation, number> = {
  outcast: -1,
  none: 0,
  member: 1,
  admin: 2,
  owner: 3,
};

const notAllowed: Refusal = { type: 'cancel', condition: 'not-allowed' };
const unknownValue: Refusal = { type: 'modify', condition: 'not-acceptable' };

/** @param actor full JID of who asks; undefined for the server itself */
export function setRole(
  room: Room,
  actor: string | undefined,
  change: { nick: string; role: string; reason?: string | undefined },
): Refusal | undefined {
  const occupant = room.withNick(change.nick);
  if (!occupant) return { type: 'modify', condition: 'item-not-found' };
  const { role, reason } = change;
  if (!isRole(role)) return unknownValue;
  const acting = actor === undefined ? undefined : room.withRealJid(actor);
  if (actor !== undefined && !maySetRole(room, actor, acting, occupant, role)) return notAllowed;
  if (role === 'none') kick(room, acting, occupant, reason);
  else {
    occupant.role = role;
    room.announce(occupant, { actor: acting, reason });
  }
  return undefined;
}

function maySetRole(
  room: Room,
  actor: string,
  acting: Occupant | undefined,
  occupant: Occupant,
  role: MucRole,
): boolean {
  if (isProtected(room, occupant.realJid, actor)) return false;
  const own = affiliationRanks[room.affiliationOf(actor)];
  const touchesModerator = occupant.role === 'moderator' || role === 'moderator';
  return (
    own >= affiliationRanks[room.affiliationOf(occupant.realJid)] &&
    (!touchesModerator || own >= affiliationRanks.admin) &&
    acting?.role === 'moderator'
  );
}

function kick(
  room: Room,
  acting: Occupant | undefined,
  occupant: Occupant,
  reason: string | undefined,
): void {
  const bare = bareJid(occupant.realJid);
  room.setAffiliation(bare, 'none');
  // A moderator who is the last occupant can kick themselves: there is nobody to tell then.
  const others = room.occupants.filter((other) => other !== occupant).map(({ realJid }) => realJid);
  room.context.sendToAll(affiliationMessage(room, bare, 'none', undefined), others);
  room.remove(occupant, undefined, { statuses: [mucStatus.kicked], actor: acting, reason });
}

/** @param actor full JID of who asks; undefined for the server itself */
export function setAffiliation(
  room: Room,
  actor: string | undefined,
  change: { jid: string; affiliation: string; reason?: string | undefined },
): Refusal | undefined {
  const { jid, affiliation, reason } = change;
  if (!isAffiliation(affiliation)) return unknownValue;
  const before = room.affiliationOf(jid);
  const isDowngrade = affiliationRanks[before] > affiliationRanks[affiliation];
  if (actor !== undefined) {
    if (isProtected(room, jid, actor)) return notAllowed;
    const refusal = affiliationRefusal(room, actor, jid, before, affiliation, isDowngrade);
    if (refusal) return refusal;
  }
  room.setAffiliation(jid, affiliation);
  const role = defaultRole(affiliation);
  const concerned = room.occupants.filter((occupant) => bareJid(occupant.realJid) === jid);
  const acting = actor === undefined ? undefined : room.withRealJid(actor);
  for (const occupant of concerned) {
    if (role === 'none') {
      room.remove(occupant, undefined, { statuses: [mucStatus.banned], actor: acting, reason });
      continue;
    }
    if (isDowngrade || roleRanks[occupant.role] < roleRanks[role]) occupant.role = role;
    room.announce(occupant, { actor: acting, reason, permissions: occupant.role === 'moderator' });
  }
  if (concerned.length === 0) room.sendToAll(affiliationMessage(room, jid, affiliation, reason));
  return undefined;
}

function affiliationRefusal(
  room: Room,
  actor: string,
  jid: string,
  before: MucAffiliation,
  after: MucAffiliation,
  isDowngrade: boolean,
): Refusal | undefined {
  const own = room.affiliationOf(actor);
  if (own === 'owner') {
    const leavesNoOwner =
      isDowngrade &&
      bareJid(actor) === jid &&
      !room.occupants.some(
        ({ realJid }) => bareJid(realJid) !== jid && room.affiliationOf(realJid) === 'owner',
      );
    return leavesNoOwner ? { type: 'cancel', condition: 'conflict' } : undefined;
  }
  const isBeyondAdmins = [before, after].some((value) => value === 'owner' || value === 'admin');
  return own !== 'admin' || isBeyondAdmins ? notAllowed : undefined;
}

/** The server's own parties are out of reach for everybody else. */
function isProtected(room: Room, target: string, actor: string): boolean {
  return room.context.isAdmin(bareJid(target)) && !room.context.isAdmin(bareJid(actor));
}

/** Tells of an affiliation of somebody who is not in the room (XEP-0045, 9.3, example 195). */
function affiliationMessage(
  room: Room,
  jid: string,
  affiliation: MucAffiliation,
  reason: string | undefined,
): ReturnType<typeof message> {
  const words = reason === undefined ? undefined : xml(ns.mucUser, 'reason', {}, reason);
  const item = xml(ns.mucUser, 'item', { jid, affiliation }, words);
  return message({ from: room.jid }, xml(ns.mucUser, 'x', {}, item));
}

/** Removes everybody (XEP-0045, 10.9). @param options.jid where to go instead */
export function destroyRoom(
  room: Room,
  options: { reason?: string | undefined; jid?: string | undefined },
): void {
  const { reason, jid } = options;
  const words = reason === undefined ? undefined : xml(ns.mucUser, 'reason', {}, reason);
  room.clear({ destroy: xml(ns.mucUser, 'destroy', { jid }, words) });
}

function isRole(value: string): value is MucRole {
  return Object.hasOwn(roleRanks, value);
}

function isAffiliation(value: string): value is MucAffiliation {
  return Object.hasOwn(affiliationRanks, value);
}
