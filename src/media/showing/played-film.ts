/** A film that is being sent, and what it tells. */
import type { FramePlayerPorts } from '../pacing/frame-player.ts';

export interface FilmPorts extends Required<Omit<FramePlayerPorts, 'ended' | 'mostLate'>> {
  /** The last frame has been shown for its time, or it cannot go on. */
  ended(failure?: { error: unknown }): void;
}

export interface PlayedFilm {
  /** From now on what is due is sent: somebody can see it. */
  start(): void;
  /** For good. */
  stop(): void;
  requestKeyFrame(): void;
}
