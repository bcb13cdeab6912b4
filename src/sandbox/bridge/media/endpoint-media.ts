/** The media half of an endpoint: what it sends, what it wants, the streams that go out to it. */
import type { Milliseconds } from '../../../base/clock.ts';
import { type RandomBytes, randomUint32 } from '../../../base/random.ts';
import type { MediaType, RtpDescription } from '../../../jingle/model.ts';
import { buildRtcp } from '../../../rtp/rtcp/compound.ts';
import type { RtcpPacket } from '../../../rtp/rtcp.ts';
import type { AudioSubscription, VideoType } from '../channel/client-message.ts';
import type { OutgoingMessage } from '../channel/outgoing-message.ts';
import { ReceiverSettings } from '../receiver-settings.ts';
import type { ProbeCluster } from '../../../rtp/send/pacing/probe-cluster.ts';
import { Downlink } from './downlink/downlink.ts';
import { PaddingBudget, PaddingStream } from './downlink/padding.ts';
import { DroppedPackets } from './dropped-packets.ts';
import { EndpointFormats } from './formats.ts';
import type { IncomingStream } from './incoming/incoming-stream.ts';
import type { Layer } from './incoming/layer.ts';
import type { MediaSource } from './incoming/media-source.ts';
import { EndedStreams } from './outgoing/ended-streams.ts';
import { OutgoingStream, type Receiver } from './outgoing/outgoing-stream.ts';
import { SenderFeedback } from './incoming/sender-feedback.ts';
import { SourceSlots } from './allocation/source-slots.ts';
import { audioSourcesMap, videoSourcesMap } from './allocation/source-map-messages.ts';

export interface EndpointMediaOptions {
  id: string;
  /** It only watches. */
  isVisitor: boolean;
  /** What was offered to it. */
  descriptions: readonly RtpDescription[];
  /** It learns of SSRCs from the bridge. */
  ssrcRewriting: boolean;
  /** MIDs are stamped on packets that are on SSRCs of the bridge's. */
  midDemux: boolean;
  /** With which the bridge sends its RTCP. */
  bridgeSsrc: number;
  random: RandomBytes;
  sendRtp(header: Uint8Array, payload: Uint8Array): void;
  sendRtcp(compound: Uint8Array): void;
  /** Over the bridge channel. */
  send(message: OutgoingMessage): void;
}

/** What an SSRC of its stands for. */
export interface Incoming {
  source: MediaSource;
  stream: IncomingStream;
}

export class EndpointMedia implements Receiver {
  readonly id: string;
  readonly isVisitor: boolean;
  readonly formats: EndpointFormats;
  readonly settings: ReceiverSettings = new ReceiverSettings();
  /** Of its videos, as far as it told; it may do so before they are signalled. */
  readonly videoTypes: Map<string, VideoType> = new Map();
  readonly sources: Map<string, MediaSource> = new Map();
  readonly incoming: Map<number, Incoming> = new Map();
  readonly outgoing: Map<number, OutgoingStream> = new Map();
  readonly feedback: SenderFeedback;
  /** Kinds of media that a moderator has taken from it. */
  readonly forceMuted: Set<MediaType> = new Set();
  /** The videos that it wants, and how high. */
  wants: ReadonlyMap<MediaSource, number> = new Map();
  /** What of them is forwarded to it, the most important first unless all of it fits: the others are suspended, because there is no bandwidth for them. */
  forwarded: ReadonlyMap<MediaSource, Layer> = new Map();
  /** bit/s of what is forwarded and of what would be if everything fitted, and when that was looked at. */
  allocated: { bitrate: number; ideal: number; at: Milliseconds } = { bitrate: 0, ideal: 0, at: 0 };
  /** bit/s that was reckoned with. */
  allocatedFor: number | undefined;
  /** Undefined until it says which audio it wants: all. */
  audioSubscription: AudioSubscription | undefined;
  isConnected = false;
  /** What the way to it carries. */
  readonly downlink: Downlink;
  readonly #padding: PaddingStream;
  readonly #paddingBudget = new PaddingBudget();
  /** When a packet came from it. */
  lastPacket: Milliseconds = Number.NEGATIVE_INFINITY;
  /** Packets from it that the bridge could do nothing with. */
  readonly drops: DroppedPackets = new DroppedPackets();
  readonly #options: EndpointMediaOptions;
  readonly #untold: OutgoingStream[] = [];
  readonly #slots: Readonly<Record<MediaType, SourceSlots>> | undefined;
  readonly #ended = new EndedStreams();
  /** That packets are part of now. */
  #cluster: ProbeCluster | undefined;
  /** Bytes of RTP. */
  #sent = 0;

