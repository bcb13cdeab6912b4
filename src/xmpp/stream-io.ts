/** What a stream is made from, where it can be, and what it does. */
import type { JitsiError } from '../base/errors.ts';
import type { XmlElement } from '../xml/element.ts';
import type { StreamFeatures } from './framing.ts';
import type { IqOutcome } from './iq-tracker.ts';
import type { PingOptions } from './liveness.ts';
import type { Credentials } from './sasl.ts';
import type { Undelivered } from './stream-management.ts';

/** Whether the steps of the login wait for each other. */
export type LoginStrategy = 'orderly' | 'pipelined';

export interface StreamOptions {
  /** The virtual host to log in to. */
  domain: string;
  credentials: Credentials;
  /** To bind, where the server grants it. Default: one that the server makes. */
  resource?: string;
  /** Use stream management where it is offered. */
  streamManagement: boolean;
  /** Default orderly. Pipelined sends a password before the server's mechanisms are known: only for ANONYMOUS. */
  login?: LoginStrategy;
  ping: PingOptions;
  /** Who is pinged; `hosts.domain`, also when logged in elsewhere. */
  pingTo: string;
  /** ms for everything from `open()` to `established`. */
  setupTimeout: number;
  /** Starts the ids of our requests; unguessable, so that nobody can answer in another's place. */
  idPrefix: string;
}

/** The steps of a login. */
export type LoginState =
  | { name: 'opening' }
  | { name: 'authenticating' }
  | { name: 'restarting' }
  | { name: 'resuming'; features: StreamFeatures }
  | { name: 'binding'; features: StreamFeatures }
  | { name: 'enabling'; jid: string };

/** Where the stream is. */
export type StreamState =
  | { name: 'idle' }
  | LoginState
  | { name: 'established'; jid: string }
  /** without a socket; the stream can go on with another one */
  | { name: 'interrupted'; jid: string; since: number }
  | { name: 'closing' }
  | { name: 'ended' };

export type StreamEffect =
  /** write this element as one text frame */
  | { type: 'send'; element: XmlElement }
  /** a pipelined login is under way up to its last step: requests may follow it, before it is answered */
  | { type: 'flight' }
  /** logged in and bound: stanzas may be sent */
  | { type: 'established'; jid: string }
  /** throw the socket away as it is; the stream can go on with another one (`reopen`). What is sent meanwhile is kept. */
  | { type: 'interrupted'; error: JitsiError }
  /** the stream goes on where it was; what may have been lost has been sent again */
  | { type: 'resumed' }
  /** the server does not know the stream any more; `established` follows, with another identity */
  | { type: 'not-resumed'; undelivered: Undelivered }
  /** the server has taken these messages (their ids, oldest first) */
  | { type: 'acknowledged'; ids: readonly string[] }
  /** a stanza for the layer above; answers to our requests are not among them */
  | { type: 'stanza'; stanza: XmlElement }
  | { type: 'answer'; id: string; outcome: IqOutcome }
  /** something odd that was survived */
  | { type: 'warning'; error: JitsiError }
  /** the stream is over, close the socket; the last effect of all. No error when we closed it ourselves. */
  | { type: 'ended'; error?: JitsiError };
