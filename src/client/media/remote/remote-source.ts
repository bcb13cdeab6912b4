/**
 * A source of somebody else behind its public track: its SSRCs, as they come and go with sessions, and its readers. Nothing is
 * depacketised unless somebody reads frames.
 */
import { EventStream } from '../../../base/event-stream.ts';
import type { Participant } from '../../../conference/room/roster.ts';
import type { MediaType, Source, SsrcGroup, VideoType } from '../../../jingle/model.ts';
import type { AudioLevel } from '../../../rtp/codecs/opus/audio-level.ts';
import type { EncodedFrame } from '../../../rtp/codecs/encoded-frame.ts';
import { FrameAssembler } from '../../../rtp/codecs/frame-assembler.ts';
import { isKeyFrameStart } from '../../../rtp/codecs/key-frames.ts';
import { opusDuration } from '../../../rtp/codecs/opus/packet.ts';
import type { ReceivedPacket } from '../../../rtp/receive/types.ts';
import { CaptureClock } from '../capture/capture-clock.ts';
import { SenderClock } from '../capture/sender-clock.ts';
import { FrameStream } from './frame-stream.ts';
import { RemoteFigures } from './remote-figures.ts';
import type { Reception, SessionMedia, StreamIds } from '../session-media.ts';
import { Timeline } from '../timeline.ts';
import type { ReadOptions, RemoteFrame, RemotePacket, RemoteTrackStatistics } from '../track-types.ts';

/** Sequence numbers until they wrap. */
const round = 2 ** 16;
/** Unread frames that a reader may have, bytes of them, and unread packets. */
const [defaultFrameLimit, frameSizeLimit, defaultPacketLimit] = [300, 16 * 1024 * 1024, 2_000];

export class RemoteSource {
  readonly name: string;
  readonly endpointId: string;
  readonly kind: MediaType;
  readonly #sources = new Map<number, Source>();
  readonly #figures = new RemoteFigures();
  readonly #frameStreams = new Set<FrameStream>();
  readonly #packetStreams = new Set<EventStream<RemotePacket>>();
  readonly #timeline = new Timeline();
  readonly #captured: CaptureClock;
  readonly #heard: (source: RemoteSource, level: number, arrival: number, duration?: number) => void;
  #groups: SsrcGroup[] = [];
  #media: SessionMedia | undefined;
  /** Whose the reception is. */
  #receivedBy: SessionMedia | undefined;
  #reception: Reception | undefined;
  /** What it was begun with. */
  #rtxSsrc: number | undefined;
  #assembler: FrameAssembler | undefined;
  /** What is added to a reception's sequence numbers, and the last so far: they go up from one reception to the next. */
  #sequenceOffset: number | undefined;
  #sequenceNumber = -1;
  /** As last known: it stays when they have left. */
  owner: Participant | undefined;
  #muted = false;
  videoType: VideoType = 'camera';
  /** The bridge keeps it back although we want it. */
  isSuspended = false;
  isRemoved = false;

  /** @param heard told of the level of each packet of sound @param clock of whose it is */
  constructor(
    name: string,
    endpointId: string,
    kind: MediaType,
    heard: (source: RemoteSource, level: number, arrival: number, duration?: number) => void = () => {},
    clock: SenderClock = new SenderClock(),
  ) {
    this.#heard = heard;
    this.#captured = new CaptureClock(clock);
    this.name = name;
    this.endpointId = endpointId;
    this.kind = kind;
  }

  /** SSRCs that it has, retransmissions and layers included. */
  get ssrcs(): Iterable<number> {
    return this.#sources.keys();
  }

  get isSignalled(): boolean {
    return this.#sources.size > 0;
  }

