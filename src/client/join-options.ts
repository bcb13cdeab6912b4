/** What a caller may say about joining, and the defaults. */
import { type Clock, steadyClock, systemClock } from '../base/clock.ts';
import { defined } from '../base/defined.ts';
import { UsageError } from '../base/errors.ts';
import { lineLogger, type Logger, silentLogger } from '../base/logger.ts';
import { type RandomBytes, randomHex, randomToken, systemRandom } from '../base/random.ts';
import type { TransportChoice } from '../conference/connection/transport-choice.ts';
import { HostMemory } from '../conference/host-memory.ts';
import type { ConferenceOptions } from '../conference/options.ts';
import { accountOf } from '../jitsi/account.ts';
import { congestionFeatures, dataFeatures, defaultFeatures, feature } from '../jitsi/features.ts';
import { parseMeetingAddress, secretParameters } from '../jitsi/meeting-address.ts';
import { redactingLogger } from '../jitsi/redact/carriers.ts';
import { Secrets } from '../jitsi/redact/secrets.ts';
import { CallbackGuard } from './guarded-callbacks.ts';
import type { NetworkAccess } from '../net/access.ts';
import { type NetworkChanges, networkWatch } from '../net/network-watch.ts';
import type { IceTransportPolicy } from '../rtc/peer-transport.ts';
import { type AccessOptions, networkAccess } from './network-access.ts';
import { checkPropertyName } from './property-name.ts';
import type { WireEntry } from './wire.ts';

export interface JoinOptions extends AccessOptions {
  /** Host name, `name:port`, or a URL with scheme; `http://` means no TLS. Not needed with a meeting URL. */
  host?: string;
  /** Room name. Not needed with a meeting URL. */
  room?: string;
  /** Display name. Default: a generated one. */
  nick?: string;
  /** The room's password. */
  password?: string;
  /**
   * JWT, where the deployment wants one; or a function that is asked for a fresh one before each login, now and whenever the connection is
   * made again. Also taken from `?jwt=` of a meeting URL.
   */
  token?: string | TokenSource;
  /** Account to log in with; without it we are a guest. */
  login?: { username: string; password: string };
  /** Endpoint id (MUC resource): letters, digits and `_`; 8 hex digits by default, made from the login. */
  endpointId?: string;
  email?: string;
  avatarUrl?: string;
  /** Region hint for the focus. */
  region?: string;
  /** Video codecs we can take, best first. Default `av1,vp9,vp8,h264`: a shorter list changes what everybody sends. */
  codecs?: readonly string[];
  /** Further participant properties (`jitsi_participant_NAME` in presence). */
  properties?: Readonly<Record<string, string>>;
  /**
   * Take part in audio and video. Default true. Without, we are there for bridge messages: nothing is offered to us but audio, which
   * carries the transport, and that is not forwarded to us.
   */
  media?: boolean;
  /**
   * Let the bridge give its own SSRCs to a limited number of sources, whoever sends them (SSRC rewriting): less signalling in a large room,
   * and tracks exist only for what was forwarded. Default false.
   */
  ssrcRewriting?: boolean;
  /**
   * Announce streams of retransmissions and transport-wide feedback, by which the bridge finds out how much video we can take. Default true with
   * `join`, and false with `joinSession`: a peer connection of yours may not send that feedback, and then the bridge would stop all
   * video after 20 s. Browsers' do, and `session.connect()` does.
   */
  congestionControl?: boolean;
  /**
   * The channel for bridge messages. `auto`, the default: the bridge's WebSocket where it has one, for it is many times faster, else an SCTP
   * data channel; the other way round where config.js says so (`bridgeChannel`), and the second where the first does not open.
   */
  bridge?: BridgeChoice;
  /**
   * What carries ICE, DTLS and SCTP. `auto`, the default: werift; without media the faster node-datachannel where that package is
   * installed.
   */
  engine?: EngineChoice;
  /**
   * Media has a thread of its own, one for all conferences of the process: sockets, encryption, feedback and retransmission go on while the program is
   * busy, so that the bridge sees the network and not the program. It takes some 15 MB and is started with the first join that has media. Default true; where
   * the program is one bundled file, and with a `mediaClock` or a `clock`, there is none.
   */
  networkThread?: boolean;
  /**
   * `relay`: media takes the way by a TURN server of the deployment and no other, so nobody there learns the addresses of this machine; where
   * there is none, the session fails with `no-relay`. Default `all`: whatever works. (W3C RTCIceTransportPolicy)
   */
  iceTransportPolicy?: IceTransportPolicy;
  /**
   * Messages for the bridge while its channel is down: refused with `bridge-not-open`, the default, or kept until it is open again,
   * up to `bridgeQueueLimit` bytes (default 1 MiB).
   */
  whenBridgeIsDown?: 'refuse' | 'queue';
  bridgeQueueLimit?: number;
  /** Where log records go. Default: nowhere. */
  logger?: Logger;
  /** Without a logger of your own: log to stderr, the wire included. Secrets are redacted. */
  debug?: boolean;
  /** Gets every message both ways, secrets redacted. */
  wire?: (entry: WireEntry) => void;
  /** Gives up joining, or leaves the room later on. */
  signal?: AbortSignal;
  /** ms for joining the room, default 60 000. */
  joinTimeout?: number;
  /**
   * What to do when the connection to the deployment is lost. By default the conference comes back as often and for as long as it takes: its stream is
   * resumed, or the room entered anew, under the same objects; `reconnecting` and `reconnected` tell of it. `maxTime`: ms without a
   * connection after which it ends, default Infinity. `false`: it ends at once, with `connection-lost`.
   */
  reconnect?: false | { maxTime?: number };
  /**
   * Chat that is sent while there is no connection: kept and sent when there is one again, the default, or refused with `not-connected`.
   */
  whenDisconnected?: 'queue' | 'refuse';
  /** Messages that are kept at most, default 100; more are refused. */
  chatQueueLimit?: number;
  /** ms that one may wait, default 600 000; then it is refused. */
  chatQueueAge?: number;
  /** ms that `joinSession` waits for the first media session; without it, for ever. */
  sessionTimeout?: number;
  /** Values that win over the deployment's config.js. */
  xmppDomain?: string;
  muc?: string;
  focus?: string;
  websocket?: string;
  conferenceRequestUrl?: string;
  /**
   * What carries the signalling. `auto`, the default: a WebSocket, and BOSH, which is plain HTTP, where that does not open; then a `warning`
   * with the code `bosh-fallback` follows the join.
   */
  transport?: TransportChoice;
  /** Take a config.js that this process fetched from there in the last ten minutes. Default true. */
  useKnownConfig?: boolean;
  /**
   * As a guest, or with a token, log in and ask the focus without waiting for each answer. Default true; servers that do
   * not like it are remembered by this process, and asked step by step.
   */
  pipelining?: boolean;
  /** 32 hex digits that stay the same for this installation; deployments with authentication tell sessions apart by it. */
  machineUid?: string;
  /** Time and randomness, for tests. */
  clock?: Clock;
  /** Time for audio and video. Default: one that does not jump, or `clock` where that is given. */
  mediaClock?: Clock;
  random?: RandomBytes;
}

