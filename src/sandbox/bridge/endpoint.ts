/** An endpoint of the bridge: its transport, its channels, what it sends and what it wants (jitsi-videobridge `Endpoint.kt`). */
import type { Clock, Milliseconds } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { RandomBytes } from '../../base/random.ts';
import type { IceTransport, MediaType, SourceSet } from '../../jingle/model.ts';
import type { DataChannel } from '../../rtc/data-channel.ts';
import type { PacketTransport, PeerTransportState } from '../../rtc/peer-transport.ts';
import type { BridgeEndpoint, EndpointRequest } from './bridge.ts';
import { guard } from '../guard.ts';
import { serverHello } from './channel/bridge-message.ts';
import type { Channel, ChannelHandlers, SendFault } from './channel/channel.ts';
import type { ChannelFaults } from './channel/channel-faults.ts';
import type { AudioSubscription, ReceiverConstraints, VideoType } from './channel/client-message.ts';
import { encodeMember } from './channel/envelope.ts';
import { IncomingQueue } from './channel/incoming-queue.ts';
import type { Journal } from './journal.ts';
import type { ConferenceMedia } from './media/conference-media.ts';
import { EndpointMedia } from './media/endpoint-media.ts';
import type { MediaLine } from './media/media-faults.ts';
import { MessageTransport } from './channel/message-transport.ts';
import type { OutgoingMessage } from './channel/outgoing-message.ts';
import { SctpChannel } from './channel/sctp-channel.ts';
import type { BridgeTimeouts } from './timeouts.ts';

/** The conference, as one of its endpoints sees it. */
export interface EndpointHost {
  /** A channel of the endpoint is open. */
  channelOpened(endpoint: LocalEndpoint): void;
  /** A text message came through `channel`. */
  received(endpoint: LocalEndpoint, message: Buffer, channel: Channel): void;
  /** It is over. */
  expired(endpoint: LocalEndpoint): void;
}

export interface LocalEndpointOptions {
  request: EndpointRequest;
  /** Of its WebSocket; undefined when it may have none. */
  password: string | undefined;
  /** What is offered to it. */
  offered: IceTransport;
  /** The same with other words for ICE. */
  describe(local: IceTransport): IceTransport;
  transport: PacketTransport;
  /** With which the bridge sends its RTCP. */
  bridgeSsrc: number;
  conferenceMedia: ConferenceMedia;
  /** What its datagrams go through. */
  line: MediaLine;
  random: RandomBytes;
  host: EndpointHost;
  faults: ChannelFaults;
  journal: Journal;
  clock: Clock;
  logger: Logger;
}

export class LocalEndpoint implements BridgeEndpoint {
  readonly id: string;
  readonly isVisitor: boolean;
  readonly password: string | undefined;
  readonly transport: IceTransport;
  readonly created: Milliseconds;
  readonly media: EndpointMedia;
  readonly queue: IncomingQueue;
  /** Its `from` in messages to others. */
  readonly from: Buffer;
  /** Messages that came, and messages that were lost on the way to it. */
  readonly counts: { received: number; lost: number } = { received: 0, lost: 0 };
  readonly #options: LocalEndpointOptions;
  readonly #channels: MessageTransport;
  #remote: IceTransport | undefined;
  /** Of our ICE credentials: a restart counts up. */
  #generation = 0;
  #lastActivity: Milliseconds | undefined;
  #packets = 0;
  #lastSlow = Number.NEGATIVE_INFINITY;
  #closed: Promise<void> | undefined;

