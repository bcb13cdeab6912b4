/** Pictures → frames at the bitrate that fits: ffmpeg cannot be told another one while it runs, nor be asked for a key frame, so it is started anew. */
import { BitrateSteps } from './bitrate-steps.ts';
import { type EncodedPicture, type EncoderOptions, EncoderRun } from './encoder-run.ts';

export interface PictureEncoderHandlers {
  frame(frame: EncodedPicture): void;
  failed(error: unknown): void;
}

export interface PictureEncoderOptions extends EncoderOptions {
  /** bit/s */
  maxBitrate: number;
}

/** ms between two key frames that were asked for */
const keyFrameInterval = 1_000;

export class PictureEncoder {
  readonly #options: PictureEncoderOptions;
  readonly #handlers: PictureEncoderHandlers;
  readonly #steps: BitrateSteps;
  #run: EncoderRun | undefined;
  #startedAt = -Infinity;
  #needsKeyFrame = false;

  constructor(options: PictureEncoderOptions, handlers: PictureEncoderHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#steps = new BitrateSteps(options.maxBitrate);
  }

  /** bit/s; undefined while it is stopped */
  get bitrate(): number | undefined {
    return this.#steps.current;
  }

  requestKeyFrame(): void {
    this.#needsKeyFrame = true;
  }

  /** @param at ms, when it was captured @param target bit/s that fit, if that is known */
  encode(picture: Uint8Array, at: number, target: number | undefined, now: number): void {
    const isChanged = this.#steps.follow(target, now);
    const isAsked = this.#needsKeyFrame && now - this.#startedAt >= keyFrameInterval;
    if (!this.#run || isChanged || isAsked) this.#start(now);
    this.#run?.push(picture, at);
  }

  /** Nobody wants to see it; the next picture begins anew. */
  stop(): void {
    this.#run?.end();
    this.#run = undefined;
    this.#steps.stop();
  }

  #start(now: number): void {
    const { current } = this.#steps;
    if (current === undefined) return;
    this.#needsKeyFrame = false;
    this.#startedAt = now;
    const before = this.#run;
    before?.end();
    this.#run = new EncoderRun(this.#options, current, before?.done ?? Promise.resolve(), this.#handlers);
  }
}
