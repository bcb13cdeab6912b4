/**
 * The room's metadata (Prosody plugin `mod_room_metadata_component`): keys and values that moderators set and everybody in the
 * room gets, whole, at each change; a newcomer gets them before their own presence, with the STUN and TURN services.
 */
import { parseBoundedJson } from '../../base/bounded-json.ts';
import { isDeepStrictEqual } from 'node:util';
import type { ExternalService } from '../../xmpp/extdisco.ts';
import { text, type XmlElement } from '../../xml/element.ts';
import type { MucService } from '../muc/service.ts';
import type { Room, RoomPlugin } from '../muc/room.ts';
import type { Component } from '../xmpp/router.ts';
import { commandComponent, jitsiChild, jsonMessage } from './component-message.ts';

type Metadata = Record<string, unknown>;

/** Keys that the server sets itself. */
const reservedKeys = new Set([
  'allownersEnabled',
  'asyncTranscription',
  'audioTranslationRequests',
  'conferencePresetsServiceEnabled',
  'dialinEnabled',
  'moderators',
  'participants',
  'participantsSoftLimit',
  'services',
  'transcriberType',
  'transcription',
  'visitorsEnabled',
]);

export interface RoomMetadataOptions {
  domain: string;
  externalServices: readonly ExternalService[];
  send(stanza: XmlElement): void;
  /** The rooms, asked for at each command. */
  muc(): MucService;
  /** Whether the session's URL named a room; without that the component does not know whom it talks to. */
  hasRoom(jid: string): boolean;
}

export function createRoomMetadata(options: RoomMetadataOptions): {
  component: Component;
  plugin: RoomPlugin;
} {
  const metadataOf = new WeakMap<Room, Metadata>();

  function tell(room: Room, realJid: string, metadata: Metadata): void {
    options.send(jsonMessage(options.domain, realJid, { type: 'room_metadata', metadata }, room.jid));
  }

  function carryOut(stanza: XmlElement): boolean {
    const { from = '' } = stanza.attrs;
    if (!options.hasRoom(from)) return false;
    const command = jitsiChild(stanza, 'room_metadata');
    // Prosody swallows what is no command at all.
    if (!command || text(command) === '' || command.attrs.room === undefined) return true;
    const room = options.muc().rooms.get(command.attrs.room.toLowerCase());
    const change = readChange(text(command));
    if (!room || !change || room.withRealJid(from)?.role !== 'moderator' || reservedKeys.has(change.key)) {
      return false;
    }
    const metadata = metadataOf.get(room) ?? {};
    if (isDeepStrictEqual(metadata[change.key], change.data)) return true;
    const changed = { ...metadata, [change.key]: change.data };
    metadataOf.set(room, changed);
    for (const { realJid } of room.occupants) tell(room, realJid, changed);
    return true;
  }

  return {
    component: commandComponent({ domain: options.domain, send: (stanza) => options.send(stanza), carryOut }),
    plugin: {
      entering(room, { realJid }) {
        const { externalServices } = options;
        tell(room, realJid, {
          ...(externalServices.length === 0 ? {} : { services: externalServices }),
          ...metadataOf.get(room),
        });
      },
    },
  };
}

function readChange(json: string): { key: string; data: unknown } | undefined {
  let value: unknown;
  try {
    value = parseBoundedJson(json);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('key' in value) || !('data' in value))
    return undefined;
  const { key, data } = value;
  return typeof key === 'string' && data !== null && key !== '__proto__' ? { key, data } : undefined;
}
