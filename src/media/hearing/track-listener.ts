/** Listens to one track: how loud each frame is, and what stretches of speech that makes. */
import type { Clock } from '../../base/clock.ts';
import { ClearFrames, type ReadTrack } from '../encryption/clear-frames.ts';
import type { Loudness } from './loudness.ts';
import { PunctualTimer } from './punctual-timer.ts';
import type { SoundFrames } from './sound-frame.ts';
import type { SpeechSegments } from './speech-segments.ts';

export interface TrackListenerPorts {
  clock: Clock;
  loudness: Loudness;
  segments: SpeechSegments;
  /** Somebody speaks whom we cannot understand; once. */
  encrypted(): void;
  /** It cannot go on: there is no decoder. */
  failed(error: unknown): void;
}

export class TrackListener {
  readonly #ports: TrackListenerPorts;
  readonly #frames: SoundFrames;
  readonly #timer: PunctualTimer;
  #isOver = false;

  constructor(track: ReadTrack, ports: TrackListenerPorts) {
    const { clock, failed, segments } = ports;
    this.#ports = ports;
    this.#frames = new ClearFrames(track, {}, ports.encrypted);
    this.#timer = new PunctualTimer(clock, () => {
      segments.tick(clock.now());
      this.#setTimer();
    });
    this.#read().catch(failed);
  }

  muted(): void {
    this.#ports.segments.muted(this.#ports.clock.now());
    this.#setTimer();
  }

  unmuted(): void {
    this.#ports.segments.unmuted();
    this.#setTimer();
  }

  /** May be called twice. */
  end(reason: 'left' | 'closed'): void {
    this.#isOver = true;
    void this.#frames.return?.();
    this.#timer.cancel();
    this.#ports.segments.end(reason);
    this.#ports.loudness.close();
  }

  async #read(): Promise<void> {
    const { clock, loudness, segments } = this.#ports;
    for await (const frame of this.#frames) {
      const level = loudness.of(frame);
      const known = typeof level === 'number' ? level : await level;
      if (this.#isOver) return;
      segments.heard(frame, known, clock.now());
      this.#setTimer();
    }
  }

  #setTimer(): void {
    const { due } = this.#ports.segments;
    if (due === undefined) this.#timer.cancel();
    else this.#timer.at(due);
  }
}
