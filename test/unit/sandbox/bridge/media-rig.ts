/** A bridge in virtual time with endpoints that speak RTP to it, in memory. */
import type { Clock } from '../../../../src/base/clock.ts';
import { silentLogger } from '../../../../src/base/logger.ts';
import type { MediaType, Source, SourceSet } from '../../../../src/jingle/model.ts';
import type {
  PacketEngine,
  PacketHandlers,
  PeerTransportOptions,
  PeerTransportState,
} from '../../../../src/rtc/peer-transport.ts';
import { buildRtpHeader, parseRtp, type RtpHeader, type RtpPacket } from '../../../../src/rtp/packet.ts';
import { buildRtcp, parseRtcp } from '../../../../src/rtp/rtcp/compound.ts';
import type { RtcpPacket } from '../../../../src/rtp/rtcp.ts';
import type { EndpointRequest } from '../../../../src/sandbox/bridge/bridge.ts';
import type { ChannelHandlers } from '../../../../src/sandbox/bridge/channel/channel.ts';
import type { LocalEndpoint } from '../../../../src/sandbox/bridge/endpoint.ts';
import { createMediaBridge, type MediaBridge } from '../../../../src/sandbox/bridge/media-bridge.ts';
import { participantFeatures } from '../../../../src/sandbox/focus/features.ts';
import { offerDescriptions } from '../../../../src/sandbox/focus/sessions/offer.ts';
import { feature } from '../../../../src/jitsi/features.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { seededRandom } from '../../../support/random.ts';

/** Payload types and identifiers of the offer. */
export const opus = 111;
export const vp8 = 100;
export const vp8Rtx = 96;
export const extensionId = { audioLevel: 1, absSendTime: 3, transportSequence: 5, mid: 10 } as const;

const everything = [feature.audio, feature.video, feature.rtx, feature.transportCc];

export interface JoinOptions extends Partial<EndpointRequest> {
  /** Of its transport. Default `connected`. */
  state?: PeerTransportState;
  /** Default: audio, video, RTX, transport-wide feedback. */
  features?: readonly string[];
}

export class MediaRig {
  readonly clock: ManualClock = new ManualClock(1_000_000);
  readonly bridge: MediaBridge;
  readonly #engine = new MemoryEngine(this.clock);
  readonly #conference: ReturnType<MediaBridge['createConference']>;

  constructor() {
    this.bridge = createMediaBridge({
      mode: 'ws',
      webSocketBase: () => 'ws://127.0.0.1:1',
      engine: this.#engine,
      clock: this.clock,
      mediaClock: this.clock,
      random: seededRandom(1),
      logger: silentLogger,
    });
    this.#conference = this.bridge.createConference();
  }

  /** SSRC of what the bridge itself sends. */
  get bridgeSsrc(): number {
    return this.#conference.sources.sources.find(({ mediaType }) => mediaType === 'video')?.ssrc ?? 0;
  }

  async join(id: string, options: JoinOptions = {}): Promise<RigEndpoint> {
    const { features = everything, state = 'connected', ...request } = options;
    this.#engine.state = state;
    await this.#conference.allocate({
      id,
      descriptions: offerDescriptions(participantFeatures(features), false),
      sctp: false,
      ssrcRewriting: false,
      ...request,
    });
    const local = this.bridge.endpoints.find((endpoint) => endpoint.id === id);
    const transport = this.#engine.transports.at(-1);
    if (!local || !transport) throw new Error(`no endpoint ${id}`);
    return new RigEndpoint(local, transport);
  }

  close(): Promise<void> {
    return this.#conference.close();
  }
}

/** What one endpoint sends and gets. */
export class RigEndpoint {
  readonly id: string;
  readonly local: LocalEndpoint;
  readonly transport: MemoryTransport;
  readonly messages: Record<string, unknown>[] = [];
  #handlers: ChannelHandlers | undefined;
  #transportSequence = 0;

  constructor(local: LocalEndpoint, transport: MemoryTransport) {
    this.id = local.id;
    this.local = local;
    this.transport = transport;
  }

  get rtp(): readonly RtpPacket[] {
    return this.transport.rtp;
  }

  get rtcp(): readonly RtcpPacket[] {
    return this.transport.rtcp;
  }

  /** RTCP of one type. */
  of<Type extends RtcpPacket['type']>(type: Type): Extract<RtcpPacket, { type: Type }>[] {
    return this.rtcp.filter((packet): packet is Extract<RtcpPacket, { type: Type }> => packet.type === type);
  }

  /** Messages of one class. */
  heard(colibriClass: string): Record<string, unknown>[] {
    return this.messages.filter((message) => message.colibriClass === colibriClass);
  }

  /** Opens its bridge channel. */
  open(): this {
    this.local.open((handlers) => {
      this.#handlers = handlers;
      return {
        kind: 'ws',
        send: (message) => {
          this.messages.push(JSON.parse(message.bytes.toString()) as Record<string, unknown>);
          return undefined;
        },
        close() {},
        terminate() {},
        pause() {},
        resume() {},
      };
    });
    return this;
  }

  say(message: object): void {
    this.#handlers?.message(Buffer.from(JSON.stringify(message)));
  }

  /** Wants videos: all of them, unless told otherwise. */
  want(constraints: object = { defaultConstraints: { maxHeight: 720 } }): void {
    this.say({ colibriClass: 'ReceiverVideoConstraints', ...constraints });
  }

  setSources(...sets: SourceSet[]): void {
    this.local.setSources({
      sources: sets.flatMap(({ sources }) => sources),
      groups: sets.flatMap(({ groups }) => groups),
    });
  }

