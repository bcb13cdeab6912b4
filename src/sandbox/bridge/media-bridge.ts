/** The bridge: its conferences, and the door that WebSockets come through. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { type Clock, steadyClock } from '../../base/clock.ts';
import type { Logger } from '../../base/logger.ts';
import type { RandomBytes } from '../../base/random.ts';
import type { PacketEngine } from '../../rtc/peer-transport.ts';
import { createWeriftEngine } from '../../rtc/werift/engine.ts';
import { closeWebSockets } from '../web/close-web-sockets.ts';
import type { Bridge } from './bridge.ts';
import { type Certificate, createCertificate } from './certificate.ts';
import { type ChannelFaults, type ColibriRefusal, noFaults } from './channel/channel-faults.ts';
import { ColibriSocket, ColibriWebSocket, payloadLimit } from './channel/colibri-socket.ts';
import { readColibriUrl, refuseUpgrade } from './channel/colibri-upgrade.ts';
import { type ConferenceOptions, LocalConference } from './conference.ts';
import type { LocalEndpoint } from './endpoint.ts';
import { Journal } from './journal.ts';
import { Network } from '../network/network.ts';
import { type MediaFaults, noMediaFaults } from './media/media-faults.ts';
import { type BridgeTimeouts, defaultTimeouts } from './timeouts.ts';

export interface MediaBridgeOptions {
  /** The channels for bridge messages that are offered. */
  mode: ConferenceOptions['mode'];
  webSocketBase: ConferenceOptions['webSocketBase'];
  /** Address of the transports. Default 127.0.0.1. */
  host?: string;
  /** Makes the transports. Default: werift's. */
  engine?: PacketEngine;
  /** Default `sandbox`. */
  region?: string;
  timeouts?: Partial<BridgeTimeouts>;
  /** What the clients' packets and messages go through. Default: nothing that is worth mentioning. */
  network?: Network;
  clock: Clock;
  /** For media, with fractions of a millisecond. Default: the machine's. */
  mediaClock?: Clock;
  random: RandomBytes;
  logger: Logger;
}

export interface MediaBridge extends Bridge {
  readonly endpoints: readonly LocalEndpoint[];
  readonly journal: Journal;
  /** To be changed at any time. */
  readonly faults: ChannelFaults;
  readonly mediaFaults: MediaFaults;
  /** @param bitrate bit/s: the estimate of everybody's way from the bridge from now on */
  setDownlink(bitrate: number): void;
  /** A client asks for a WebSocket below `/colibri-ws/`. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Dies and is there again at once, empty, with another certificate. Resolves when no socket is left of what it was. */
  crash(): Promise<void>;
}

export function createMediaBridge(options: MediaBridgeOptions): MediaBridge {
  const { clock, logger, mode, random, webSocketBase, engine = createWeriftEngine() } = options;
  const newCertificate = (): Promise<Certificate> =>
    createCertificate({ commonName: 'sandbox bridge', now: clock.now() });
  let certificate = newCertificate();
  const network = options.network ?? new Network(clock);
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const faults = noFaults();
  const mediaFaults = noMediaFaults();
  const journal = new Journal(logger);
  const conferences = new Map<string, LocalConference>();
  /** Upgrades that are kept waiting, as a fault. */
  const unanswered = new Set<Duplex>();
  // The real bridge would compress, at a twentieth of the speed; a client cannot tell but by its clock.
  const webSockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: payloadLimit,
    WebSocket: ColibriWebSocket,
  });

  /** The endpoint that may come in; otherwise how it is refused. Only the log says why: no client is told what is wrong. */
  function admit(url: string): LocalEndpoint | { status: ColibriRefusal; reason: string } {
    if (faults.refusal !== undefined)
      return { status: faults.refusal, reason: 'the fault refuseBridgeChannel' };
    const asked = readColibriUrl(url);
    if (!asked) return { status: 404, reason: 'its path is none of this bridge' };
    const endpoint = conferences.get(asked.conferenceId)?.find(asked.endpointId);
    if (!endpoint) return { status: 403, reason: 'there is no such conference or endpoint' };
    const isRight = endpoint.password !== undefined && endpoint.password === asked.password;
    return isRight ? endpoint : { status: 403, reason: 'the password is wrong' };
  }

  return {
    region: options.region ?? 'sandbox',
    journal,
    faults,
    mediaFaults,
    get endpoints() {
      return [...conferences.values()].flatMap(({ endpoints }) => endpoints);
    },
    createConference() {
      const conference = new LocalConference({
        mode,
        webSocketBase,
        engine,
        host: options.host ?? '127.0.0.1',
        certificate,
        timeouts,
        faults,
        mediaFaults,
        network,
        journal,
        clock,
        mediaClock: options.mediaClock ?? steadyClock,
        random,
        logger,
        onClosed: () => conferences.delete(conference.id),
      });
      conferences.set(conference.id, conference);
      return conference;
    },
    setDownlink(bitrate) {
      mediaFaults.downlink = bitrate;
      for (const { media } of conferences.values()) media.downlinkChanged();
    },
    upgrade(request, socket, head) {
      const admitted = admit(request.url ?? '');
      if ('reason' in admitted) {
        const { status, reason } = admitted;
        logger.log('warn', 'a WebSocket to the bridge is refused', { status, reason });
        if (status === 'hang') {
          unanswered.add(socket);
          socket.on('error', () => {});
          socket.on('close', () => unanswered.delete(socket));
        } else refuseUpgrade(socket, status);
        return;
      }
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        network.bridgeWire(socket, admitted.id);
        admitted.open((handlers) => new ColibriSocket(webSocket, socket, clock, handlers));
      });
    },
    async crash() {
      const dying = [...conferences.values()];
      conferences.clear();
      certificate = newCertificate();
      for (const client of webSockets.clients) client.terminate();
      await Promise.all(dying.map((conference) => conference.crash()));
    },
    async close() {
      for (const socket of unanswered) socket.destroy();
      await Promise.all([...conferences.values()].map((conference) => conference.close()));
      await closeWebSockets(webSockets, 1001, 'endpoint closed');
    },
  };
}
