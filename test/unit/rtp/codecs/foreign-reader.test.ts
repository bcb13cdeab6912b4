/** Payloads of ours as werift's depacketizers read them. */
import { describe, expect, it } from 'vitest';
import { AV1RtpPayload, H264RtpPayload, Vp8RtpPayload, Vp9RtpPayload } from 'werift';
import { createPacketizer } from '../../../../src/rtp/codecs/create-packetizer.ts';
import type { CodecName } from '../../../../src/rtp/parameters.ts';
import { seededRandom } from '../../../support/random.ts';
import { clipKeyFrames, clips } from './clips.ts';

function payloadsOf(codec: CodecName & keyof typeof clips): Buffer[][] {
  const packetizer = createPacketizer(codec, seededRandom(3), 300);
  return clips[codec].map((frame) => packetizer.packetize(frame).map(({ payload }) => Buffer.from(payload)));
}

describe('werift reads', () => {
  it('VP8', () => {
    const frames = payloadsOf('vp8').map((payloads) =>
      payloads.map((each) => Vp8RtpPayload.deSerialize(each)),
    );
    expect(frames.map((frame) => frame[0]?.isKeyframe)).toEqual(clipKeyFrames);
    expect(frames.map((frame) => Buffer.concat(frame.map(({ payload }) => payload)))).toEqual(
      clips.vp8.map((frame) => Buffer.from(frame)),
    );
    const ids = frames.map((frame) => new Set(frame.map(({ pictureId }) => pictureId)));
    expect(ids.every(({ size }) => size === 1)).toBe(true);
  });

  it('VP9', () => {
    const frames = payloadsOf('vp9').map((payloads) =>
      payloads.map((each) => Vp9RtpPayload.deSerialize(each)),
    );
    expect(frames.map((frame) => frame[0]?.isKeyframe)).toEqual(clipKeyFrames);
    expect(frames.map((frame) => Buffer.concat(frame.map(({ payload }) => payload)))).toEqual(
      clips.vp9.map((frame) => Buffer.from(frame)),
    );
    expect(frames[0]?.[0]).toMatchObject({
      tid: 0,
      sid: 0,
      u: 1,
      bBit: 1,
      width: [98],
      height: [66],
      n_g: 1,
    });
    expect(frames[0]?.[0]?.pgP_Diff).toEqual([[1]]);
  });

  it('H264', () => {
    const frames = payloadsOf('h264').map((payloads) => {
      let fragment: Buffer | undefined;
      const parts: Buffer[] = [];
      for (const each of payloads) {
        const read = H264RtpPayload.deSerialize(each, fragment);
        ({ fragment } = read);
        if (read.payload) parts.push(read.payload);
      }
      return Buffer.concat(parts);
    });
    expect(frames).toEqual(clips.h264.map((frame) => Buffer.from(frame)));
  });

  it('AV1', () => {
    const frames = payloadsOf('av1').map((payloads) =>
      payloads.map((each) => AV1RtpPayload.deSerialize(each)),
    );
    expect(frames.map((frame) => frame[0]?.nBit_RtpStartsNewCodedVideoSequence === 1)).toEqual(clipKeyFrames);
    // Without the delimiter, and without a size in the last unit, which has two bytes of it here.
    const expected = clips.av1.map((frame, index) => {
      const last = clipKeyFrames[index] ? 14 : 2;
      return Buffer.concat([frame.subarray(2, last), Buffer.from([0x30]), frame.subarray(last + 3)]);
    });
    expect(frames.map((frame) => AV1RtpPayload.getFrame(frame))).toEqual(expected);
  });
});
