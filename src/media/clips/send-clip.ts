/** Sends a clip as a track, from when the track is ready until it is stopped. */
import type { Clock } from '../../base/clock.ts';
import { defined } from '../../base/defined.ts';
import type { LocalFrame } from '../../client/media/track-types.ts';
import type { Clip } from './clip.ts';
import { ClipPlayer } from './clip-player.ts';

/** As much of a local track as it takes. */
export interface ClipTrack {
  readonly isReady: boolean;
  send(frame: LocalFrame): boolean;
  on(event: 'keyFrameRequested' | 'ready', listener: () => void): () => void;
}

export interface SentClip {
  /** Goes on at once, or begins before the track is ready. */
  start(): void;
  stop(): void;
}

export function sendClip(track: ClipTrack, clip: Clip, clock: Clock): SentClip {
  const player = new ClipPlayer(clip, clock, ({ data, time, isKeyFrame, audioLevel }) => {
    track.send({ data, timestamp: time, keyFrame: isKeyFrame, ...defined({ audioLevel }) });
  });
  track.on('keyFrameRequested', () => player.requestKeyFrame());
  const ready = track.on('ready', () => sent.start());
  const sent: SentClip = {
    start() {
      ready();
      player.start();
    },
    stop() {
      ready();
      player.stop();
    },
  };
  // What is played before has no listener, and would be missing at the beginning.
  if (track.isReady) sent.start();
  return sent;
}
