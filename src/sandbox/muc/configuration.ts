/**
 * The room's configuration form (XEP-0045, 10.1–10.2) with the fields that mean something here, and its destruction
 * (10.9). Real JIDs are visible to all: another choice is not taken. Not implemented: members-only rooms, which need a
 * lobby.
 */
import { childText, elements, is, type XmlElement, xml } from '../../xml/element.ts';
import { parseDataForm } from '../../xmpp/data-form.ts';
import { bareJid } from '../../xmpp/jid.ts';
import { mucStatus } from '../../xmpp/muc.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { iqPayload, message } from '../../xmpp/stanza.ts';
import { errorReply, isIq, type Refusal, resultReply } from '../xmpp/replies.ts';
import { buildFormField, type FormField } from './form-field.ts';
import { destroyRoom } from './moderation.ts';
import type { Room } from './room.ts';

const formType = `${ns.muc}#roomconfig`;

/** An IQ to the room with a `muc#owner` query. */
export function handleOwnerQuery(room: Room, stanza: XmlElement): void {
  const send = (answer: XmlElement): void => room.context.send(answer);
  if (room.affiliationOf(stanza.attrs.from ?? '') !== 'owner') {
    send(
      errorReply(stanza, { type: 'auth', condition: 'forbidden', text: 'Only owners can configure rooms' }),
    );
    return;
  }
  if (isIq(stanza, 'get')) {
    send(resultReply(stanza, xml(ns.mucOwner, 'query', {}, buildForm(room))));
    return;
  }
  const query = iqPayload(stanza);
  const command = query && elements(query)[0];
  if (!command) send(errorReply(stanza, { type: 'modify', condition: 'bad-request' }));
  else if (is(command, ns.mucOwner, 'destroy')) {
    const reason = childText(command, 'reason');
    destroyRoom(room, { reason, jid: command.attrs.jid });
    send(resultReply(stanza));
  } else if (is(command, ns.dataForm, 'x')) submit(room, stanza, command);
  else send(errorReply(stanza, { type: 'cancel', condition: 'service-unavailable' }));
}

function submit(room: Room, stanza: XmlElement, form: XmlElement): void {
  const send = (answer: XmlElement): void => room.context.send(answer);
  if (form.attrs.type === 'cancel') {
    send(resultReply(stanza));
    return;
  }
  if (form.attrs.type !== 'submit') {
    send(errorReply(stanza, badRequest('Not a submitted form')));
    return;
  }
  const fields = parseDataForm(form);
  // An empty form accepts the defaults (XEP-0045, 10.1.2).
  if (fields.size > 0 && fields.get('FORM_TYPE')?.[0] !== formType) {
    send(errorReply(stanza, badRequest('Form is not of type room configuration')));
    return;
  }
  const isChanged = configure(room, stanza.attrs.from ?? '', fields);
  send(resultReply(stanza));
  if (!isChanged) return;
  const status = xml(ns.mucUser, 'status', { code: mucStatus.configurationChanged });
  room.sendToAll(message({ type: 'groupchat', from: room.jid }, xml(ns.mucUser, 'x', {}, status)));
}

/** @returns whether anything is different now */
function configure(room: Room, actor: string, fields: ReadonlyMap<string, readonly string[]>): boolean {
  const before = configurationOf(room);
  room.password = fields.get('muc#roomconfig_roomsecret')?.[0] ?? room.password;
  room.title = fields.get('muc#roomconfig_roomname')?.[0] ?? room.title;
  const changeSubject = fields.get('muc#roomconfig_changesubject')?.[0];
  if (changeSubject !== undefined) room.anybodyChangesSubject = ['1', 'true'].includes(changeSubject);
  // The focus may give the meeting the id it has elsewhere, silently (Prosody plugin `mod_muc_meeting_id`).
  const meetingId = fields.get('muc#roominfo_meetingId')?.[0];
  if (meetingId && room.context.isAdmin(bareJid(actor))) room.meetingId = meetingId;
  return configurationOf(room) !== before;
}

function configurationOf({ password, title, anybodyChangesSubject }: Room): string {
  return JSON.stringify([password, title, anybodyChangesSubject]);
}

function buildForm(room: Room): XmlElement {
  return xml(
    ns.dataForm,
    'x',
    { type: 'form' },
    xml(ns.dataForm, 'title', {}, `Configuration for ${room.jid}`),
    xml(ns.dataForm, 'instructions', {}, 'Complete and submit this form to configure the room.'),
    ...formFields(room).map(buildFormField),
  );
}

function formFields(room: Room): readonly FormField[] {
  return [
    { var: 'FORM_TYPE', type: 'hidden', value: formType },
    { var: 'muc#roomconfig_roomname', type: 'text-single', label: 'Title', value: room.title || undefined },
    { var: 'muc#roomconfig_roomsecret', type: 'text-private', label: 'Password', value: room.password },
    {
      var: 'muc#roominfo_meetingId',
      type: 'text-single',
      label: 'The meeting unique id.',
      value: room.meetingId,
    },
    {
      var: 'muc#roomconfig_changesubject',
      type: 'boolean',
      label: "Allow anyone to set the room's subject",
      value: room.anybodyChangesSubject ? '1' : undefined,
    },
    {
      var: 'muc#roomconfig_whois',
      type: 'list-single',
      label: 'Addresses (JIDs) of room occupants may be viewed by:',
      options: [{ label: 'Anyone', value: 'anyone' }],
      value: 'anyone',
    },
  ];
}

function badRequest(text: string): Refusal {
  return { type: 'cancel', condition: 'bad-request', text };
}
