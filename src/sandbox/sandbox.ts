/**
 * A Jitsi deployment in one process: web server, XMPP, rooms, focus, bridge. A real Jitsi client takes it for the real thing;
 * for tests of one's own programs, on this machine.
 */
import { type Clock, steadyClock, systemClock } from '../base/clock.ts';
import { ParseError } from '../base/errors.ts';
import { type Logger, silentLogger } from '../base/logger.ts';
import { type RandomBytes, systemRandom } from '../base/random.ts';
import type { ExternalService } from '../xmpp/extdisco.ts';
import { createCertificate } from './bridge/certificate.ts';
import { createMediaBridge } from './bridge/media-bridge.ts';
import { type SandboxBridge, viewBridge } from './bridge-view.ts';
import { Deployment } from './deployment.ts';
import { Connections } from './faults/connections.ts';
import { createFaults } from './faults/create-faults.ts';
import type { Faults } from './faults/faults.ts';
import { endpointIdOf } from './faults/targets.ts';
import type { ConferenceRequest } from './focus/index.ts';
import { guardedClock } from './guard.ts';
import { limitedLogger } from './limited-logger.ts';
import { Doors } from './network/doors.ts';
import { Network } from './network/network.ts';
import { type SandboxRoom, viewRoom } from './room-view.ts';
import { buildConfigJs } from './web/config-js.ts';
import { parseOrigin } from './web/origins.ts';
import { startWebServer, type WebServer } from './web/web-server.ts';
import type { XmppServer } from './xmpp-server.ts';

export interface SandboxOptions {
  /** Address to listen on. Default 127.0.0.1: nobody else can connect. */
  host?: string;
  /** Default 0: any free one. */
  port?: number;
  /** https and wss, with a self-signed certificate for `localhost` and 127.0.0.1. Default false. */
  tls?: boolean;
  /**
   * Origins of pages that may use it, such as `http://localhost:5173`, besides its own (`url`, and `localhost` on its port); `null` for
   * pages that have none (`about:blank`, files), `*` for all. Requests of other pages get 403; programs that send no Origin always get in. Default none.
   */
  origins?: readonly string[];
  /** XMPP domain, which needs no name server. Default `meet.jitsi`. */
  domain?: string;
  /** How many participants it takes until they are offered media. Default 2. */
  minParticipants?: number;
  /** The channels for bridge messages that are offered. Default `both`. */
  bridge?: 'ws' | 'sctp' | 'both';
  /** How clients are to request conferences: by IQ, or by HTTP as `config.js` then says. Default `iq`. */
  conferenceRequest?: 'iq' | 'http';
  /** Rooms that have a password from the start, by name. */
  rooms?: Readonly<Record<string, { password?: string }>>;
  /** STUN and TURN services that clients are told of. Default none. */
  externalServices?: readonly ExternalService[];
  /** Passwords of accounts by user name: then guests use the domain `guest.DOMAIN`. */
  accounts?: Readonly<Record<string, string>>;
  /** Tokens that are accepted: then nobody gets in without one. They are compared as text. */
  tokens?: readonly string[];
  /**
   * ms for which a lost connection can be resumed; its participant stays in the room meanwhile, as on real deployments.
   * Default 60 000; 0 for not at all.
   */
  resumptionTime?: number;
  timeouts?: {
    /** ms for which the focus waits in a room that nobody enters. Default 15 000. */
    conferenceStart?: number;
    /** ms after which the media session of a participant who has been left alone ends ("expired"). Default 20 000. */
    singleParticipant?: number;
    /** ms after which the bridge may forget an endpoint that has never connected its transport. Default 120 000. */
    endpointStart?: number;
    /** ms after which the bridge may forget an endpoint whose transport is silent, whatever its WebSocket does. Default 60 000. */
    endpointInactivity?: number;
    /** ms between two looks of the bridge for endpoints to forget. Default 60 000. */
    expiryScan?: number;
  };
  logger?: Logger;
  clock?: Clock;
  random?: RandomBytes;
}

export interface Sandbox extends AsyncDisposable {
  /** Where it is: `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** XMPP domain of the rooms. */
  readonly mucDomain: string;
  /** The rooms as they are now: by name, those of a tenant by `TENANT/NAME`. */
  readonly rooms: ReadonlyMap<string, SandboxRoom>;
  /** The bridge as it is now: its endpoints, and the messages that it dropped. */
  readonly bridge: SandboxBridge;
  readonly faults: Faults;
  /** Ends everything; may be called again. Resolves when no socket and no timer is left. */
  close(): Promise<void>;
}

