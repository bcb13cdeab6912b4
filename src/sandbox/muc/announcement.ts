/** Presences as a room writes them (XEP-0045, 7.2.2 and 15.6): an occupant's own state, then the room's word on it. */
import { jitsiNs } from '../../jitsi/namespaces.ts';
import { type MucAffiliation, mucStatus } from '../../xmpp/muc.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { type XmlElement, withAttrs, xml } from '../../xml/element.ts';
import type { Occupant } from './occupant.ts';

/** What a presence of the room says beside the occupant's own state. */
export interface Announcement {
  /** Status codes for everybody. */
  statuses?: readonly number[];
  /** Status codes for the occupant alone, besides 110. */
  ownStatuses?: readonly number[];
  destroy?: XmlElement;
  actor?: Occupant | undefined;
  reason?: string | undefined;
  /** The occupant is told what a moderator's client may do (Prosody plugin `mod_jitsi_permissions`). */
  permissions?: boolean;
}

/** @returns `forOthers` without `to` */
export function buildAnnouncement(
  occupant: Occupant,
  affiliation: MucAffiliation,
  announcement: Announcement,
): { forOthers: XmlElement; forSelf: XmlElement } {
  const { statuses = [], ownStatuses = [], destroy, actor, permissions } = announcement;
  const codes = statuses.map(statusOf);
  // Nobody learns the real JID of who acted on them.
  const [forOthers = [], own = []] = [actor?.realJid, undefined].map((actorJid) =>
    itemsOf(occupant, affiliation, announcement, actorJid),
  );
  const ownCodes = ownStatuses.map(statusOf);
  const self = statusOf(mucStatus.self);
  return {
    forOthers: append(occupant.presence, xml(ns.mucUser, 'x', {}, ...codes, destroy, ...forOthers)),
    forSelf: withAttrs(
      append(
        occupant.presence,
        xml(ns.mucUser, 'x', {}, ...ownCodes, ...codes, destroy, ...own, self),
        ...(permissions ? [permissionsElement] : []),
      ),
      { to: occupant.realJid },
    ),
  };
}

/** @returns without `to` */
export function buildDescription(occupant: Occupant, affiliation: MucAffiliation): XmlElement {
  return append(
    occupant.presence,
    xml(ns.mucUser, 'x', {}, ...itemsOf(occupant, affiliation, {}, undefined)),
  );
}

/** One for each session. */
function itemsOf(
  { olderJids, realJid, role }: Occupant,
  affiliation: MucAffiliation,
  { actor, reason }: Announcement,
  actorJid: string | undefined,
): readonly XmlElement[] {
  return [realJid, ...olderJids].map((jid) =>
    xml(
      ns.mucUser,
      'item',
      { affiliation, role, jid },
      actor && xml(ns.mucUser, 'actor', { nick: actor.nick, jid: actorJid }),
      reason === undefined ? undefined : xml(ns.mucUser, 'reason', {}, reason),
    ),
  );
}

function append(stanza: XmlElement, ...children: XmlElement[]): XmlElement {
  return { ...stanza, children: [...stanza.children, ...children] };
}

function statusOf(code: number): XmlElement {
  return xml(ns.mucUser, 'status', { code });
}

const granted = [
  'livestreaming',
  'recording',
  'create-polls',
  'outbound-call',
  'live-translation-subscribe',
  'send-groupchat',
  'live-translation',
  'transcription',
  'flip',
];

const permissionsElement = xml(
  jitsiNs.jitmeet,
  'permissions',
  {},
  ...granted.map((name) => xml(jitsiNs.jitmeet, 'p', { name, val: true })),
);
