/** Sends a film at its own pace, or as it comes. */
import { FramePlayer } from '../pacing/frame-player.ts';
import type { FilmFrames } from './film-frames.ts';
import { FilmQueue } from './film-queue.ts';
import { LiveFilm } from './live-film.ts';
import type { FilmPorts, PlayedFilm } from './played-film.ts';

export interface FilmOptions {
  /** As it comes: nothing is kept, and what is not wanted is lost. */
  live: boolean;
  /** It may go on at a later place when somebody needs a key frame. */
  mayJump: boolean;
}

export function playFilm(
  frames: Pick<FilmFrames, 'next'>,
  ports: FilmPorts,
  { live, mayJump }: FilmOptions,
): PlayedFilm {
  // A stream's key frames come when whoever makes it makes them.
  if (live) return new LiveFilm(frames, ports);
  const queue = new FilmQueue(
    frames,
    {
      ready: () => player.look(),
      failed(error) {
        stop();
        ports.ended({ error });
      },
    },
    mayJump,
  );
  const player = new FramePlayer(queue, { ...ports, ended: () => ports.ended() });
  const stop = (): void => {
    player.stop();
    queue.close();
  };
  return { start: () => player.start(), stop, requestKeyFrame: () => player.requestKeyFrame() };
}