/** Starts a deployment. Rejects with the system's error when it cannot listen, with UsageError `origin-invalid`. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { random = systemRandom, domain = 'meet.jitsi' } = options;
  const logger = limitedLogger(options.logger ?? silentLogger, options.clock ?? systemClock);
  const clock = guardedClock(options.clock ?? systemClock, logger);
  const mediaClock = guardedClock(options.clock ?? steadyClock, logger);
  const origins = (options.origins ?? []).map(parseOrigin);
  const network = new Network(clock);
  const doors = new Doors(
    ({ endpointId, previd }) =>
      network.isCut ||
      network.isCutFor(
        endpointId ?? endpointIdOf(deployment, previd && deployment.xmpp.sessions.addressOf(previd)) ?? '',
      ),
  );
  network.onChange(() => doors.look());
  const connections = new Connections(clock, network);
  let web: WebServer | undefined;
  const deployment = new Deployment({
    xmpp: {
      domain,
      clock,
      random,
      logger: logger.child({ part: 'xmpp' }),
      externalServices: options.externalServices ?? [],
      passwords: passwordsOf(options.rooms ?? {}),
      accounts: new Map(Object.entries(options.accounts ?? {})),
      tokens: new Set(options.tokens),
      resumptionTime: options.resumptionTime ?? 60_000,
    },
    bridge: createMediaBridge({
      mode: options.bridge ?? 'both',
      ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
      webSocketBase: () => webSocketBase(web?.url ?? ''),
      ...(options.host === undefined ? {} : { host: options.host }),
      network,
      clock,
      mediaClock,
      random,
      logger: logger.child({ part: 'bridge' }),
    }),
    focus: {
      clock,
      random,
      logger: logger.child({ part: 'focus' }),
      ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
      ...(options.minParticipants === undefined ? {} : { minParticipants: options.minParticipants }),
    },
    doors,
    setListening(isListening) {
      if (isListening) web?.listenAgain();
      else web?.stopListening();
    },
    clock,
    logger: logger.child({ part: 'deployment' }),
  });
  const { bridge } = deployment;
  try {
    web = await startWebServer({
      host: options.host ?? '127.0.0.1',
      port: options.port ?? 0,
      origins,
      ...(options.tls ? { tls: await selfSigned(clock) } : {}),
      configJs: (origin, tenant) => configJs(deployment.xmpp, options, domain, origin, tenant),
      doors,
      accept: (socket, query, stream) => connections.accept(deployment, socket, query, stream),
      bridgeUpgrade: (request, socket, head) => bridge.upgrade(request, socket, head),
      ...(options.conferenceRequest === 'http'
        ? { conferenceRequest: (body: unknown) => requestConference(deployment, body) }
        : {}),
      logger: logger.child({ part: 'web' }),
    });
  } catch (error) {
    await deployment.close();
    throw error;
  }
  const { url } = web;
  logger.log('info', 'the sandbox listens', { url });
  let closing: Promise<void> | undefined;
  const closeAll = async (): Promise<void> => {
    connections.close();
    await deployment.close();
    await web.close();
  };
  const close = (): Promise<void> => (closing ??= closeAll());
  return {
    url,
    mucDomain: deployment.xmpp.mucDomain,
    get rooms() {
      return roomsOf(deployment.xmpp);
    },
    get bridge() {
      return viewBridge(bridge);
    },
    faults: createFaults(deployment, network, connections),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function roomsOf({ muc, mucDomain }: XmppServer): ReadonlyMap<string, SandboxRoom> {
  const [prefix = '', ...rest] = mucDomain.split('.');
  return new Map(
    [...muc.rooms.values()].map((room) => {
      const tenant = room.jid.slice(`${room.name}@${prefix}.`.length, -rest.join('.').length - 1);
      return [tenant === '' ? room.name : `${tenant}/${room.name}`, viewRoom(room)];
    }),
  );
}

function configJs(
  server: XmppServer,
  options: SandboxOptions,
  domain: string,
  origin: string,
  tenant: string,
): string {
  return buildConfigJs({
    webSocketBase: webSocketBase(origin),
    domain,
    mucDomain: server.mucDomain,
    tenant,
    ...(server.guestDomain === undefined ? {} : { anonymousDomain: server.guestDomain }),
    ...(options.conferenceRequest === 'http' ? { conferenceRequestBase: origin } : {}),
  });
}

function webSocketBase(origin: string): string {
  return origin.replace(/^http/, 'ws');
}

function passwordsOf(rooms: Readonly<Record<string, { password?: string }>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(rooms).flatMap(([name, { password }]) =>
      password === undefined ? [] : [[name.toLowerCase(), password]],
    ),
  );
}

async function selfSigned(clock: Clock): Promise<{ certificate: string; key: string }> {
  const altNames = ['localhost', '127.0.0.1', '::1'];
  const made = await createCertificate({ commonName: 'localhost', altNames, now: clock.now() });
  return { certificate: made.certificatePem, key: made.privateKeyPem };
}

/** @throws ParseError `conference-request` for a body that is none */
function requestConference(deployment: Deployment, body: unknown): Promise<unknown> {
  if (!isConferenceRequest(body)) {
    throw new ParseError(
      'conference-request',
      'conference-request',
      'a JSON object with the key "room" is expected',
    );
  }
  return deployment.conferenceRequest(body);
}

function isConferenceRequest(body: unknown): body is ConferenceRequest {
  if (typeof body !== 'object' || body === null || !('room' in body)) return false;
  const properties = 'properties' in body ? body.properties : undefined;
  return (
    typeof body.room === 'string' &&
    (properties === undefined || (typeof properties === 'object' && properties !== null))
  );
}