/** Gives a token, or undefined for none. What it throws, or rejects with, is what the join, or the try to reconnect, fails with. */
export type TokenSource = () => string | undefined | Promise<string | undefined>;

/** `room`: sessions are declined; `session`: they are handed to the caller; `join`: they are accepted and kept connected. */
export type JoinWay = 'join' | 'room' | 'session';
export type BridgeChoice = 'auto' | 'ws' | 'sctp';
export type EngineChoice = 'auto' | 'werift' | 'node-datachannel';

/** How a session is carried. */
export interface CarrierOptions {
  /** Sessions are accepted without being asked. */
  accepts: boolean;
  media: boolean;
  ssrcRewriting: boolean;
  bridge: BridgeChoice;
  engine: EngineChoice;
  networkThread: boolean;
  iceTransportPolicy: IceTransportPolicy;
  whenBridgeIsDown: 'refuse' | 'queue';
  /** bytes */
  bridgeQueueLimit: number;
}

/** Options with every default filled in, as the parts below need them. */
export interface ResolvedJoin {
  conference: ConferenceOptions;
  carrier: CarrierOptions;
  clock: Clock;
  mediaClock: Clock;
  random: RandomBytes;
  logger: Logger;
  access: NetworkAccess;
  /** Asked before each login. */
  tokenSource: TokenSource | undefined;
  /** What neither log nor wire nor errors show. */
  secrets: Secrets;
  wire: ((entry: WireEntry) => void) | undefined;
  networkChanges: NetworkChanges;
  /** Of logger and wire, which fail without disturbing anything. */
  guard: CallbackGuard;
}

/** Of this process. What insecure joins were told may be anybody's word: no other join may rely on it. */
const hostMemory = new HostMemory();
const insecureMemory = new HostMemory();
/** Nor on what came by a way that one caller chose. */
const waysMemory = new WeakMap<object, HostMemory>();

const defaultCodecs = ['av1', 'vp9', 'vp8', 'h264'];

