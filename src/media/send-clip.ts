/** Sends a clip as a track, until it is stopped. */
import type { Clock } from '../base/clock.ts';
import { defined } from '../base/defined.ts';
import type { LocalFrame } from '../client/media/track-types.ts';
import type { Clip } from './clip.ts';
import { ClipPlayer } from './clip-player.ts';

/** As much of a local track as it takes. */
export interface ClipTrack {
  send(frame: LocalFrame): boolean;
  on(event: 'keyFrameRequested', listener: () => void): () => void;
}

/** @returns the player, which has begun: it can be stopped and started again */
export function sendClip(track: ClipTrack, clip: Clip, clock: Clock): ClipPlayer {
  const player = new ClipPlayer(clip, clock, ({ data, time, isKeyFrame, audioLevel }) => {
    track.send({ data, timestamp: time, keyFrame: isKeyFrame, ...defined({ audioLevel }) });
  });
  track.on('keyFrameRequested', () => player.requestKeyFrame());
  player.start();
  return player;
}
