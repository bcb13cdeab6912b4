/** As much of an encoded frame as hearing takes. */
import type { MessageStream } from '../../client/bridge/events.ts';
import type { RemoteFrame } from '../../client/media/track-types.ts';
import { opusDuration } from '../../rtp/codecs/opus/packet.ts';

export type SoundFrame = Pick<
  RemoteFrame,
  'data' | 'rtpTimestamp' | 'sequenceNumber' | 'captureTime' | 'audioLevel'
>;

/** Frames that are read one by one: a track's, or those of one stretch of speech. `dropped`: lost because they were read too slowly. */
export type SoundFrames = MessageStream<SoundFrame>;

/** ms of what is no Opus packet: as long as most are */
const usualDuration = 20;

/** ms */
export function durationOf({ data }: Pick<SoundFrame, 'data'>): number {
  return opusDuration(data) ?? usualDuration;
}

/** ms for which a frame may be late: later ones wait 60 ms for what is missing, and networks delay. */
export const patience = 200;