  /** The streams that a bridge sends: of simulcast layers all come as the first (media dossier 6.4). */
  get streams(): StreamIds | undefined {
    const retransmissions = new Set(this.#groupsOf('FID').map(({ ssrcs }) => ssrcs[1]));
    const ssrc =
      this.#groupsOf('SIM')[0]?.ssrcs[0] ?? [...this.ssrcs].find((each) => !retransmissions.has(each));
    if (ssrc === undefined) return undefined;
    const rtxSsrc = this.#groupsOf('FID').find(({ ssrcs }) => ssrcs[0] === ssrc)?.ssrcs[1];
    return rtxSsrc === undefined ? { kind: this.kind, ssrc } : { kind: this.kind, ssrc, rtxSsrc };
  }

  get statistics(): RemoteTrackStatistics {
    return this.#figures.with(this.#reception?.statistics());
  }

  get muted(): boolean {
    return this.#muted;
  }

  set muted(muted: boolean) {
    this.#muted = muted;
    if (muted) this.#figures.gaps.pause();
  }

  /** Its packets are kept from us for a while. */
  away(): void {
    this.#figures.gaps.away();
  }

  signalled(sources: readonly Source[], groups: readonly SsrcGroup[]): void {
    for (const source of sources) this.#sources.set(source.ssrc, source);
    this.#groups.push(...groups);
    this.#receive();
  }

  /** Its groups go with a source. */
  withdrawn(ssrcs: readonly number[]): void {
    for (const ssrc of ssrcs) this.#sources.delete(ssrc);
    this.#groups = this.#groups.filter((group) => group.ssrcs.every((ssrc) => this.#sources.has(ssrc)));
    this.#receive();
  }

  /** A session receives it from now on; undefined: none does, and its SSRCs mean nothing any more. */
  carriedBy(media: SessionMedia | undefined): void {
    this.#media = media;
    this.#receive();
  }

  requestKeyFrame(): void {
    if (this.kind === 'video') this.#reception?.requestKeyFrame();
  }

  frames({ limit = defaultFrameLimit, signal }: ReadOptions = {}): FrameStream {
    const stream: FrameStream = new FrameStream({
      limit,
      signal,
      sizeLimit: frameSizeLimit,
      needsKeyFrames: this.kind === 'video',
      keyFrameNeeded: () => this.requestKeyFrame(),
      closed: (closed) => {
        this.#frameStreams.delete(closed);
        if (this.#frameStreams.size === 0) this.#assembler = undefined;
      },
    });
    if (this.isRemoved) stream.close();
    if (!stream.isClosed) {
      this.#frameStreams.add(stream);
      this.requestKeyFrame();
    }
    return stream;
  }

  packets({ limit = defaultPacketLimit, signal }: ReadOptions = {}): EventStream<RemotePacket> {
    const stream = new EventStream<RemotePacket>({
      limit,
      signal,
      closed: (closed) => void this.#packetStreams.delete(closed),
    });
    if (this.isRemoved) stream.close();
    if (!stream.isClosed) this.#packetStreams.add(stream);
    return stream;
  }

  /** For good. */
  remove(): void {
    this.isRemoved = true;
    this.#sources.clear();
    this.#groups = [];
    this.#receive();
    for (const stream of [...this.#frameStreams, ...this.#packetStreams]) stream.close();
  }

  /** The session's reception follows the signalling. */
  #receive(): void {
    const streams = this.#media && this.streams;
    const isSame = streams?.ssrc === this.#reception?.ssrc && streams?.rtxSsrc === this.#rtxSsrc;
    if (isSame && this.#media === this.#receivedBy) return;
    if (this.#reception) {
      this.#figures.end(this.#reception.statistics());
      this.#reception.stop();
      this.#assembler = undefined;
      this.#timeline.restart();
      this.#captured.restart();
      this.#sequenceOffset = undefined;
      for (const stream of this.#frameStreams) stream.interrupt();
    }
    this.#receivedBy = this.#media;
    this.#rtxSsrc = streams?.rtxSsrc;
    this.#reception =
      streams &&
      this.#media?.receive(streams, {
        packet: (packet) => this.#received(packet),
        reported: (report) => this.#captured.reported(report),
      });
    if (!this.#reception) return;
    // With SSRC rewriting a stream goes on that was somebody else's.
    this.#figures.begin(this.#reception.statistics());
    if (this.#frameStreams.size > 0) this.requestKeyFrame();
  }

  #received(packet: ReceivedPacket): void {
    this.#figures.gaps.packet(packet.arrival);
    const { audioLevel } = packet;
    if (audioLevel) this.#heard(this, audioLevel.level, packet.arrival, opusDuration(packet.payload));
    if (this.#frameStreams.size === 0 && this.#packetStreams.size === 0) return;
    const offset = this.#offsetFor(packet.sequenceNumber);
    const { clockRate } = packet.codec;
    // The least delay counts there, and a guess may be less than it was.
    const captureTime = this.#captured.timeOf(packet.timestamp, clockRate, packet.read);
    for (const stream of this.#packetStreams)
      stream.push(remotePacket(packet, packet.sequenceNumber + offset, captureTime, audioLevel));
    // Whoever puts frames together knows better which losses matter.
    if (packet.gap && this.#packetStreams.size > 0 && !isKeyFrameStart(packet.codec.name, packet.payload))
      this.requestKeyFrame();
    if (this.#frameStreams.size === 0) return;
    this.#assembler ??= new FrameAssembler();
    for (const frame of this.#assembler.push(packet)) {
      const timestamp = this.#timeline.timeOf(frame.timestamp, clockRate, packet.arrival);
      const captured = this.#captured.timeOf(frame.timestamp, clockRate, packet.read);
      const sequenceNumber = frame.sequenceNumber + offset;
      for (const stream of this.#frameStreams)
        stream.push(remoteFrame(frame, timestamp, captured, sequenceNumber, audioLevel));
    }
    if (this.#assembler.needsKeyFrame) this.requestKeyFrame();
  }

  /** Whole rounds of 16 bits: who goes on with the numbers in the next session is not seen to have lost more than they have. */
  #offsetFor(sequenceNumber: number): number {
    this.#sequenceOffset ??= Math.max(
      0,
      Math.ceil((this.#sequenceNumber + 1 - sequenceNumber) / round) * round,
    );
    this.#sequenceNumber = sequenceNumber + this.#sequenceOffset;
    return this.#sequenceOffset;
  }

  #groupsOf(semantics: string): SsrcGroup[] {
    return this.#groups.filter((group) => group.semantics === semantics);
  }
}

/** Field by field: to copy a frame and then change it takes ten times as long. */
function remoteFrame(
  frame: EncodedFrame,
  timestamp: number,
  captureTime: number,
  sequenceNumber: number,
  audioLevel: AudioLevel | undefined,
): RemoteFrame {
  const { codec, data, height, keyFrame, temporalId, timestamp: rtpTimestamp, width } = frame;
  const remote: RemoteFrame = {
    data,
    timestamp,
    captureTime,
    rtpTimestamp,
    sequenceNumber,
    codec,
    keyFrame,
  };
  if (width !== undefined) remote.width = width;
  if (height !== undefined) remote.height = height;
  if (temporalId !== undefined) remote.temporalId = temporalId;
  if (audioLevel) remote.audioLevel = audioLevel;
  return remote;
}

function remotePacket(
  packet: ReceivedPacket,
  sequenceNumber: number,
  captureTime: number,
  audioLevel: AudioLevel | undefined,
): RemotePacket {
  const { codec, isRecovered, marker, payload, ssrc, timestamp } = packet;
  const { name, payloadType } = codec;
  return {
    ssrc,
    payloadType,
    codec: name,
    sequenceNumber,
    timestamp,
    captureTime,
    marker,
    payload,
    isRecovered,
    ...(audioLevel && { audioLevel }),
  };
}
