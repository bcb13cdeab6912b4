/**
 * What a room says of itself (XEP-0045, 6.4) to those inside: others are refused (Prosody plugin `mod_muc_hide_all`).
 * `meetingId` and `created_timestamp` are Jitsi's (`mod_muc_meeting_id`, `mod_conference_duration`).
 */
import { ns } from '../../xmpp/namespaces.ts';
import { type XmlElement, xml } from '../../xml/element.ts';
import { buildFormField, type FormField } from './form-field.ts';
import type { Room } from './room.ts';

export function buildRoomInformation(room: Room): XmlElement {
  const features = [
    ns.muc,
    `${ns.muc}#stable_id`,
    `${ns.muc}#self-ping-optimization`,
    ns.occupantId,
    'muc_hidden',
    'muc_nonanonymous',
    'muc_open',
    'muc_temporary',
    'muc_unmoderated',
    room.password === '' ? 'muc_unsecured' : 'muc_passwordprotected',
  ];
  return xml(
    ns.discoInfo,
    'query',
    {},
    xml(ns.discoInfo, 'identity', { category: 'conference', type: 'text', name: room.title || undefined }),
    ...features.map((feature) => xml(ns.discoInfo, 'feature', { var: feature })),
    xml(ns.dataForm, 'x', { type: 'result' }, ...fields(room).map(buildFormField)),
  );
}

function fields(room: Room): readonly FormField[] {
  return [
    { var: 'FORM_TYPE', type: 'hidden', value: `${ns.muc}#roominfo` },
    {
      var: 'muc#roominfo_meetingId',
      type: 'text-single',
      label: 'The meeting unique id.',
      value: room.meetingId,
    },
    {
      var: 'muc#roominfo_created_timestamp',
      type: 'text-single',
      label: 'The meeting created_timestamp.',
      value: room.createdAt === undefined ? undefined : String(room.createdAt),
    },
    { var: 'muc#roomconfig_roomname', type: 'text-single', label: 'Title', value: room.title || undefined },
    {
      var: 'muc#roominfo_occupants',
      type: 'text-single',
      label: 'Number of occupants',
      value: String(room.occupants.length),
    },
    {
      var: 'muc#roomconfig_changesubject',
      type: 'boolean',
      value: room.anybodyChangesSubject ? '1' : undefined,
    },
  ];
}
