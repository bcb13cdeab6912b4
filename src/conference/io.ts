/** What goes into the conference machine and what comes out of it. */
import type { JitsiError } from '../base/errors.ts';
import type { LogLevel } from '../base/logger.ts';
import type { SessionCommand } from '../jingle/session-io.ts';
import type { XmlElement } from '../xml/element.ts';
import type { IqOutcome } from '../xmpp/iq-tracker.ts';
import type { ConferenceEvent } from './events.ts';
import type { OwnPresenceChange } from './room/own-presence.ts';
import type { Observed } from './room/roster.ts';

/** At most one request of each purpose is under way, of `bosh` two. */
export type HttpPurpose = 'config' | 'conference-request' | 'keep-alive' | 'bosh';

export interface HttpRequest {
  purpose: HttpPurpose;
  /** Tells those of one purpose apart; comes back with the answer. */
  key?: string;
  method: 'GET' | 'POST';
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** ms for the whole exchange, where it needs more than others. */
  timeout?: number;
}

export interface HttpAnswer {
  status: number;
  body: string;
  /** ms after which the server wants to be asked again */
  retryAfter?: number;
}

export type ConferenceInput =
  /** begin; the first input of all */
  | { type: 'start' }
  | ({ type: 'http-response'; purpose: HttpPurpose; key?: string } & HttpAnswer)
  | { type: 'http-failed'; purpose: HttpPurpose; key?: string; error: JitsiError }
  | { type: 'socket-opened' }
  | { type: 'socket-frame'; text: string }
  | { type: 'socket-closed'; reason: string }
  | { type: 'socket-failed'; error: JitsiError }
  /** our own network addresses are others than before */
  | { type: 'network-changed' }
  /** `nextTimeout()` was reached */
  | { type: 'tick' }
  /** the user wants to leave; `reason` is shown to the others */
  | { type: 'leave'; reason?: string }
  /** somebody does not want to wait for the next try to reconnect, or wants a fresh start */
  | { type: 'rejoin' }
  /** the answer to `get-token`; undefined: there is none */
  | { type: 'token'; token: string | undefined }
  | { type: 'token-failed'; error: JitsiError }
  | { type: 'send'; stanza: XmlElement }
  /** a chat message with an id: its outcome comes as an `answer` effect with it, whatever becomes of the connection meanwhile */
  | { type: 'say'; stanza: XmlElement }
  /** the outcome comes as an `answer` effect with the IQ's id */
  | { type: 'request'; iq: XmlElement; tried: string; timeout: number }
  | { type: 'update-presence'; change: OwnPresenceChange }
  /** something of somebody in the room that the bridge, or their media, tells */
  | { type: 'observed'; endpointId: string; change: Partial<Observed> }
  /** the outcome comes as an `answer` effect with this id */
  | { type: 'session-command'; sid: string; id: string; command: SessionCommand };

/** How a conference ended. */
export interface CloseInfo {
  reason: /** we left */
    | 'left'
    | 'kicked'
    | 'banned'
    /** the room was closed: "end meeting for all", or its last host left */
    | 'destroyed'
    /** removed for another reason, such as a lobby that was switched on */
    | 'removed'
    /** another program logged in with our account, in our place */
    | 'replaced'
    /** the connection to the deployment was lost, and not made again, or not in the time that was allowed */
    | 'connection-lost'
    /** joining failed */
    | 'join-failed';
  /** The reason that was given by whoever did it. */
  text?: string;
  /** Endpoint id of who did it. */
  actor?: string;
  /** With `destroyed`: where to go instead. */
  alternativeRoom?: string;
  /** With `connection-lost`, `replaced` and `join-failed`; with `banned` when we came again. */
  error?: Error;
}

export type ConferenceEffect =
  | { type: 'http'; request: HttpRequest }
  /** ask the user for a token */
  | { type: 'get-token' }
  | { type: 'open-socket'; url: string }
  /** throw the socket away, and requests of BOSH; nothing of them is heard any more */
  | { type: 'close-socket' }
  /** likewise, and say nothing on it: no closing handshake */
  | { type: 'drop-socket' }
  /** write as one text frame */
  | { type: 'send-frame'; element: XmlElement }
  | { type: 'event'; event: ConferenceEvent }
  | { type: 'answer'; id: string; outcome: IqOutcome }
  /** the room is joined, for the first time */
  | { type: 'joined' }
  /** we have come again, with another endpoint id: nothing that has the old one in its name may be used any more */
  | { type: 'renamed' }
  /** over: release the socket; the last effect of all */
  | { type: 'ended'; info: CloseInfo }
  | { type: 'log'; level: LogLevel; message: string; fields: Readonly<Record<string, unknown>> };
