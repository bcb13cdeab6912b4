/** What a conference machine is made from. */
import type { DeploymentOverrides } from '../jitsi/deployment.ts';
import type { MeetingAddress } from '../jitsi/meeting-address.ts';
import type { Credentials } from '../xmpp/sasl.ts';
import type { ChatPolicy } from './chat-outbox.ts';
import type { TransportChoice } from './connection/transport-choice.ts';
import type { HostMemory } from './host-memory.ts';
import type { OfferPolicy } from './sessions/jingle-sessions.ts';
import type { ReconnectPolicy } from './reconnect/reconnection.ts';

export interface ConferenceOptions {
  address: MeetingAddress;
  overrides: DeploymentOverrides;
  credentials: Credentials;
  /** The domain of the account, where the user name says it. */
  accountDomain?: string;
  /** JWT: goes into the WebSocket's URL and the header of HTTP conference requests. */
  token?: string;
  /** Each login asks for one: `get-token`. */
  hasTokenSource?: boolean;
  displayName: string;
  /** Set by the user; without it one is made from the login. */
  endpointId?: string;
  /** Room password. */
  password?: string;
  email?: string;
  avatarUrl?: string;
  region?: string;
  /** disco#info features. */
  features: readonly string[];
  /** Features for other participants, in presence. */
  peerFeatures: readonly string[];
  /** Video codecs we can take, best first. */
  codecs: readonly string[];
  properties: Readonly<Record<string, string>>;
  statsId: string;
  machineUid: string;
  offers: OfferPolicy;
  streamManagement: boolean;
  /** What carries the stream. `auto`: a WebSocket, and BOSH where that does not open. */
  transport: TransportChoice;
  /** Log in and ask the focus in one flight, where we have no account. */
  pipelining: boolean;
  /** Take config.js from `memory` while it is fresh. */
  useKnownConfig: boolean;
  memory: HostMemory;
  /** ms from the first input to `joined` */
  joinTimeout: number;
  /** What is done about a connection that is lost; undefined: it is the end. */
  reconnect?: ReconnectPolicy;
  chat: ChatPolicy;
}

/** Times of the protocol's steps, ms. Those of the reference client where it has one (lib-jitsi-meet). */
export const timing = {
  /** For the user's own function. */
  token: 30_000,
  /** Login, from the open socket to a bound resource. */
  login: 20_000,
  /** The same in one flight, which is two round trips; then comes the orderly login. */
  pipelinedLogin: 10_000,
  /** A lost stream can be resumed, where the server does not say for how long: ejabberd's default, half of Prosody's. */
  resumption: 300_000,
  /** Conference request by IQ: Jicofo answers after joining the room itself, normally at once. */
  conferenceRequest: 15_000,
  /** The focus is not ready: 1, 2, 4 … s. */
  notReadyFirst: 1_000,
  notReadyMost: 120_000,
  /** No focus connected: this many more tries, 1, 2, 4 s apart; a restart takes it about 3 s. */
  focusUnavailableTries: 3,
  /** A busy focus, likewise; and what a server may ask us to wait at most, in a join that has a minute by default. */
  busyMost: 15_000,
  retryAfterMost: 30_000,
  /** Our join presence: the room parks it while the focus is not inside yet. */
  entering: 20_000,
  /** The room vanished between the focus' answer and our presence: this many more tries, up to 1.5^n s apart. */
  roomGoneTries: 3,
  /** Our own ghost has the endpoint id that the caller wants: it goes within a minute, this is how often we look. */
  ghostLook: 5_000,
  ghostLooks: 30,
  /** After our own presence, for what was said before we came; it ends with the subject, where the room sends one. */
  history: 3_000,
  discoDomain: 5_000,
  discoRoom: 10_000,
  jingle: 10_000,
  loginUrl: 5_000,
  /** With the next one less than 5 s: a server that does not listen keeps nobody longer. */
  leaving: 3_000,
  closing: 1_500,
  keepAliveFirst: 5_000,
} as const;
