/** Where a stanza goes: to the room, to the deployment's services, to the media sessions, or to the standard answers. */
import { child, text, type XmlElement } from '../xml/element.ts';
import { jitsiNs } from '../jitsi/namespaces.ts';
import { parseJsonMessage } from '../jitsi/json-message.ts';
import { findJingle } from '../jingle/jingle.ts';
import { discoInfoOf } from '../xmpp/disco.ts';
import { bareJid, domainOf, localOf, resourceOf } from '../xmpp/jid.ts';
import { iqResult } from '../xmpp/stanza.ts';
import type { DeploymentServices } from './deployment-services.ts';
import type { ConferenceEvent } from './events.ts';
import { answerIq } from './iq-responder.ts';
import type { JingleOutcome, JingleSessions } from './sessions/jingle-sessions.ts';
import type { Room, RoomOutcome } from './room/room.ts';

export interface StanzaOutcome extends RoomOutcome {
  /** Answers, to be sent before anything else. */
  replies: XmlElement[];
  /** About media sessions. */
  jingle: JingleOutcome;
  /** The room's information must be asked for again. */
  roomChanged?: boolean;
  /** The room has told what was said before we came. */
  historyTold?: boolean;
}

const muteKinds = [
  ['audio', jitsiNs.audioMute],
  ['video', jitsiNs.videoMute],
  ['desktop', jitsiNs.desktopMute],
] as const;

export class StanzaHandler {
  readonly #room: Room;
  readonly #services: DeploymentServices;
  readonly #sessions: JingleSessions;
  readonly #features: readonly string[];

  constructor(parts: {
    room: Room;
    services: DeploymentServices;
    sessions: JingleSessions;
    features: readonly string[];
  }) {
    this.#room = parts.room;
    this.#services = parts.services;
    this.#sessions = parts.sessions;
    this.#features = parts.features;
  }

  handle(stanza: XmlElement, now: number): StanzaOutcome {
    const isFromRoom = bareJid(stanza.attrs.from ?? '') === this.#room.jid;
    switch (stanza.name) {
      case 'presence':
        return isFromRoom ? this.#roomPresence(stanza, now) : { replies: [], jingle: [], events: [] };
      case 'message':
        return this.#message(stanza, isFromRoom, now);
      default:
        return this.#iq(stanza, now);
    }
  }

  /** Who leaves takes their sources along, and the focus says nothing of them (jicofo `JitsiMeetConferenceImpl.kt` `onMemberLeft`). */
  #roomPresence(stanza: XmlElement, now: number): StanzaOutcome {
    const outcome = this.#room.presence(stanza);
    const jingle = outcome.events.flatMap((event) =>
      // Whom we have not seen since we were away may be on the way back, as we were; a session that was kept has their media all the time.
      event.name === 'participantLeft' && event.payload.departure.reason !== 'unseen'
        ? this.#sessions.left(event.payload.participant.id, now)
        : [],
    );
    return { replies: [], jingle, ...outcome };
  }

  #message(stanza: XmlElement, isFromRoom: boolean, now: number): StanzaOutcome {
    if (isFromRoom) {
      return {
        replies: [],
        jingle: [],
        events: this.#room.message(stanza, now),
        roomChanged: this.#room.isConfigurationChange(stanza),
        historyTold: this.#room.isEndOfHistory(stanza),
      };
    }
    return { replies: [], jingle: [], events: isFromService(stanza) ? this.#serviceMessage(stanza) : [] };
  }

  /** A message of the domain or one of its components. */
  #serviceMessage(stanza: XmlElement): ConferenceEvent[] {
    // Pushed right after login, before anybody asked (Prosody plugin mod_jiconop).
    const disco = discoInfoOf(stanza);
    if (disco) return [...this.#services.discoInfo(disco), ...this.#services.externalServices(stanza)];
    const message = parseJsonMessage(stanza);
    if (!message) return [];
    const events: ConferenceEvent[] =
      message.type === 'room_metadata' ? this.#services.metadata(message) : [];
    return [...events, { name: 'jsonMessageReceived', payload: { from: stanza.attrs.from ?? '', message } }];
  }

  #iq(iq: XmlElement, now: number): StanzaOutcome {
    // Late answers to requests that were given up.
    if (iq.attrs.type !== 'get' && iq.attrs.type !== 'set') return { replies: [], jingle: [], events: [] };
    const jingle = iq.attrs.type === 'set' ? findJingle(iq) : undefined;
    if (jingle) {
      const isFocus = iq.attrs.from === this.#room.focusJid;
      return { replies: [], jingle: this.#sessions.handle(iq, jingle, isFocus, now), events: [] };
    }
    const mute = this.#mute(iq);
    if (mute) return { replies: [iqResult(iq)], jingle: [], events: [mute] };
    return { replies: [answerIq(iq, this.#features)], jingle: [], events: [] };
  }

  /** The focus mutes us (jicofo `MuteIqHandler.kt`); nobody else can, and nobody is ever unmuted by another. */
  #mute(iq: XmlElement): ConferenceEvent | undefined {
    if (iq.attrs.type !== 'set' || iq.attrs.from !== this.#room.focusJid) return undefined;
    for (const [mediaType, namespace] of muteKinds) {
      const mute = child(iq, 'mute', namespace);
      if (!mute || text(mute).trim() !== 'true') continue;
      const actor = mute.attrs.actor === undefined ? '' : resourceOf(mute.attrs.actor);
      return { name: 'muted', payload: actor === '' ? { mediaType } : { mediaType, actor } };
    }
    return undefined;
  }
}

/**
 * Whether the sender is a server or component. Real JIDs are public in Jitsi's rooms, so anybody may write to us; only
 * addresses without a local part cannot be a user's.
 */
function isFromService(stanza: XmlElement): boolean {
  const from = stanza.attrs.from;
  return from === undefined || (localOf(from) === '' && domainOf(from) !== '');
}
