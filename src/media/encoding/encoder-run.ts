/** One run of ffmpeg as an encoder: pictures in, frames out, at one bitrate. It begins with a key frame. */
import { withResolvers } from '../../base/resolvers.ts';
import { openMedia } from '../container/open-media.ts';
import { runFfmpeg } from '../ffmpeg/run-ffmpeg.ts';

export type EncodedCodec = 'vp8' | 'vp9';

export interface EncoderOptions {
  /** Pixels, of what comes. */
  width: number;
  height: number;
  /** Pixels, of what is encoded: not more than that. */
  encodedHeight: number;
  frameRate: number;
  codec: EncodedCodec;
  ffmpeg: string | undefined;
  signal: AbortSignal;
}

export interface EncodedPicture {
  data: Uint8Array;
  /** ms, as it was given. */
  at: number;
  keyFrame: boolean;
}

/** Pictures that wait for the encoder: who is late leaves some out. */
const mostWaiting = 2;
/** s, between key frames that nobody asked for */
const keyFrameInterval = 10;
const encoders: Readonly<Record<EncodedCodec, string>> = { vp8: 'libvpx', vp9: 'libvpx-vp9' };

export class EncoderRun {
  readonly #options: EncoderOptions;
  readonly #waiting: { picture: Uint8Array; at: number }[] = [];
  /** When each that the encoder has got was captured, by its number. */
  readonly #times = new Map<number, number>();
  #given = 0;
  #wake: (() => void) | undefined;
  #isEnded = false;
  /** Settles when all of it has come out, or it failed; never rejects. */
  readonly done: Promise<void>;

  /** @param after the run before, whose frames come first */
  constructor(
    options: EncoderOptions,
    bitrate: number,
    after: Promise<void>,
    handlers: { frame(frame: EncodedPicture): void; failed(error: unknown): void },
  ) {
    this.#options = options;
    this.done = this.#read(bitrate, after, handlers.frame).catch((error: unknown) => {
      this.end();
      if (!options.signal.aborted) handlers.failed(error);
    });
  }

  push(picture: Uint8Array, at: number): void {
    if (this.#isEnded) return;
    if (this.#waiting.length === mostWaiting) this.#waiting.shift();
    this.#waiting.push({ picture, at });
    this.#wake?.();
  }

  /** Nothing more is given; what is there comes out. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  async #read(bitrate: number, after: Promise<void>, frame: (frame: EncodedPicture) => void): Promise<void> {
    const { ffmpeg, frameRate, signal } = this.#options;
    const process = runFfmpeg({
      purpose: 'to encode pictures',
      inputs: [{ options: this.#inputOptions(), data: this.#pictures() }],
      output: this.#outputOptions(bitrate),
      ffmpeg,
      signal,
    });
    try {
      await after;
      const media = await openMedia(process);
      for (let next = await media.video?.read(); next; next = await media.video?.read()) {
        const number = Math.round((next.at * frameRate) / 1_000);
        const at = this.#times.get(number);
        for (const passed of this.#times.keys()) {
          if (passed > number) break;
          this.#times.delete(passed);
        }
        if (at !== undefined) frame({ data: next.data, at, keyFrame: next.keyFrame });
      }
    } finally {
      await process.close();
    }
  }

  async *#pictures(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next) {
        this.#times.set(this.#given++, next.at);
        yield next.picture;
      } else if (this.#isEnded) return;
      else {
        const { promise, resolve } = withResolvers();
        this.#wake = resolve;
        await promise;
      }
    }
  }

  #inputOptions(): string[] {
    const { frameRate, height, width } = this.#options;
    return `-f rawvideo -pixel_format yuv420p -video_size ${width}x${height} -framerate ${frameRate}`.split(
      ' ',
    );
  }

  #outputOptions(bitrate: number): string[] {
    const { codec, encodedHeight, frameRate, height } = this.#options;
    const scale = encodedHeight < height ? ['-vf', `scale=-2:${encodedHeight}:flags=fast_bilinear`] : [];
    const rate = `-b:v ${bitrate} -maxrate ${bitrate} -bufsize ${bitrate} -g ${keyFrameInterval * frameRate}`;
    // As libwebrtc has it: rather a frame less than one that is too large, and key frames of six usual ones at most.
    const exact = '-max-intra-rate 600 -drop-threshold 30 -overshoot-pct 15 -undershoot-pct 100';
    const speed =
      '-deadline realtime -cpu-used 8 -threads 2 -lag-in-frames 0 -auto-alt-ref 0 -error-resilient 1';
    return [
      ...scale,
      '-c:v',
      encoders[codec],
      ...`${rate} ${exact} ${speed} -flush_packets 1 -f ivf`.split(' '),
    ];
  }
}
