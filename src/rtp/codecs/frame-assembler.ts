import type { CodecName } from '../parameters.ts';
import { Av1Dependencies } from './av1/dependencies.ts';
import { createDepacketizer } from './create-depacketizer.ts';
import type { Depacketizer, FramePosition } from './depacketizer.ts';
import type { EncodedFrame } from './encoded-frame.ts';
import { isKeyFrameStart } from './key-frames.ts';
import { ReferenceTracker } from './reference-tracker.ts';

/** One packet of a source, in order. */
export interface FramePacket {
  codec: { name: CodecName };
  sequenceNumber: number;
  timestamp: number;
  marker: boolean;
  payload: Uint8Array;
  /** Of AV1. */
  dependencyDescriptor?: Uint8Array | undefined;
  /** Packets before it are missing, and will not come. Sequence numbers do not tell: some stand for padding, which is not given on. */
  gap: boolean;
}

export interface FrameLimits {
  /** Of a frame, packets. */
  packets: number;
  /** Of a frame, bytes. */
  bytes: number;
}

const defaultLimits: FrameLimits = { packets: 4096, bytes: 4 * 2 ** 20 };
const none: readonly EncodedFrame[] = [];

/**
 * Makes frames from one source's packets, which may change the codec on the way. A frame with a hole is dropped, and so are those that
 * cannot be decoded without it.
 */
export class FrameAssembler {
  readonly #limits: FrameLimits;
  #codec: CodecName | undefined;
  #depacketizer: Depacketizer = createDepacketizer('opus');
  #references = new ReferenceTracker();
  #dependencies: Av1Dependencies | undefined;
  /** Something is missing since the last key frame: only then is it asked what frames refer to. */
  #isTorn = false;
  /** Of the frame under way. */
  #timestamp: number | undefined;
  #sequenceNumber = 0;
  #isBroken = false;
  /** It is the key frame that is waited for, or seems so. */
  #isAwaited = false;
  #packets = 0;
  #bytes = 0;
  /** Packets are missing since the last that was not padding; those before the first of all are. */
  #hasGap = true;

  constructor(limits: FrameLimits = defaultLimits) {
    this.#limits = limits;
  }

  /** Nothing can be decoded before another key frame, and none is on its way: it should be asked for. */
  get needsKeyFrame(): boolean {
    return this.#references.needsKeyFrame && (this.#isBroken || !this.#isAwaited);
  }

  /** The frames that the packet completes: two when it ends one, and is one. */
  push(packet: FramePacket): readonly EncodedFrame[] {
    const { payload, timestamp } = packet;
    if (packet.gap) this.#hasGap = true;
    if (packet.codec.name !== this.#codec) this.#use(packet.codec.name);
    if (payload.length === 0) return none; // padding
    const isAfterGap = this.#hasGap;
    const frames = this.#finishOther(timestamp);
    if (this.#timestamp !== timestamp) this.#sequenceNumber = packet.sequenceNumber;
    this.#timestamp = timestamp;
    this.#dependencies?.add(packet.dependencyDescriptor);
    this.#add(payload, isAfterGap);
    if (!packet.marker && this.#codec !== 'opus') return frames;
    const last = this.#finish();
    return frames.length === 0 ? last : [...frames, ...last];
  }

  #use(codec: CodecName): void {
    this.#codec = codec;
    this.#depacketizer = createDepacketizer(codec);
    this.#references = new ReferenceTracker();
    this.#dependencies = codec === 'av1' ? new Av1Dependencies() : undefined;
    this.#isTorn = false;
    this.#timestamp = undefined;
    this.#isBroken = false;
    this.#isAwaited = false;
    this.#packets = 0;
    this.#bytes = 0;
  }

  /** Ends the frame under way if the packet is none of its; a gap has torn it in any case, if only its end. */
  #finishOther(timestamp: number): readonly EncodedFrame[] {
    const hasGap = this.#hasGap;
    this.#hasGap = false;
    const isUnderWay = this.#timestamp !== undefined;
    if (isUnderWay && hasGap) this.#isBroken = true;
    if (this.#timestamp === timestamp) return none;
    const frames = isUnderWay ? this.#finish() : none;
    if (hasGap) this.#lost();
    return frames;
  }

  #lost(): void {
    this.#isTorn = true;
    this.#references.lost();
  }

  #placed(position: FramePosition, dependencies: Omit<FramePosition, 'keyFrame'> | undefined): FramePosition {
    if (!dependencies) return position;
    const placed = { ...position, ...dependencies };
    return this.#isTorn ? placed : { ...placed, references: undefined };
  }

  #add(payload: Uint8Array, isAfterGap: boolean): void {
    this.#packets++;
    this.#bytes += payload.length;
    if (this.#isBroken) return;
    const fits = this.#packets <= this.#limits.packets && this.#bytes <= this.#limits.bytes;
    this.#isBroken = !fits || !this.#depacketizer.add(payload, isAfterGap);
    if (this.#references.needsKeyFrame) this.#isAwaited ||= isKeyFrameStart(this.#codec ?? 'opus', payload);
  }

  #finish(): readonly EncodedFrame[] {
    const timestamp = this.#timestamp ?? 0;
    const dependencies = this.#dependencies?.finish();
    const { position } = this.#depacketizer;
    const frame = this.#depacketizer.finish();
    const isWhole = !this.#isBroken;
    this.#timestamp = undefined;
    this.#isBroken = false;
    this.#isAwaited = false;
    this.#packets = 0;
    this.#bytes = 0;
    if (!frame || !isWhole) {
      this.#isTorn = true;
      this.#references.dropped(position && this.#placed(position, dependencies));
      return none;
    }
    if (frame.position.keyFrame) this.#isTorn = false;
    if (!this.#references.accept(this.#placed(frame.position, dependencies))) return none;
    const { data, size } = frame;
    const { keyFrame, temporalId } = frame.position;
    return [
      {
        codec: this.#codec ?? 'opus',
        data,
        timestamp,
        sequenceNumber: this.#sequenceNumber,
        keyFrame,
        ...(size && { width: size.width, height: size.height }),
        ...(temporalId !== undefined && { temporalId }),
      },
    ];
  }
}
