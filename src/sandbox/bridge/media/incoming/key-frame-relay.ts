/** Requests for key frames to senders, in the form that was offered to them: PLI, otherwise FIR (media 4.6). */
import type { Milliseconds } from '../../../../base/clock.ts';
import type { Encoding } from '../media-packet.ts';
import type { MediaSource } from './media-source.ts';

/** Asks for a key frame of an encoding, unless it was done a moment ago. @param bridgeSsrc who asks */
export function requestKeyFrame(
  { keyFrames, owner }: MediaSource,
  { ssrc }: Encoding,
  bridgeSsrc: number,
  now: Milliseconds,
): void {
  if (!keyFrames.take(now)) return;
  owner.sendRtcp([
    owner.formats.hasPli
      ? { type: 'pli', senderSsrc: bridgeSsrc, mediaSsrc: ssrc }
      : { type: 'fir', senderSsrc: bridgeSsrc, requests: [{ ssrc, sequenceNumber: keyFrames.count & 0xff }] },
  ]);
}
