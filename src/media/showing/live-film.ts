/** Passes a film on as it comes: nothing is kept, and what is not wanted is lost. */
import { localFrame } from '../pacing/frame-player.ts';
import type { FilmFrame, FilmFrames } from './film-frames.ts';
import type { FilmPorts, PlayedFilm } from './played-film.ts';

/** ms by which a live stream's own clock may differ from when its frames come */
const mostApart = 500;

export class LiveFilm implements PlayedFilm {
  readonly #frames: Pick<FilmFrames, 'next'>;
  readonly #ports: FilmPorts;
  #isStopped = false;
  /** From the stream's clock to ours, and when the frame before was sent. */
  #shift: number | undefined;
  #lastTime = -Infinity;
  #hasBegun = false;

  constructor(frames: Pick<FilmFrames, 'next'>, ports: FilmPorts) {
    this.#frames = frames;
    this.#ports = ports;
    void this.#read();
  }

  /** It does not wait for anybody. */
  start(): void {}

  stop(): void {
    this.#isStopped = true;
  }

  /** Whoever makes it makes them. */
  requestKeyFrame(): void {}

  /** Never rejects. */
  async #read(): Promise<void> {
    try {
      for (let frame = await this.#frames.next(); frame; frame = await this.#frames.next()) {
        if (this.#isStopped) return;
        this.#pass(frame);
      }
      if (!this.#isStopped) this.#ports.ended();
    } catch (error) {
      if (!this.#isStopped) this.#ports.ended({ error });
    }
  }

  #pass({ at, frame, kind }: FilmFrame): void {
    const now = this.#ports.clock.now();
    this.#shift ??= now - at;
    if (Math.abs(at + this.#shift - now) > mostApart) this.#shift = now - at;
    this.#lastTime = Math.max(this.#lastTime, at + this.#shift);
    this.#ports.send(kind, localFrame(frame, this.#lastTime));
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    this.#ports.roundBegan(1);
  }
}
