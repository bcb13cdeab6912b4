/**
 * A bridge whose transports are real as far as an offer tells of them: each endpoint has a UDP socket of its own, ICE
 * credentials, and the bridge's DTLS certificate. It does not answer what arrives on the sockets.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Clock } from '../../base/clock.ts';
import { MediaError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { type RandomBytes, randomHex, randomToken, randomUint32 } from '../../base/random.ts';
import type { IceTransport, SourceSet } from '../../jingle/model.ts';
import type { Bridge, BridgeConference, BridgeEndpoint, EndpointRequest } from './bridge.ts';
import { type Certificate, createCertificate } from './certificate.ts';

export interface UdpBridgeOptions {
  /** The channels for bridge messages that are offered. */
  mode: 'ws' | 'sctp' | 'both';
  /** `ws://HOST:PORT` of the colibri WebSocket; asked for at each allocation, because the port is known only once we listen. */
  webSocketBase: () => string;
  /** Address of the UDP sockets. Default 127.0.0.1. */
  host?: string;
  /** Default `sandbox`. */
  region?: string;
  clock: Clock;
  random: RandomBytes;
  logger: Logger;
}

export function createUdpBridge(options: UdpBridgeOptions): Bridge {
  const certificate = createCertificate({ commonName: 'sandbox bridge', now: options.clock.now() });
  const conferences = new Set<UdpConference>();
  return {
    region: options.region ?? 'sandbox',
    createConference() {
      const conference = new UdpConference(options, certificate, () => conferences.delete(conference));
      conferences.add(conference);
      return conference;
    },
    async close() {
      await Promise.all([...conferences].map((conference) => conference.close()));
    },
  };
}

class UdpConference implements BridgeConference {
  readonly id: string;
  readonly sources: SourceSet;
  readonly #options: UdpBridgeOptions;
  readonly #certificate: Promise<Certificate>;
  readonly #onClosed: () => void;
  readonly #endpoints = new Set<UdpEndpoint>();
  #isClosed = false;

  constructor(options: UdpBridgeOptions, certificate: Promise<Certificate>, onClosed: () => void) {
    this.#options = options;
    this.#certificate = certificate;
    this.#onClosed = onClosed;
    this.id = randomHex(options.random, 16);
    this.sources = placeholderSources(options.random);
  }

  async allocate(request: EndpointRequest): Promise<BridgeEndpoint> {
    const { host = '127.0.0.1', logger } = this.#options;
    const { fingerprint } = await this.#certificate;
    const socket = createSocket('udp4');
    socket.bind(0, host);
    await once(socket, 'listening');
    if (this.#isClosed) {
      socket.close();
      throw new MediaError(`allocating a transport for ${request.id}: its conference is over`, {
        code: 'bridge-closed',
      });
    }
    const endpoint = new UdpEndpoint(
      request.id,
      socket,
      this.#transport(request, socket, fingerprint),
      logger,
    );
    this.#endpoints.add(endpoint);
    void endpoint.closed.then(() => this.#endpoints.delete(endpoint));
    return endpoint;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const endpoint of this.#endpoints) endpoint.expire();
    await Promise.all([...this.#endpoints].map((endpoint) => endpoint.closed));
    this.#onClosed();
  }

  #transport(request: EndpointRequest, socket: Socket, fingerprint: string): IceTransport {
    const { mode, random, webSocketBase } = this.#options;
    const { address, port } = socket.address();
    // The bridge takes `pwd` only as the query's first parameter (jitsi-videobridge `ColibriWebSocketServlet.java`).
    const webSocketUrl = (): string =>
      `${webSocketBase()}/colibri-ws/default-id/${this.id}/${request.id}?pwd=${randomToken(random, 24)}`;
    return {
      ufrag: randomToken(random, 14),
      pwd: randomToken(random, 26),
      rtcpMux: true,
      fingerprints: [{ hash: 'sha-256', value: fingerprint, setup: 'actpass', cryptex: false }],
      candidates: [
        {
          foundation: '1',
          component: 1,
          protocol: 'udp',
          // A host candidate of the highest local preference (RFC 8445, 5.1.2.1).
          priority: 2_130_706_431,
          ip: address,
          port,
          type: 'host',
          generation: 0,
          id: randomHex(random, 24),
        },
      ],
      webSocketUrls: mode === 'sctp' ? [] : [webSocketUrl()],
      ...(request.sctp && mode !== 'ws'
        ? { sctp: { port: 5000, protocol: 'webrtc-datachannel', streams: 1024 } }
        : {}),
    };
  }
}

class UdpEndpoint implements BridgeEndpoint {
  readonly id: string;
  readonly transport: IceTransport;
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #logger: Logger;
  #expired = false;

  constructor(id: string, socket: Socket, transport: IceTransport, logger: Logger) {
    this.id = id;
    this.transport = transport;
    this.#socket = socket;
    this.#logger = logger.child({ endpoint: id });
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', (error) => this.#logger.log('warn', 'UDP socket', { error: messageOf(error) }));
    // Transports alone must not keep a process alive: signalling does.
    socket.unref();
  }

  setRemoteTransport(transport: IceTransport): void {
    const setup = transport.fingerprints[0]?.setup;
    if (
      transport.ufrag === undefined ||
      transport.pwd === undefined ||
      setup === undefined ||
      setup === 'actpass'
    ) {
      // jitsi-videobridge `DtlsTransport.kt` only logs this too: the connection then never comes about.
      this.#logger.log('warn', 'the answer leaves the bridge without ICE credentials or a DTLS role', {
        setup,
      });
    }
  }

  setSources(sources: SourceSet): void {
    this.#logger.log('debug', 'sources', { ssrcs: sources.sources.map(({ ssrc }) => ssrc) });
  }

  setInitialLastN(lastN: number): void {
    this.#logger.log('debug', 'initial lastN', { lastN });
  }

  restartIce(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  expire(): void {
    if (this.#expired) return;
    this.#expired = true;
    this.#socket.close();
  }
}

/** jitsi-videobridge `Colibri2ConferenceHandler.buildFeedbackSources`; the browser client orders m-lines by `mixedmslabel`. */
function placeholderSources(random: RandomBytes): SourceSet {
  return {
    sources: (['audio', 'video'] as const).map((mediaType) => ({
      ssrc: randomUint32(random),
      mediaType,
      owner: 'jvb',
      name: `jvb-${mediaType === 'audio' ? 'a0' : 'v0'}`,
      msid: `mixedmslabel mixedlabel${mediaType}0`,
    })),
    groups: [],
  };
}
