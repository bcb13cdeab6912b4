/** What is known of a deployment, from config.js and options. */

/** Values that win over config.js. */
export interface DeploymentOverrides {
  /** hosts.domain */
  xmppDomain?: string;
  /** hosts.muc */
  muc?: string;
  /** hosts.focus: a domain or a full address */
  focus?: string;
  /** May be `ws://` also where the page has TLS. Relative to the page. */
  websocket?: string;
  /** Relative to the page. */
  conferenceRequestUrl?: string;
}

export type DeploymentField =
  | 'domain'
  | 'streamDomain'
  | 'muc'
  | 'focus'
  | 'websocketUrl'
  | 'boshUrl'
  | 'keepAliveUrl'
  | 'conferenceRequestUrl';

/** `derived`: follows from other values as clients do it. `guess`: may well be wrong. */
export type DeploymentOrigin = 'option' | 'config.js' | 'derived' | 'guess';

/** `bridgeChannel` of config.js, as far as the file says so. */
export interface BridgeChannelPreference {
  /** The data channel before the WebSocket. */
  preferSctp: boolean;
  /** A host, in lower case, whose WebSockets are tried last. */
  ignoreDomain?: string;
}

export interface Deployment {
  /** hosts.domain: for disco, extdisco, pings */
  domain: string;
  /**
   * Virtual host to open the stream to: of an account the domain in the user name, else hosts.authdomain; for guests (neither token nor
   * account) hosts.anonymousdomain; where these are not set, and with a token, `domain`.
   */
  streamDomain: string;
  /** hosts.anonymousdomain, whoever we are. */
  guestDomain?: string;
  /** lower case */
  muc: string;
  /** Target of the conference request: a domain, or a full JID. */
  focus: string;
  /** ws:// or wss://, without `room` and `token`; a query that was configured is kept */
  websocketUrl: string;
  /** XMPP over HTTP (XEP-0206) where config.js names it, or nothing names anything: http(s), without `room` and `token`. */
  boshUrl?: string;
  /** http(s) */
  keepAliveUrl: string;
  /** ms; -1: no keep-alive */
  keepAliveInterval: number;
  /** When set, the conference request goes there by HTTP instead of IQ. Absolute. */
  conferenceRequestUrl?: string;
  /** Bare JID trusted as the focus before it was heard of. */
  focusUserJid?: string;
  /** Real-JID domain of recorders and transcribers. */
  hiddenDomain?: string;
  /** Which channel for bridge messages is tried first, where the bridge offers both. */
  bridgeChannel: BridgeChannelPreference;
  /** Use of XEP-0198 resumption. */
  resume: boolean;
  /** XMPP pings, ms; `threshold` failures in a row end the connection. */
  ping: { interval: number; timeout: number; threshold: number };
  /** Who joins after so many others starts muted. */
  startAudioMuted?: number;
  startVideoMuted?: number;
  /** Where the main values came from. */
  origin: Readonly<Partial<Record<DeploymentField, DeploymentOrigin>>>;
  /** Sentences for people: guesses, values that were ignored or not evaluated, and the override that helps. */
  warnings: readonly string[];
}
