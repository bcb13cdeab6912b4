/** One stream of a source of ours: all of it, or one of its layers (simulcast). It lasts over all sessions. */
import { defined } from '../../../base/defined.ts';
import type { FrameDescription } from '../../../rtp/codecs/describe-frame.ts';
import type { Packetizer } from '../../../rtp/codecs/packetizer.ts';
import type { CodecName, RtpCodec } from '../../../rtp/parameters.ts';
import type { SequenceNumbers } from '../../../rtp/send/types.ts';
import type { SessionMedia, StreamIds, Transmission, TransmissionSink } from '../session-media.ts';
import type { LocalFrame, LocalPacket, LocalTrackStatistics } from '../track-types.ts';
import { LocalFigures } from './local-figures.ts';
import { TalkSpurts } from './talk-spurts.ts';

export interface LocalLayerPorts {
  /** The source has others. */
  isOneOfSeveral: boolean;
  packetizer: Packetizer;
  /** ms, of the media clock. */
  now(): number;
  sink: TransmissionSink;
  /** It cannot go on without one. */
  needsKeyFrame(): void;
}

export class LocalLayer {
  /** As far as heights and bitrates go. */
  isWanted = true;
  /** bit/s */
  targetBitrate: number | undefined;
  readonly #ports: LocalLayerPorts;
  readonly #figures = new LocalFigures();
  readonly #talkSpurts = new TalkSpurts();
  #transmission: Transmission | undefined;
  /** Where the last session ended. */
  #continues: SequenceNumbers | undefined;
  /** Video that was not sent for a while goes on with a key frame. */
  #awaitsKeyFrame = true;
  #hasAskedForKeyFrame = false;

  constructor(ports: LocalLayerPorts) {
    this.#ports = ports;
  }

  codec(name: CodecName): RtpCodec | undefined {
    return this.#transmission?.codec(name);
  }

  get statistics(): LocalTrackStatistics {
    return this.#figures.with(this.#transmission?.statistics());
  }

  /** A session sends it from now on; undefined: none does. */
  carriedBy(session: { media: SessionMedia; ids: StreamIds } | undefined): void {
    if (this.#transmission) {
      this.#figures.end(this.#transmission.statistics());
      this.#continues = this.#transmission.stop() ?? this.#continues;
    }
    this.away();
    this.#transmission = session?.media.transmit(
      { ...session.ids, continues: this.#continues },
      this.#ports.sink,
    );
  }

  /** It is another stream for everybody else from now on. */
  renew(): void {
    this.#continues = undefined;
  }

  wantedChanged(): void {
    this.#transmission?.wantedChanged();
  }

  /** There is no way for it. */
  away(): void {
    this.#awaitKeyFrame();
    this.#figures.gaps.away();
  }

  /** Nobody wants it. */
  pause(): void {
    this.#awaitKeyFrame();
    this.#figures.gaps.pause();
  }

  dropped(): void {
    this.#figures.unsent += 1;
  }

  /** @param timestamp in units of the codec's clock @returns whether it was sent */
  send(frame: LocalFrame, codec: RtpCodec, { keyFrame, size }: FrameDescription, timestamp: number): boolean {
    const { payloadType } = codec;
    const { audioLevel, data } = frame;
    // A bridge gives up on larger encodings where the temporal layers of one that it reckons with cost the same (jitsi-videobridge `BandwidthAllocator.kt`).
    const { temporalId = this.#ports.isOneOfSeveral && !keyFrame ? 1 : 0 } = frame;
    const goesOn = this.#mayGoOnWith(keyFrame || codec.kind === 'audio');
    const payloads = goesOn ? this.#ports.packetizer.packetize(data, temporalId) : [];
    if (payloads.length === 0) {
      this.dropped();
      return false;
    }
    const beginsTalk = codec.kind === 'audio' && this.#talkSpurts.begins(frame.timestamp, data);
    for (const { dependencyDescriptor, marker: isLast, payload } of payloads) {
      const marker = isLast || beginsTalk;
      const packet = defined({ payloadType, timestamp, marker, payload, audioLevel, dependencyDescriptor });
      this.#transmission?.send(packet);
    }
    this.#figures.gaps.packet(this.#ports.now());
    this.#figures.frames += 1;
    if (keyFrame && codec.kind === 'video') {
      this.#figures.keyFrames += 1;
      this.#figures.size = size;
    }
    return true;
  }

  sendRtp(packet: LocalPacket & { payloadType: number }): void {
    this.#figures.gaps.packet(this.#ports.now());
    const { audioLevel, marker, payload, payloadType, timestamp } = packet;
    this.#transmission?.send({ payloadType, timestamp, marker, payload, audioLevel });
  }

  #awaitKeyFrame(): void {
    this.#figures.size = undefined;
    this.#awaitsKeyFrame = true;
    this.#hasAskedForKeyFrame = false;
  }

  #mayGoOnWith(keyFrame: boolean): boolean {
    const goesOn = keyFrame || !this.#awaitsKeyFrame;
    const asks = !goesOn && !this.#hasAskedForKeyFrame;
    this.#awaitsKeyFrame = !goesOn;
    this.#hasAskedForKeyFrame = !goesOn;
    // Last of all: whoever is asked may answer at once.
    if (asks) this.#ports.needsKeyFrame();
    return goesOn;
  }
}