  constructor(options: EndpointMediaOptions) {
    const { bridgeSsrc, random } = options;
    this.#options = options;
    this.id = options.id;
    this.isVisitor = options.isVisitor;
    this.formats = new EndpointFormats(options.descriptions);
    this.feedback = new SenderFeedback(bridgeSsrc, (packets) => this.sendRtcp(packets));
    this.downlink = new Downlink(random);
    this.#padding = new PaddingStream(bridgeSsrc, this.formats, randomUint32(random) & 0xffff);
    const slots = (kind: MediaType): SourceSlots => new SourceSlots(kind, (mid) => this.#slot(kind, mid));
    this.#slots = options.ssrcRewriting ? { audio: slots('audio'), video: slots('video') } : undefined;
  }

  /** It learns of SSRCs from the bridge. */
  get hasSlots(): boolean {
    return this.#slots !== undefined;
  }

  /** It wants to hear this source. */
  hears({ kind, name, owner }: MediaSource): boolean {
    if (kind !== 'audio' || owner === this || !this.formats.has('audio')) return false;
    if (!this.audioSubscription) return true;
    const { all, exclude, include } = this.audioSubscription;
    return !exclude.includes(name) && (all || include.includes(name));
  }

  /** bit/s; undefined when it is not known, or not believed: without retransmissions it would be a guess (jitsi-videobridge `BitrateController`, `trustBwe`). */
  get estimate(): number | undefined {
    return this.formats.retransmitted.size > 0 ? this.downlink.estimate : undefined;
  }

  get nextTransportSequence(): number {
    return this.downlink.nextSequenceNumber;
  }

  sendRtp(header: Uint8Array, payload: Uint8Array, isNumbered: boolean, now: Milliseconds): void {
    const bytes = header.length + payload.length;
    this.#sent += bytes;
    if (isNumbered) this.downlink.sent(bytes, now, this.#cluster);
    this.#options.sendRtp(header, payload);
  }

  /** Sends what is to show whether more fits. @returns ms until there is more of it; undefined when there is none for now */
  probe(now: Milliseconds): Milliseconds | undefined {
    const { cluster } = this.downlink;
    if (!cluster || !this.isConnected) return undefined;
    this.#cluster = cluster;
    while (!cluster.isDone && cluster.due <= now) {
      const { due } = cluster;
      if (!cluster.isTooOld(now)) this.#pad(now);
      // What is not numbered is no part of it.
      if (cluster.due > due) continue;
      this.downlink.abandonCluster();
      break;
    }
    this.#cluster = undefined;
    return this.downlink.cluster ? Math.max(1, this.downlink.cluster.due - now) : undefined;
  }

  /** Sends beside the videos what they would take if all of them fitted, as far as is known to fit. @param most bit/s */
  pad(most: number, now: Milliseconds): void {
    const { estimate } = this;
    const known = estimate === undefined ? undefined : Math.min(estimate, most);
    const due = this.#paddingBudget.due(this.allocated, known, now);
    if (!this.isConnected) return;
    for (let left = due; left > 0; ) {
      const bytes = this.#pad(now);
      if (bytes === 0) return;
      this.#paddingBudget.sent(bytes);
      left -= bytes;
    }
  }

  /** Returns how many bytes were sent. */
  #pad(now: Milliseconds): number {
    const before = this.#sent;
    for (const source of this.forwarded.keys()) {
      if (this.existingStream(source)?.pad(now)) return this.#sent - before;
    }
    const packet = this.#padding.next(this.nextTransportSequence);
    if (!packet) return 0;
    this.sendRtp(packet.header, packet.payload, true, now);
    return this.#sent - before;
  }

  sendRtcp(packets: readonly RtcpPacket[]): void {
    this.#options.sendRtcp(buildRtcp(packets));
  }

  send(message: OutgoingMessage): void {
    this.#options.send(message);
  }

  /** The stream that a source goes out on, if it ever did. */
  existingStream(source: MediaSource): OutgoingStream | undefined {
    if (this.#slots) return this.#slots[source.kind].find(source);
    const stream = this.outgoing.get(source.main.ssrc);
    return stream?.source === source ? stream : undefined;
  }

  /** The stream that a source goes out on; undefined when there is no SSRC left for it. */
  streamFor(source: MediaSource): OutgoingStream | undefined {
    const known = this.existingStream(source);
    if (known) return known;
    if (!this.#slots) return this.#own(source);
    const stream = this.#slots[source.kind].assign(source, (other) => this.forwarded.has(other));
    if (stream) this.#untold.push(stream);
    return stream;
  }

  /** The source is gone. */
  forget(source: MediaSource): void {
    this.#slots?.[source.kind].release(source);
    if (!this.#slots) this.#end(source.main.ssrc);
  }

  /** Tells it which SSRCs stand for which sources, where that is new. */
  tellNewSlots(): void {
    if (this.#untold.length > 0) this.#tell(this.#untold.splice(0));
  }

  tellAllSlots(): void {
    if (this.#slots) this.#tell([...this.#slots.video.mapped, ...this.#slots.audio.mapped]);
  }

  #tell(streams: readonly OutgoingStream[]): void {
    const of = (kind: MediaType): OutgoingStream[] => streams.filter(({ source }) => source?.kind === kind);
    const [video, audio] = [of('video'), of('audio')];
    if (video.length > 0) this.send(videoSourcesMap(video));
    if (audio.length > 0) this.send(audioSourcesMap(audio));
  }

  /** With the SSRCs of the sender. */
  #own(source: MediaSource): OutgoingStream {
    const stream = this.#stream({ ssrc: source.main.ssrc, rtxSsrc: source.rtxSsrc });
    stream.attach(source);
    return stream;
  }

  #slot(kind: MediaType, mid: string): OutgoingStream {
    const { midDemux, random } = this.#options;
    return this.#stream({
      ssrc: randomUint32(random),
      // A real one even where the sender has none (media 5.7).
      rtxSsrc: kind === 'video' ? randomUint32(random) : undefined,
      mid: midDemux ? mid : undefined,
      isSlot: true,
    });
  }

  #end(ssrc: number): void {
    const stream = this.outgoing.get(ssrc);
    if (stream) this.#ended.add(stream);
    this.outgoing.delete(ssrc);
  }

  #stream(
    options: Pick<ConstructorParameters<typeof OutgoingStream>[0], 'ssrc' | 'rtxSsrc' | 'mid' | 'isSlot'>,
  ): OutgoingStream {
    const { rtxSsrc, ssrc } = options;
    const ended = rtxSsrc === undefined ? undefined : this.#ended.rtxSequenceOf(rtxSsrc);
    const rtxSequence = ended ?? randomUint32(this.#options.random) & 0xffff;
    const continues = this.#ended.mediaOf(ssrc);
    const stream = new OutgoingStream({ ...options, receiver: this, rtxSequence, continues });
    this.outgoing.set(stream.ssrc, stream);
    return stream;
  }
}
