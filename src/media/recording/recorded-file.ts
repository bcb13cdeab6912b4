/** One file of a source: encoded frames in, bytes on the disk out; what it is and how far it has come. */
import type { CodecName } from '../../rtp/parameters.ts';
import { opusDuration } from '../../rtp/codecs/opus/packet.ts';
import type { VideoConfig } from './codec-config.ts';
import { type ContainerFile, type ContainerName, createContainer } from './container.ts';
import type { DiskFile } from './disk.ts';
import { silenceFor } from './opus-silence.ts';
import { type ContainerPacket, PacketQueue } from './packet-queue.ts';
import type { ByteSink } from './sink-target.ts';
import type { RecordedFile } from './timeline.ts';

/** ms: pauses from here on are filled with silence; what is less is not heard */
const shortestSilence = 10;
/** ms of a packet or picture of which nothing says it, and the longest of a picture that is the last */
const [defaultDuration, longestPicture] = [20, 1_000];

/** Bytes of frames that wait: what lives for a second is work for the garbage collector, and of pictures it is much. */
const mostQueued = 16 * 1024;

/** ms of media in which it is still being learned where a file begins, and the largest correction that is one. */
const [youth, largestCorrection] = [20_000, 100];

export interface FileFrame {
  data: Uint8Array;
  /** ms on the recording's clock */
  at: number;
  /** ms, as far apart as the sender says; never corrected */
  timestamp: number;
  keyFrame: boolean;
}

export class FileOfSource {
  readonly codec: CodecName;
  readonly container: ContainerName;
  readonly config: VideoConfig | undefined;
  readonly #disk: DiskFile;
  readonly #facts: Omit<RecordedFile, 'bytes' | 'duration' | 'offset'>;
  /** ms on the recording's clock; the first guess until it is settled */
  #start: number;
  #isSettled = false;
  /** Timestamp of the first frame. */
  #first: number | undefined;
  readonly #failed: (error: unknown) => void;
  readonly #container: Promise<ContainerFile | undefined>;
  /** What is added with the next saving, or when it is much. */
  readonly #packets = new PacketQueue();
  /** Bytes that the disk is to expect, and has not got. */
  #expected = 0;
  /** The last step of the container. */
  #step: Promise<unknown>;
  /** ms from the start: of the last frame, its length, where what can be decoded ends, and where what is on the disk does. */
  #last = 0;
  #length = defaultDuration;
  #decoded = 0;
  #onDisk = 0;
  #isEmpty = true;
  #hasChanged = false;
  #hasFailed = false;

  /** @param failed the container cannot have something, once */
  constructor(
    facts: Omit<RecordedFile, 'bytes' | 'duration' | 'offset'>,
    start: number,
    container: ContainerName,
    codec: CodecName,
    config: VideoConfig | undefined,
    disk: DiskFile,
    failed: (error: unknown) => void,
  ) {
    this.#facts = facts;
    this.#start = start;
    this.codec = codec;
    this.container = container;
    this.config = config;
    this.#disk = disk;
    this.#failed = failed;
    const write: ByteSink['write'] = (data, position, written) => this.#write(data, position, written);
    this.#container = createContainer(container, codec, config, { write }).catch((error: unknown) =>
      this.#fail(error),
    );
    this.#step = this.#container;
  }

  /** As it is now. */
  get facts(): RecordedFile {
    return {
      ...this.#facts,
      offset: seconds(this.#start),
      duration: seconds(this.#onDisk),
      bytes: this.#disk.size,
    };
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** ms on the recording's clock at which what is in it ends. */
  get end(): number {
    return this.#start + this.#last + this.#length;
  }

  /** Time never goes back in it. */
  add({ data, at, keyFrame, timestamp }: FileFrame): void {
    const media = this.#settle(at, timestamp);
    // A clock that is corrected may stand still; of two frames at the same time players have one.
    const step = this.codec === 'opus' ? this.#length / 2 : 1;
    const time = Math.max(media, this.#isEmpty ? 0 : this.#last + step);
    this.#isEmpty = false;
    if (this.codec === 'opus') {
      const pause = time - this.#decoded;
      if (pause >= shortestSilence)
        for (const silent of silenceFor(pause)) {
          this.#queue({ ...silent, at: this.#decoded, keyFrame: true });
          this.#decoded += silent.duration;
        }
      this.#length = opusDuration(data) ?? defaultDuration;
      this.#decoded += this.#length;
    } else if (time > this.#last) this.#length = Math.min(time - this.#last, longestPicture);
    this.#last = time;
    this.#queue({ data, at: time, duration: this.#length, keyFrame });
  }

  /** The sender's times begin anew: they correct the file's begin no more. */
  settle(): void {
    this.#isSettled = true;
  }

  /** What has come until now is on the disk then. Never rejects. */
  async save(): Promise<void> {
    if (!this.#hasChanged) return;
    this.#hasChanged = false;
    const end = this.#last + this.#length;
    await this.#put((container) => container.sync(end));
    if (await this.#disk.flush()) this.#onDisk = end;
  }

  /** Never rejects. */
  async close(): Promise<void> {
    const end = this.#last + this.#length;
    // What finishes a file needs room, all but its duration.
    await this.#put((container) =>
      this.#disk.hasFailed ? container.sync(this.#onDisk) : container.finish(),
    );
    if (await this.#disk.flush()) this.#onDisk = end;
    await this.#disk.close();
  }

  /**
   * Until the sender's first report says when its media was captured, that is a guess, and corrected bit by bit. A young file goes by the
   * sender's own clock, and its begin follows the correction, instead of everything in it.
   * @returns ms since its begin
   */
  #settle(at: number, timestamp: number): number {
    this.#first ??= timestamp;
    const media = timestamp - this.#first;
    if (!this.#isSettled) {
      const start = at - media;
      this.#isSettled = start < 0 || media > youth || Math.abs(start - this.#start) > largestCorrection;
      if (!this.#isSettled) this.#start = start;
    }
    return this.#isSettled ? at - this.#start : media;
  }

  /** Written over is what is in the file already: sizes and durations. */
  #write(data: Uint8Array, position: number, written?: () => void): void {
    if (position < this.#disk.size) this.#disk.writeOver(data, position, written);
    else this.#disk.write(data, position, written);
  }

  #queue(packet: ContainerPacket): void {
    this.#hasChanged = true;
    this.#packets.push(packet);
    this.#disk.expect(packet.data.length);
    this.#expected += packet.data.length;
    if (this.#packets.size >= mostQueued) void this.#addAll();
  }

  /** Many at once: one at a time they cost ten times as much. */
  #addAll(): Promise<void> {
    const packets = this.#packets.take();
    return this.#then((container) => container.add(packets));
  }

  /** All that has come, and then a step that gives it to the disk. */
  async #put(step: (container: ContainerFile) => Promise<void>): Promise<void> {
    void this.#addAll();
    const expected = this.#expected;
    this.#expected = 0;
    await this.#then(step);
    this.#disk.expect(-expected);
  }

  #then(step: (container: ContainerFile) => Promise<void>): Promise<void> {
    const run = async (): Promise<void> => {
      const container = await this.#container;
      if (container && !this.#hasFailed) await step(container);
    };
    const next = this.#step.then(run).catch((error: unknown) => this.#fail(error));
    this.#step = next;
    return next;
  }

  #fail(error: unknown): undefined {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#failed(error);
  }
}

/** From ms, to the thousandth. */
export function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}
