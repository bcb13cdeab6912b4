/** What happens in a conference, as the layers above see it. */
import type { JitsiError } from '../base/errors.ts';
import type { IceTransport, SourceSet } from '../jingle/model.ts';
import type { SessionEnd } from '../jingle/session-io.ts';
import type { JsonMessage } from '../jitsi/json-message.ts';
import type { RoomInfo } from '../jitsi/room-info.ts';
import type { DomainServices } from '../jitsi/services.ts';
import type { IceServer } from '../jitsi/ice-servers.ts';
import type { FocusState } from '../jitsi/focus-presence.ts';
import type { StanzaError } from '../xmpp/stanza-error.ts';
import type { XmlElement } from '../xml/element.ts';
import type { OfferedSession } from './sessions/offered-session.ts';
import type { Participant } from './room/roster.ts';

/** A message in the room's chat. */
export interface ChatMessage {
  id?: string;
  text: string;
  /** Endpoint id of the author; undefined when the room itself speaks. */
  from?: string;
  /** The author's display name as far as it is known. */
  displayName?: string;
  /** Our own message, reflected by the room. */
  isOwn: boolean;
  /** Sent to us alone. */
  isPrivate: boolean;
  /** Sent before we came. */
  isHistory: boolean;
  /** ms since the epoch: when it was sent (history), else when it arrived. */
  at: number;
}

/** Somebody has taken a message back (XEP-0424): it is not to be shown any more. */
export interface Retraction {
  /** Of the message: {@link ChatMessage.id}. */
  id: string;
  /** Endpoint id of who took it back; undefined when the room itself did, as for a moderator. */
  from?: string;
  /** Their display name as far as it is known. */
  displayName?: string;
  /** We did, with another program. */
  isOwn: boolean;
  isPrivate: boolean;
  /** It was taken back before we came. */
  isHistory: boolean;
  /** ms since the epoch: when it was taken back (history), else when that arrived. */
  at: number;
}

/** Why somebody is not in the room any more. */
export interface Departure {
  reason:
    | 'left'
    | 'kicked'
    | 'banned'
    | 'removed'
    /** while our own connection was lost: nobody says how */
    | 'unseen'
    /** their connection broke, or the room's service shuts down */
    | 'connection-lost';
  /** What they, or who removed them, said. */
  text?: string;
  /** Endpoint id of who removed them. */
  actor?: string;
}

/** Payloads by event name. */
export interface ConferenceEventPayloads {
  /** Somebody came, or was there when we did. */
  participantJoined: { participant: Participant };
  /** Somebody is gone. */
  participantLeft: { participant: Participant; departure: Departure };
  /** `changed` names the fields that are different now. */
  participantChanged: {
    participant: Participant;
    previous: Participant;
    changed: readonly (keyof Participant)[];
  };
  /** Our own presence as the room has it: role, affiliation, mute state. */
  selfChanged: { self: Participant; changed: readonly (keyof Participant)[] };
  /** What the server lets us do, by name (`recording`, `send-groupchat`, …). */
  permissionsChanged: { permissions: Readonly<Record<string, boolean>> };
  /** A chat message: our own (`isOwn`), private ones (`isPrivate`) and history (`isHistory`) among them. */
  messageReceived: { message: ChatMessage };
  /** Somebody took a message back. Where it is known whose it was, only by its author or the room. */
  messageRetracted: { retraction: Retraction };
  /** The server refused a message of ours. */
  messageFailed: { id?: string; error: StanzaError };
  /** The room's subject; `from` is the endpoint id of who set it. */
  subjectChanged: { subject: string; from?: string };
  /** A JSON message in the room or from one of the deployment's components. */
  jsonMessageReceived: { from: string; message: JsonMessage };
  /** The room's settings: password, lobby, meeting id. */
  roomInfoChanged: { room: RoomInfo };
  /** The deployment's components and features. */
  servicesChanged: { services: DomainServices };
  /** STUN and TURN servers; they may come anew. */
  iceServersChanged: { iceServers: readonly IceServer[] };
  /** The focus said something new about itself; undefined when it left. */
  focusChanged: { focus: FocusState | undefined };
  /** The focus muted us; `actor` is the endpoint id of the moderator, absent when a policy did it. */
  muted: { mediaType: 'audio' | 'video' | 'desktop'; actor?: string };
  /** The focus offers a media session. */
  sessionOffered: { session: OfferedSession };
  /** The focus took our session-accept: what is sent is heard from now on. */
  sessionAccepted: { session: OfferedSession };
  /** The session is over; `end` says why, and whether and when another is offered. */
  sessionEnded: { session: OfferedSession; end: SessionEnd };
  /** RTP sources of others. */
  sourcesAdded: { session: OfferedSession; added: SourceSet };
  /** RTP sources of others are gone. */
  sourcesRemoved: { session: OfferedSession; removed: SourceSet };
  /**
   * The bridge has more candidates or, with `iceRestart`, new credentials: then ours of the same generation must follow
   * by `trickle`.
   */
  transportChanged: { session: OfferedSession; transport: IceTransport; iceRestart: boolean };
  /** Every stanza that arrives, before anything else is done with it. */
  stanzaReceived: { stanza: XmlElement };
  /** The connection to the deployment is lost, or a try to have it back has failed. Media may go on meanwhile. */
  reconnecting: {
    /** Of the try that comes next; the first is 1. */
    attempt: number;
    cause: JitsiError;
    /** When it begins, ms since the epoch. */
    nextAt: number;
    /** When the connection was lost, ms since the epoch. */
    since: number;
  };
  /** We are in the room again. Who came, changed or left meanwhile is told after this, and a new media session is offered unless `resumed`. */
  reconnected: {
    /** The connection was resumed: nobody noticed, and nothing was missed. */
    resumed: boolean;
    /** ms without a connection. */
    away: number;
    endpointId: string;
    /** The one before, where it is another now: our sources have new names and SSRCs then. */
    previousEndpointId?: string;
  };
  /** Something odd that was survived. */
  warning: { error: JitsiError };
}

export type ConferenceEvent = {
  [Name in keyof ConferenceEventPayloads]: { name: Name; payload: ConferenceEventPayloads[Name] };
}[keyof ConferenceEventPayloads];
