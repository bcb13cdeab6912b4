import { describe, expect, it } from 'vitest';
import { describeFrame } from '../../../../src/rtp/codecs/describe-frame.ts';
import { bits } from './bits.ts';
import { annexB, clipKeyFrames, clipSize, clips, slicedUnits } from './clips.ts';

describe('an encoded frame', () => {
  it.each(['vp8', 'vp9', 'h264', 'av1'] as const)('of %s tells whether it is a key frame', (codec) => {
    expect(clips[codec].map((frame) => describeFrame(codec, frame))).toEqual(
      clipKeyFrames.map((keyFrame) => ({ keyFrame, size: keyFrame ? clipSize : undefined })),
    );
  });

  it('of H264 is a key frame without parameter sets too', () => {
    const slice = slicedUnits.find((unit) => (unit[0] ?? 0) % 32 === 5) ?? new Uint8Array();
    expect(describeFrame('h264', annexB([slice]))).toEqual({ keyFrame: true });
  });

  it('of AV1 is a key frame only with a sequence header', () => {
    const unit = Uint8Array.of(0x12, 0, 0x32, 2, 0x10, 0);
    expect(describeFrame('av1', unit)).toEqual({ keyFrame: false });
    expect(describeFrame('av1', Uint8Array.of(0x0a, 1, 0, 0x1a, 1, 0x10))).toEqual({ keyFrame: true });
    expect(describeFrame('av1', Uint8Array.of(0x0a, 1, 0, 0x1a, 1, 0x30))).toEqual({ keyFrame: false });
    expect(describeFrame('av1', Uint8Array.of(0x0a, 1, 0, 0x80))).toEqual({ keyFrame: false });
  });

  it('of VP9 that is shown again is none', () => {
    expect(describeFrame('vp9', Uint8Array.of(0x88, 0x49, 0x83))).toEqual({ keyFrame: false });
    expect(describeFrame('vp9', new Uint8Array())).toEqual({ keyFrame: false });
    expect(describeFrame('vp9', Uint8Array.of(0x82, 0, 0, 0, 0, 0, 0, 0, 0, 0))).toEqual({ keyFrame: true });
  });

  // VP9, 6.2 and 6.2.2: marker, profile, flags, sync code, colours, size
  const sync = '0100 1001 1000 0011 0100 0010';
  it.each([
    ['1, with subsampling', `10 10 0 0 1 0 ${sync} 001 0 11 0`],
    ['1, in RGB', `10 10 0 0 1 0 ${sync} 111 0`],
    ['2, with a bit depth', `10 01 0 0 1 0 ${sync} 1 001 0`],
    ['3, in RGB', `10 11 0 0 0 1 0 ${sync} 0 111 0`],
  ])('of VP9 has a size in profile %s', (_, head) => {
    const frame = new Uint8Array(Buffer.from(bits(`${head} 0000000101100011 0000000011111111`), 'hex'));
    expect(describeFrame('vp9', frame)).toEqual({ keyFrame: true, size: { width: 356, height: 256 } });
  });

  it('of Opus is where decoding can begin', () => {
    expect(describeFrame('opus', Uint8Array.of(1))).toEqual({ keyFrame: true });
  });
});