/** @throws UsageError when the options cannot work */
export function resolveJoinOptions(
  url: string | undefined,
  options: JoinOptions,
  way: JoinWay,
): ResolvedJoin {
  const random = options.random ?? systemRandom;
  const address = parseMeetingAddress(defined({ url, host: options.host, room: options.room }));
  const { endpointId, login } = options;
  // Prosody's mod_muc_resource_validate; a hyphen would also make source names ambiguous (jicofo `SourceName`).
  if (endpointId !== undefined && !/^[A-Za-z0-9][A-Za-z0-9_]*$/.test(endpointId)) {
    throw new UsageError(
      `endpoint id ${JSON.stringify(endpointId)}: only letters, digits and _ are allowed, not at the start`,
      {
        code: 'endpoint-id-invalid',
      },
    );
  }
  if (endpointId === 'focus')
    throw new UsageError('endpoint id "focus" belongs to the focus', { code: 'endpoint-id-invalid' });
  for (const name of Object.keys(options.properties ?? {})) checkPropertyName(name);
  const account = login && accountOf(login.username);
  const tokenSource = typeof options.token === 'function' ? options.token : undefined;
  const conference: ConferenceOptions = defined({
    address,
    overrides: defined({
      xmppDomain: options.xmppDomain,
      muc: options.muc,
      focus: options.focus,
      websocket: options.websocket,
      conferenceRequestUrl: options.conferenceRequestUrl,
    }),
    credentials:
      login && account
        ? { mechanism: 'PLAIN' as const, username: account.username, password: login.password }
        : { mechanism: 'ANONYMOUS' as const },
    accountDomain: account?.domain,
    token: typeof options.token === 'function' ? undefined : (options.token ?? address.token),
    hasTokenSource: tokenSource !== undefined,
    displayName: options.nick ?? `bot-${randomToken(random, 4)}`,
    endpointId,
    password: options.password,
    email: options.email,
    avatarUrl: options.avatarUrl,
    region: options.region,
    features: featuresOf(options, way),
    peerFeatures: [],
    codecs: options.codecs ?? defaultCodecs,
    properties: options.properties ?? {},
    statsId: `jh-${randomToken(random, 6)}`,
    machineUid: options.machineUid ?? randomHex(random, 32),
    offers: way === 'room' ? ('decline' as const) : ('offer' as const),
    streamManagement: true,
    transport: options.transport ?? 'auto',
    pipelining: options.pipelining ?? true,
    useKnownConfig: options.useKnownConfig ?? true,
    memory: memoryFor(options),
    joinTimeout: options.joinTimeout ?? 60_000,
    chat: {
      whenDisconnected: options.whenDisconnected ?? 'queue',
      limit: options.chatQueueLimit ?? 100,
      maxAge: options.chatQueueAge ?? 600_000,
    },
    reconnect: options.reconnect === false ? undefined : { maxTime: options.reconnect?.maxTime ?? Infinity },
  });
  const urls = [options.websocket, options.conferenceRequestUrl];
  const secrets = new Secrets([
    conference.token,
    login?.password,
    options.password,
    ...urls.flatMap((each) => (each === undefined ? [] : secretParameters(each))),
    ...proxySecrets(options.proxy),
  ]);
  const stderrLogger = (): Logger => lineLogger((line) => process.stderr.write(`${line}\n`), 'trace');
  const guard = new CallbackGuard();
  const logger = guard.logger(options.logger ?? (options.debug ? stderrLogger() : silentLogger));
  const wire = options.wire && guard.wire(options.wire);
  const mediaClock = options.mediaClock ?? options.clock ?? steadyClock;
  return {
    conference,
    carrier: {
      accepts: way === 'join',
      media: options.media ?? true,
      ssrcRewriting: options.ssrcRewriting ?? false,
      bridge: options.bridge ?? 'auto',
      engine: options.engine ?? 'auto',
      networkThread: (options.networkThread ?? true) && mediaClock === steadyClock,
      iceTransportPolicy: options.iceTransportPolicy ?? 'all',
      whenBridgeIsDown: options.whenBridgeIsDown ?? 'refuse',
      bridgeQueueLimit: options.bridgeQueueLimit ?? 1024 * 1024,
    },
    clock: options.clock ?? systemClock,
    mediaClock,
    random,
    logger: logger === silentLogger ? silentLogger : redactingLogger(logger, secrets),
    access: networkAccess(address.origin, options),
    tokenSource,
    secrets,
    guard,
    networkChanges: networkWatch,
    wire: wire && ((entry) => wire({ ...entry, text: secrets.hide(entry.text) })),
  };
}

/** The password in the address of a proxy, as it stands there and as it is said to it. */
function proxySecrets(proxy: string | undefined): string[] {
  if (proxy === undefined || !URL.canParse(proxy)) return [];
  const { password } = new URL(proxy);
  return password === '' ? [] : [password];
}

function memoryFor({ insecure, agent, ca, fetch, pinnedKeys, proxy }: JoinOptions): HostMemory {
  if (ca !== undefined || pinnedKeys || (proxy !== undefined && proxy !== 'environment'))
    return new HostMemory();
  if (insecure) return insecureMemory;
  const way = fetch ?? agent;
  if (way === undefined) return hostMemory;
  const memory = waysMemory.get(way) ?? new HostMemory();
  waysMemory.set(way, memory);
  return memory;
}

function featuresOf(options: JoinOptions, way: JoinWay): readonly string[] {
  if (options.media === false) return dataFeatures;
  return [
    ...defaultFeatures,
    ...((options.congestionControl ?? way === 'join') ? congestionFeatures : []),
    ...(options.ssrcRewriting ? [feature.ssrcRewriting] : []),
  ];
}