  /** Sends a packet, numbered for transport-wide feedback. */
  send(
    packet: Partial<RtpHeader> & Pick<RtpHeader, 'ssrc'>,
    payload: Uint8Array,
    { level, numbered = true }: { level?: number; numbered?: boolean } = {},
  ): void {
    const transportSequence = this.#transportSequence++;
    const extensions = [
      ...(packet.extensions ?? []),
      ...(level === undefined ? [] : [{ id: extensionId.audioLevel, value: Uint8Array.of(level) }]),
      ...(numbered
        ? [
            {
              id: extensionId.transportSequence,
              value: Uint8Array.of(transportSequence >> 8, transportSequence),
            },
          ]
        : []),
    ];
    const header = buildRtpHeader({
      payloadType: opus,
      marker: false,
      sequenceNumber: 0,
      timestamp: 0,
      ...packet,
      extensions,
    });
    this.transport.receive(concatenated(header, payload));
  }

  sendRtcp(...packets: RtcpPacket[]): void {
    this.transport.handlers.rtcp?.(buildRtcp(packets));
  }
}

export class MemoryTransport {
  readonly handlers: PacketHandlers;
  readonly rtp: RtpPacket[] = [];
  readonly rtcp: RtcpPacket[] = [];
  /** Of each RTP packet, when it has come. */
  arrived: (packet: RtpPacket) => void = () => {};
  readonly #clock: Clock;
  #unread: { packet: Uint8Array; at: number }[] | undefined;

  constructor(handlers: PacketHandlers, clock: Clock) {
    this.handlers = handlers;
    this.#clock = clock;
  }

  /** The bridge reads no RTP of it until `read`, as a busy process does. */
  hold(): void {
    this.#unread = [];
  }

  /** All that has come meanwhile, with how late it is. */
  read(): void {
    const unread = this.#unread ?? [];
    this.#unread = undefined;
    for (const { at, packet } of unread) this.handlers.rtp?.(packet, this.#clock.now() - at);
  }

  receive(packet: Uint8Array): void {
    if (this.#unread) this.#unread.push({ packet, at: this.#clock.now() });
    else this.handlers.rtp?.(packet, 0);
  }
}

class MemoryEngine implements PacketEngine {
  readonly name = 'werift';
  readonly transports: MemoryTransport[] = [];
  /** Of those that are made from now on. */
  state: PeerTransportState = 'connected';
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  create({ path }: PeerTransportOptions, handlers: PacketHandlers): ReturnType<PacketEngine['create']> {
    const transport = new MemoryTransport(
      {
        ...handlers,
        rtp: (packet, late) => path?.incoming.pass(packet.length, () => handlers.rtp?.(packet, late)),
        rtcp: (compound) => path?.incoming.pass(compound.length, () => handlers.rtcp?.(compound)),
      },
      this.#clock,
    );
    this.transports.push(transport);
    return Promise.resolve({
      local: { rtcpMux: true, fingerprints: [], candidates: [], webSocketUrls: [] },
      state: this.state,
      packetsReceived: 0,
      selectedCandidatePair: undefined,
      canRestartIce: false,
      prepareIceRestart: () => Promise.resolve(undefined),
      restartIce() {},
      isLooking: false,
      look: () => Promise.resolve(),
      connect() {},
      openDataChannel() {
        throw new Error('not here');
      },
      openRtp() {
        throw new Error('not here');
      },
      sendRtp(header, payload) {
        const packet = parseRtp(concatenated(header, payload));
        if (!packet) throw new Error('the bridge sent no RTP packet');
        path?.outgoing.pass(header.length + payload.length, () => {
          transport.rtp.push(packet);
          transport.arrived(packet);
        });
      },
      sendRtcp(compound) {
        const packets = parseRtcp(compound);
        if (packets.length === 0) throw new Error('the bridge sent no RTCP packet');
        path?.outgoing.pass(compound.length, () => transport.rtcp.push(...packets));
      },
      close: () => Promise.resolve(),
    });
  }
}

/** One source with these SSRCs: simulcast layers if there are several. @param rtxSsrcs of the layers */
export function source(
  kind: MediaType,
  name: string,
  ssrcs: readonly number[],
  rtxSsrcs: readonly number[] = [],
  more: Partial<Source> = {},
): SourceSet {
  const all = [...ssrcs, ...rtxSsrcs].map((ssrc) => ({
    ssrc,
    mediaType: kind,
    name,
    msid: `${name} t`,
    ...more,
  }));
  return {
    sources: all,
    groups: [
      ...(ssrcs.length > 1 ? [{ semantics: 'SIM', ssrcs, mediaType: kind }] : []),
      ...rtxSsrcs.map((rtx, index) => ({
        semantics: 'FID',
        ssrcs: [ssrcs[index] ?? 0, rtx],
        mediaType: kind,
      })),
    ],
  };
}

/** The first packet of a VP8 key frame, and one of a frame that needs it. @param pictureId 15 bits, with TL0PICIDX 0 */
export function vp8KeyFrame(pictureId?: number): Uint8Array {
  return Uint8Array.of(...vp8Head(pictureId), 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00, 1, 2, 3);
}

export function vp8Delta(pictureId?: number): Uint8Array {
  return Uint8Array.of(...vp8Head(pictureId), 0x11, 0, 0, 1, 2, 3);
}

function vp8Head(pictureId: number | undefined): readonly number[] {
  if (pictureId === undefined) return [0x10];
  return [0x90, 0xe0, 0x80 | (pictureId >> 8), pictureId & 0xff, pictureId & 0xff, 0];
}

export function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

function concatenated(header: Uint8Array, payload: Uint8Array): Uint8Array {
  const packet = new Uint8Array(header.length + payload.length);
  packet.set(header);
  packet.set(payload, header.length);
  return packet;
}
