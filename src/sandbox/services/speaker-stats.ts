/**
 * How long each participant was the dominant speaker (Prosody plugin `mod_speakerstats_component`): clients say when they become
 * it, newcomers get the list. Face landmarks are not collected: their list is empty, written `{}` as Lua writes it.
 */
import { childText, type XmlElement } from '../../xml/element.ts';
import { bareJid } from '../../xmpp/jid.ts';
import { ns } from '../../xmpp/namespaces.ts';
import type { Room, RoomPlugin } from '../muc/room.ts';
import type { MucService } from '../muc/service.ts';
import type { Component } from '../xmpp/router.ts';
import { commandComponent, jitsiChild, jsonMessage } from './component-message.ts';

interface Speaker {
  nick: string;
  /** Known once they have left. */
  displayName?: string;
  /** ms, without the current turn */
  total: number;
  /** When the current turn began, if they are the dominant speaker and not silent. */
  since?: number | undefined;
}

export interface SpeakerStatsOptions {
  domain: string;
  send(stanza: XmlElement): void;
  muc(): MucService;
  now(): number;
  /** Parties of the server are no participants. */
  isAdmin(bareJid: string): boolean;
}

export function createSpeakerStats(options: SpeakerStatsOptions): {
  component: Component;
  plugin: RoomPlugin;
} {
  /** By real JID. */
  const speakersOf = new WeakMap<Room, Map<string, Speaker>>();

  function endTurn(speaker: Speaker): void {
    if (speaker.since !== undefined) speaker.total += options.now() - speaker.since;
    speaker.since = undefined;
  }

  function carryOut(stanza: XmlElement): boolean {
    const command = jitsiChild(stanza, 'speakerstats');
    if (!command) return true;
    const { from = '' } = stanza.attrs;
    const room = options.muc().rooms.get(command.attrs.room?.toLowerCase() ?? '');
    const speakers = room && speakersOf.get(room);
    const speaker = speakers?.get(from);
    if (!speakers || !speaker || !room.withRealJid(from)) return false;
    for (const each of speakers.values()) endTurn(each);
    if (command.attrs.silence !== 'true') speaker.since = options.now();
    return true;
  }

  function describe({ displayName, total, since }: Speaker): object {
    const current = since === undefined ? 0 : options.now() - since;
    return { displayName, totalDominantSpeakerTime: total + current, faceLandmarks: {} };
  }

  return {
    component: commandComponent({ domain: options.domain, send: (stanza) => options.send(stanza), carryOut }),
    plugin: {
      entered(room, { nick, realJid }) {
        if (options.isAdmin(bareJid(realJid))) return;
        const speakers = speakersOf.get(room) ?? new Map<string, Speaker>();
        speakersOf.set(room, speakers);
        if (speakers.size > 0) {
          const users = Object.fromEntries([...speakers.values()].map((each) => [each.nick, describe(each)]));
          options.send(jsonMessage(options.domain, realJid, { type: 'speakerstats', users }));
        }
        speakers.set(realJid, { nick, total: 0 });
      },
      left(room, { realJid }, lastPresence) {
        const speaker = speakersOf.get(room)?.get(realJid);
        if (!speaker) return;
        endTurn(speaker);
        const name = childText(lastPresence, 'nick', ns.nick);
        if (name !== undefined) speaker.displayName = name;
      },
    },
  };
}
