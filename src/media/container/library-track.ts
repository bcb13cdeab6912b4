/** A track as the library reads it, as encoded frames of ours. */
import type { EncodedPacket, EncodedPacketSink, InputTrack } from 'mediabunny';
import { defined } from '../../base/defined.ts';
import type { AudioLevel } from '../../client/media/track-types.ts';
import { describeFrame } from '../../rtp/codecs/describe-frame.ts';
import { opusDuration } from '../../rtp/codecs/opus/packet.ts';
import type { CodecName } from '../../rtp/parameters.ts';
import { annexBOf, readAvcConfiguration } from './avc.ts';
import { mediabunny } from './library.ts';
import type { EncodedAudio, EncodedFrame, EncodedTrack, EncodedVideo } from './media.ts';
import { containerError, notSeekable } from './media-error.ts';
import { framesOf } from './track-iterator.ts';

/** What tracks of one file share. */
export interface LibraryFile {
  readonly name: string;
  readonly isSeekable: boolean;
  /** Does some work with the library; what goes wrong becomes an error of ours. */
  attempt<Result>(work: () => Promise<Result>): Promise<Result>;
}

const codecNames: readonly string[] = ['vp8', 'vp9', 'av1', 'h264', 'opus'];
/** ms: times of packets in files are rounded; what is further from the packet before is a gap */
const rounding = 25;

abstract class LibraryTrack implements EncodedTrack {
  protected readonly file: LibraryFile;
  readonly #sink: EncodedPacketSink;
  /** The one that was read last; undefined: at the beginning. */
  #packet: EncodedPacket | undefined;
  /** The one that is next, after a jump; null: there is none. */
  #next: EncodedPacket | null | undefined;
  #isOver = false;

  constructor(track: InputTrack, file: LibraryFile) {
    this.file = file;
    this.#sink = new (mediabunny().EncodedPacketSink)(track);
  }

  read = async (): Promise<EncodedFrame | undefined> => {
    if (this.#isOver) return undefined;
    const packet = await this.file.attempt(() => this.#following());
    this.#next = undefined;
    if (packet === null) {
      this.#isOver = true;
      return undefined;
    }
    this.#packet = packet;
    const at = packet.timestamp * 1000;
    if (!Number.isFinite(at))
      throw containerError(this.file.name, 'container-damaged', 'a frame of it has no time');
    return this.frameOf(packet.data, at, packet.duration * 1000);
  };

  async seek(time: number): Promise<void> {
    if (!this.file.isSeekable) throw notSeekable(this.file.name);
    const seconds = Math.max(0, time) / 1000;
    await this.file.attempt(async () => {
      const there = await this.#sink.getPacket(seconds);
      const isBehind =
        there !== null &&
        seconds >= there.timestamp + Math.max(there.duration, Number.EPSILON) &&
        (await this.#sink.getNextPacket(there)) === null;
      this.#next = isBehind
        ? null
        : ((there && (await this.#sink.getKeyPacket(seconds))) ?? (await this.#sink.getFirstPacket()));
    });
    this.#isOver = false;
    this.jumped(time <= 0);
  }

  [Symbol.asyncIterator](): AsyncGenerator<EncodedFrame, void, undefined> {
    return framesOf(this);
  }

  protected abstract frameOf(data: Uint8Array, at: number, duration: number): EncodedFrame;
  protected jumped(_isStart: boolean): void {}

  async #following(): Promise<EncodedPacket | null> {
    if (this.#next !== undefined) return this.#next;
    return this.#packet ? this.#sink.getNextPacket(this.#packet) : this.#sink.getFirstPacket();
  }
}

export class LibraryAudio extends LibraryTrack implements EncodedAudio {
  readonly codec: string;
  readonly channels: number;
  readonly sampleRate: number;
  declare readonly description?: Uint8Array;
  readonly #levels: readonly AudioLevel[];
  /** Of the packet; undefined: nobody knows. */
  #index: number | undefined = 0;
  /** When the packet before ends. */
  #end: number | undefined;

  constructor(
    track: InputTrack,
    facts: Pick<EncodedAudio, 'codec' | 'channels' | 'sampleRate' | 'description'>,
    levels: readonly AudioLevel[],
    file: LibraryFile,
  ) {
    super(track, file);
    this.codec = facts.codec;
    this.channels = facts.channels;
    this.sampleRate = facts.sampleRate;
    if (facts.description) this.description = facts.description;
    this.#levels = levels;
  }

  protected override jumped(isStart: boolean): void {
    this.#index = isStart ? 0 : undefined;
    this.#end = undefined;
  }

  protected override frameOf(data: Uint8Array, time: number, said: number): EncodedFrame {
    const duration = this.codec === 'opus' ? opusDuration(data) : Math.max(0, said);
    if (duration === undefined)
      throw containerError(this.file.name, 'container-damaged', 'a packet of it is no Opus packet');
    const end = this.#end;
    const at = end !== undefined && Math.abs(time - end) <= rounding ? end : Math.max(0, time);
    this.#end = at + duration;
    const audioLevel = this.#index === undefined ? undefined : this.#levels[this.#index];
    if (this.#index !== undefined) this.#index += 1;
    return defined({ data, at, duration, keyFrame: true, audioLevel });
  }
}

export class LibraryVideo extends LibraryTrack implements EncodedVideo {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly #avc: ReturnType<typeof readAvcConfiguration>;

  constructor(
    track: InputTrack,
    facts: Pick<EncodedVideo, 'codec' | 'width' | 'height'>,
    description: Uint8Array | undefined,
    file: LibraryFile,
  ) {
    super(track, file);
    this.codec = facts.codec;
    this.width = facts.width;
    this.height = facts.height;
    this.#avc = description && readAvcConfiguration(description);
    if (description && !this.#avc)
      throw containerError(file.name, 'container-damaged', 'its description of H.264 cannot be read');
  }

  protected override frameOf(sample: Uint8Array, at: number, said: number): EncodedFrame {
    const data = this.#avc ? annexBOf(sample, this.#avc) : sample;
    if (!data || data.length === 0)
      throw containerError(
        this.file.name,
        'container-damaged',
        'a picture of it is cut short, or in too many pieces',
      );
    const isKnown = codecNames.includes(this.codec);
    const keyFrame = isKnown && describeFrame(this.codec as CodecName, data).keyFrame;
    return { data, at, duration: Math.max(0, said), keyFrame };
  }
}