  constructor(options: LocalEndpointOptions) {
    const { clock, faults, random, request, transport } = options;
    const { id, isVisitor = false } = request;
    this.#options = options;
    this.id = id;
    this.isVisitor = isVisitor;
    this.password = options.password;
    this.media = new EndpointMedia({
      id,
      isVisitor,
      descriptions: request.descriptions,
      ssrcRewriting: request.ssrcRewriting,
      midDemux: request.midDemux ?? false,
      bridgeSsrc: options.bridgeSsrc,
      random,
      sendRtp: (header, payload) => transport.sendRtp(header, payload),
      sendRtcp: (compound) => transport.sendRtcp(compound),
      send: (message) => this.send(message),
    });
    if (transport.state === 'connected') options.conferenceMedia.connected(this.media);
    this.transport = options.offered;
    this.created = clock.now();
    this.from = encodeMember('from', id);
    this.queue = new IncomingQueue(clock, faults);
    this.#channels = new MessageTransport({
      clock,
      faults,
      lost: (message, fault) => this.#lost(message, fault),
    });
  }

  get isExpired(): boolean {
    return this.#closed !== undefined;
  }

  /** When a packet came; undefined before the first. */
  get lastActivity(): Milliseconds | undefined {
    return this.#lastActivity;
  }

  get channels(): Pick<MessageTransport, 'active' | 'kinds' | 'close' | 'terminate'> {
    return this.#channels;
  }

  setRemoteTransport(transport: IceTransport): void {
    if (this.isExpired) return;
    if (transport.iceGeneration !== undefined) return this.#iceRestarted(transport);
    const remote = merged(this.#remote, transport);
    this.#remote = remote;
    const setup = remote.fingerprints[0]?.setup;
    if (setup !== 'active') {
      // jitsi-videobridge `DtlsTransport.kt` only logs this too: the connection then never comes about.
      this.#options.logger.log('warn', 'the answer leaves the bridge without its DTLS role', { setup });
      return;
    }
    try {
      this.#options.transport.connect(remote);
    } catch (error) {
      this.#options.logger.log('warn', 'the answer cannot be used', { error: messageOf(error) });
    }
  }

  setSources(sources: SourceSet): void {
    if (!this.isExpired) this.#options.conferenceMedia.setSources(this.media, sources);
  }

  setForceMuted(mediaType: MediaType, isMuted: boolean): void {
    if (isMuted) this.media.forceMuted.add(mediaType);
    else this.media.forceMuted.delete(mediaType);
  }

  setInitialLastN(lastN: number): void {
    this.#options.conferenceMedia.setInitialLastN(this.media, lastN);
  }

  setLastN(lastN: number): void {
    this.#options.conferenceMedia.setLastN(this.media, lastN);
  }

  setConstraints(constraints: ReceiverConstraints): void {
    this.#options.conferenceMedia.setConstraints(this.media, constraints);
  }

  setAudioSubscription(subscription: AudioSubscription): void {
    this.#options.conferenceMedia.setAudioSubscription(this.media, subscription);
  }

  /** It may tell the type of a video before the video is signalled. */
  setVideoType(source: string, type: VideoType): void {
    this.#options.conferenceMedia.setVideoType(this.media, source, type);
  }

  /** A second agent beside the one that works (jitsi-videobridge `IceTransport.kt`, `requestIceRestart`). */
  async restartIce(): Promise<IceTransport | undefined> {
    const { describe, logger, transport } = this.#options;
    const iceGeneration = this.#generation + 1;
    this.#generation = iceGeneration;
    const local = await transport.prepareIceRestart();
    if (!local) {
      this.#generation -= 1;
      return undefined;
    }
    logger.log('info', 'ICE is restarted', { iceGeneration });
    const [fingerprint] = local.fingerprints;
    const fingerprints = fingerprint ? [{ ...fingerprint, setup: 'passive' as const }] : [];
    return describe({ ...local, fingerprints, iceGeneration });
  }

  /** An answer to an older restart is no answer to this one. */
  #iceRestarted(remote: IceTransport): void {
    const { logger, transport } = this.#options;
    if (remote.iceGeneration !== this.#generation) {
      logger.log('info', 'an answer to another ICE restart', { iceGeneration: remote.iceGeneration });
      return;
    }
    try {
      transport.restartIce({ ...merged(this.#remote, remote), candidates: remote.candidates });
    } catch (error) {
      logger.log('warn', 'the answer to an ICE restart cannot be used', { error: messageOf(error) });
    }
  }

  receiveRtp(packet: Uint8Array, late: Milliseconds): void {
    this.#options.conferenceMedia.receiveRtp(this.media, packet, late);
  }

  receiveRtcp(compound: Uint8Array): void {
    this.#options.conferenceMedia.receiveRtcp(this.media, compound);
  }

  transportChanged(state: PeerTransportState): void {
    if (state === 'connected') this.#options.conferenceMedia.connected(this.media);
  }

  /** Looks whether packets have come. */
  look(now: Milliseconds): void {
    const { packetsReceived } = this.#options.transport;
    if (packetsReceived !== this.#packets) this.#lastActivity = now;
    this.#packets = packetsReceived;
  }

  /** Why the bridge may forget it; undefined while it may not (`Endpoint.kt`, `shouldExpire`). */
  expiryReason(now: Milliseconds, timeouts: BridgeTimeouts): string | undefined {
    if (this.#options.transport.state === 'failed') return 'ICE failed';
    if (this.#lastActivity === undefined) {
      return now - this.created > timeouts.endpointStart ? 'it never connected' : undefined;
    }
    return now - this.#lastActivity > timeouts.endpointInactivity ? 'it is silent' : undefined;
  }

  /** Makes a channel from what `connect` connects, and takes what comes through it. */
  open(connect: (handlers: ChannelHandlers) => Channel): void {
    const received = (text: Buffer): void => {
      if (!this.#channels.has(channel)) return;
      this.#channels.used(channel);
      this.counts.received += 1;
      this.#options.host.received(this, text, channel);
    };
    const channel = connect({
      message: guard(this.#options.logger, 'handling a bridge message', received, () =>
        channel.close(1011, 'Internal error'),
      ),
      closed: () => this.#channels.closed(channel),
    });
    this.#channels.opened(channel);
    this.#options.logger.log('info', 'a bridge channel is open', { kind: channel.kind });
    if (channel.kind === 'ws') this.send(serverHello(), channel);
    this.#options.host.channelOpened(this);
  }

  openDataChannel(channel: DataChannel): void {
    this.open((handlers) => new SctpChannel(channel, this.#options.clock, this.#options.logger, handlers));
  }

  /** @param channel the one to use; otherwise the active one. @param from where it came from */
  send(message: OutgoingMessage, channel?: Channel, from?: Channel): void {
    this.#channels.send(message, channel, from);
  }

  /** The way that its datagrams take is lost for good. */
  loseWay(): void {
    this.#options.line.cut();
  }

  expire(): void {
    if (this.#closed) return;
    this.#options.logger.log('info', 'the endpoint expires');
    this.#options.line.close();
    this.#channels.close(1001, 'endpoint closed');
    this.#end();
  }

  /** The bridge dies: nobody hears anything of it. */
  crash(): void {
    if (this.#closed) return;
    this.#options.line.break();
    this.#channels.terminate();
    this.#end();
  }

  /** The participant has another address: its packets come from elsewhere from now on, and nothing reaches the old one. */
  leaveAddress(): void {
    this.loseWay();
    this.#channels.terminate();
  }

  #end(): void {
    this.queue.clear();
    this.#closed = this.#options.transport.close();
    this.#options.host.expired(this);
  }

  /** Of an expired endpoint: resolves when its transport is closed. */
  get closed(): Promise<void> {
    return this.#closed ?? Promise.resolve();
  }

  #lost(message: OutgoingMessage, fault: SendFault): void {
    this.counts.lost += 1;
    // Of a flood one message a second is told of.
    if (fault === 'slow-receiver') {
      const now = this.#options.clock.now();
      if (now - this.#lastSlow < 1000) return;
      this.#lastSlow = now;
    }
    this.#options.journal.drop(this.id, fault, `on the way to ${this.id}`, message.bytes);
  }
}

/** What trickles in afterwards tells candidates and little else. */
function merged(known: IceTransport | undefined, more: IceTransport): IceTransport {
  if (!known) return more;
  return {
    ...known,
    ...more,
    fingerprints: more.fingerprints.length === 0 ? known.fingerprints : more.fingerprints,
    candidates: [...known.candidates, ...more.candidates],
  };
}
