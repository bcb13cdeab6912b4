/** Requests for key frames to senders, in the form that was offered to them: PLI, otherwise FIR (media 4.6). */
import type { Milliseconds } from '../../../../base/clock.ts';
import type { MediaSource } from './media-source.ts';

/** Asks for a key frame, unless it was done a moment ago. @param bridgeSsrc who asks */
export function requestKeyFrame(source: MediaSource, bridgeSsrc: number, now: Milliseconds): void {
  const { keyFrames, main, owner } = source;
  if (!keyFrames.take(now)) return;
  const { ssrc } = main;
  owner.sendRtcp([
    owner.formats.hasPli
      ? { type: 'pli', senderSsrc: bridgeSsrc, mediaSsrc: ssrc }
      : { type: 'fir', senderSsrc: bridgeSsrc, requests: [{ ssrc, sequenceNumber: keyFrames.count & 0xff }] },
  ]);
}
