/** A conference of the bridge: its endpoints, what they tell each other and who is told what (jitsi-videobridge `Conference.java`). */
import type { Clock } from '../../base/clock.ts';
import { MediaError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { type RandomBytes, randomHex, randomToken } from '../../base/random.ts';
import type { IceTransport, SourceSet } from '../../jingle/model.ts';
import type { LoopbackAddress, PacketEngine } from '../../rtc/peer-transport.ts';
import { guard } from '../guard.ts';
import { repeat } from '../repeat.ts';
import type { BridgeConference, BridgeEndpoint, EndpointRequest } from './bridge.ts';
import { connectivityStatus } from './channel/bridge-message.ts';
import type { Certificate } from './certificate.ts';
import type { Channel } from './channel/channel.ts';
import type { ChannelFaults } from './channel/channel-faults.ts';
import type { Network } from '../network/network.ts';
import { colibriPath } from './channel/colibri-upgrade.ts';
import { checkInterval, ConnectionStatus } from './connection-status.ts';
import { type EndpointHost, LocalEndpoint } from './endpoint.ts';
import type { Journal } from './journal.ts';
import { ConferenceMedia } from './media/conference-media.ts';
import { type MediaFaults, MediaLine } from './media/media-faults.ts';
import { handleMessage, type Relay } from './channel/message-handler.ts';
import { placeholderSources } from './placeholder-sources.ts';
import type { BridgeTimeouts } from './timeouts.ts';

export interface ConferenceOptions {
  /** The channels for bridge messages that are offered. */
  mode: 'ws' | 'sctp' | 'both';
  /** `ws://HOST:PORT` of the colibri WebSocket; asked for at each allocation, because the port is known only once we listen. */
  webSocketBase: () => string;
  engine: PacketEngine;
  /** Address of the transports; `0.0.0.0` or `::` for those of all interfaces. */
  host: string;
  certificate: Promise<Certificate>;
  timeouts: BridgeTimeouts;
  faults: ChannelFaults;
  mediaFaults: MediaFaults;
  network: Network;
  journal: Journal;
  clock: Clock;
  /** With fractions of a millisecond. */
  mediaClock: Clock;
  random: RandomBytes;
  logger: Logger;
  onClosed: () => void;
}

/** In conferences of so many everybody hears how everybody fares. */
const statsForAll = 20;

export class LocalConference implements BridgeConference, EndpointHost, Relay {
  readonly id: string;
  readonly sources: SourceSet;
  readonly media: ConferenceMedia;
  readonly #options: ConferenceOptions;
  readonly #bridgeSsrc: number;
  readonly #endpoints = new Map<string, LocalEndpoint>();
  readonly #status = new ConnectionStatus();
  readonly #closing = new Set<Promise<void>>();
  readonly #stops: readonly (() => void)[];
  #isAbandoned = false;
  #isClosed = false;

  constructor(options: ConferenceOptions) {
    const { clock, random, timeouts } = options;
    this.#options = options;
    this.id = randomHex(random, 16);
    this.sources = placeholderSources(random);
    this.#bridgeSsrc = this.sources.sources.find(({ mediaType }) => mediaType === 'video')?.ssrc ?? 0;
    this.media = new ConferenceMedia({
      bridgeSsrc: this.#bridgeSsrc,
      clock: options.mediaClock,
      faults: options.mediaFaults,
      dropped: (sender, reason, { payload, payloadType, ssrc }) =>
        options.journal.dropPacket(
          sender.id,
          reason,
          `SSRC ${ssrc}, payload type ${payloadType}`,
          payload.length,
        ),
    });
    this.#stops = [
      repeat(clock, checkInterval, () => this.#checkActivity()),
      repeat(clock, timeouts.expiryScan, () => this.#expireSilent()),
    ];
  }

  get endpoints(): readonly LocalEndpoint[] {
    return [...this.#endpoints.values()];
  }

  get isLost(): boolean {
    return this.#isClosed;
  }

  find(endpointId: string): LocalEndpoint | undefined {
    return this.#endpoints.get(endpointId);
  }

  async allocate(request: EndpointRequest): Promise<BridgeEndpoint> {
    const {
      certificate,
      clock,
      engine,
      faults,
      host,
      journal,
      mediaClock,
      mediaFaults,
      mode,
      network,
      random,
    } = this.#options;
    const logger = this.#options.logger.child({ endpoint: request.id });
    const isWithSctp = request.sctp && mode !== 'ws';
    const line = new MediaLine(mediaClock, random, mediaFaults, network.datagrams(request.id));
    let endpoint: LocalEndpoint | undefined;
    const transport = await engine.create(
      {
        end: 'bridge',
        ...(loopbackOf(host) ?? { hostAddress: host }),
        certificate: await certificate,
        ...(isWithSctp ? { sctpPort: 5000 } : {}),
        path: line,
        logger,
      },
      {
        stateChanged(state, reason) {
          logger.log('info', `the transport is ${state}`, { reason });
          endpoint?.transportChanged(state);
        },
        candidate() {},
        dataChannel: guard(
          logger,
          'a data channel',
          (channel) => endpoint?.openDataChannel(channel),
          (channel) => channel.close(),
        ),
        rtp: guard(logger, 'an RTP packet', (packet, late) => endpoint?.receiveRtp(packet, late)),
        rtcp: guard(logger, 'an RTCP packet', (compound) => endpoint?.receiveRtcp(compound)),
      },
    );
    if (this.#isClosed) {
      await transport.close();
      throw new MediaError(`allocating a transport for ${request.id}: its conference is over`, {
        code: 'bridge-closed',
      });
    }
    const password = mode === 'sctp' ? undefined : randomToken(random, 24);
    const describe = (local: IceTransport): IceTransport =>
      this.#offered(request.id, local, password, isWithSctp);
    this.#endpoints.get(request.id)?.expire();
    endpoint = new LocalEndpoint({
      request,
      password,
      offered: describe(transport.local),
      describe,
      transport,
      bridgeSsrc: this.#bridgeSsrc,
      conferenceMedia: this.media,
      line,
      random,
      host: this,
      faults,
      journal,
      clock,
      logger,
    });
    this.#endpoints.set(endpoint.id, endpoint);
    this.media.add(endpoint.media);
    return endpoint;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const stop of this.#stops) stop();
    this.media.close();
    for (const endpoint of this.endpoints) endpoint.expire();
    await Promise.all(this.#closing);
    this.#options.onClosed();
  }

  abandon(): void {
    this.#isAbandoned = true;
    this.#closeIfEmpty();
  }

  async crash(): Promise<void> {
    for (const endpoint of this.endpoints) endpoint.crash();
    await this.close();
  }

  others(sender: LocalEndpoint): readonly LocalEndpoint[] {
    return this.endpoints.filter((endpoint) => endpoint !== sender);
  }

  wantingStats(sender: LocalEndpoint): readonly LocalEndpoint[] {
    const others = this.others(sender);
    if (this.#endpoints.size <= statsForAll) return others;
    return others.filter(({ media }) => {
      for (const source of sender.media.sources.values()) {
        if (source.kind === 'video' && (media.settings.isChosen(source.name) || media.wants.has(source)))
          return true;
      }
      return false;
    });
  }

  received(sender: LocalEndpoint, message: Buffer, channel: Channel): void {
    handleMessage(sender, message, channel, this, this.#options.journal);
  }

  channelOpened(endpoint: LocalEndpoint): void {
    this.media.tellState(endpoint.media);
    for (const { id } of this.endpoints) {
      if (this.#status.isInactive(id)) endpoint.send(connectivityStatus(id, false));
    }
    this.media.tellSpeaker(endpoint.media);
  }

  expired(endpoint: LocalEndpoint): void {
    if (this.#endpoints.get(endpoint.id) === endpoint) this.#endpoints.delete(endpoint.id);
    const closing = endpoint.closed.finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
    this.media.remove(endpoint.media);
    this.#closeIfEmpty();
  }

  /** Nobody asks for it any more (jitsi-videobridge `Conference.java`, `shouldExpire`). */
  #closeIfEmpty(): void {
    if (!this.#isAbandoned || this.#isClosed || this.#endpoints.size > 0) return;
    this.close().catch((error: unknown) => {
      this.#options.logger.log('warn', 'closing an abandoned conference', { error: messageOf(error) });
    });
  }

  #checkActivity(): void {
    const now = this.#options.clock.now();
    for (const endpoint of this.endpoints) {
      endpoint.look(now);
      if (endpoint.isVisitor || !this.#status.check(endpoint, now)) continue;
      const message = connectivityStatus(endpoint.id, !this.#status.isInactive(endpoint.id));
      for (const receiver of this.endpoints) receiver.send(message);
    }
  }

  #expireSilent(): void {
    const { clock, logger, timeouts } = this.#options;
    for (const endpoint of this.endpoints) {
      const reason = endpoint.expiryReason(clock.now(), timeouts);
      if (reason === undefined) continue;
      logger.log('info', 'an endpoint is given up', { endpoint: endpoint.id, reason });
      endpoint.expire();
    }
  }

  #offered(
    endpointId: string,
    local: IceTransport,
    password: string | undefined,
    isWithSctp: boolean,
  ): IceTransport {
    const { webSocketBase } = this.#options;
    return {
      ...local,
      // As the real bridge writes them: it can do cryptex (RFC 9335) and is not set to; it numbers its foundations.
      fingerprints: local.fingerprints.map((fingerprint) => ({ ...fingerprint, cryptex: false })),
      candidates: local.candidates.map((candidate, index) => ({
        ...candidate,
        foundation: String(index + 1),
      })),
      webSocketUrls:
        password === undefined ? [] : [`${webSocketBase()}${colibriPath(this.id, endpointId, password)}`],
      ...(isWithSctp ? { sctp: { port: 5000, protocol: 'webrtc-datachannel', streams: 1024 } } : {}),
    };
  }
}

/** Undefined for an address that is one. */
function loopbackOf(host: string): { loopback: LoopbackAddress[] } | undefined {
  if (host === '0.0.0.0') return { loopback: ['127.0.0.1'] };
  return host === '::' ? { loopback: ['127.0.0.1', '::1'] } : undefined;
}
