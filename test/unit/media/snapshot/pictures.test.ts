import { describe, expect, it } from 'vitest';
import { readAv1SequenceHeader } from '../../../../src/rtp/codecs/av1/sequence-header.ts';
import { avifOf } from '../../../../src/media/snapshot/avif.ts';
import { frameOfIvf, ivfOf } from '../../../../src/media/snapshot/ivf-picture.ts';
import { webpOf } from '../../../../src/media/snapshot/webp.ts';

describe('a WebP of VP8', () => {
  it.each([11, 12])('is the frame in a RIFF file, of an even length (%i bytes)', (length) => {
    const frame = Uint8Array.from({ length }, (_, index) => index);
    const file = Buffer.from(webpOf(frame));
    expect(file.length % 2).toBe(0);
    expect(file.toString('latin1', 0, 4)).toBe('RIFF');
    expect(file.readUInt32LE(4)).toBe(file.length - 8);
    expect(file.toString('latin1', 8, 16)).toBe('WEBPVP8 ');
    expect(file.readUInt32LE(16)).toBe(length);
    // It is to be shown, whatever the encoder thought.
    expect([...file.subarray(20, 20 + length)]).toEqual([0x10, ...frame.subarray(1)]);
    expect(frame[0]).toBe(0);
  });
});

/** Of libaom, 64 by 48. */
const sequenceHeader = Uint8Array.of(0x0a, 0x0a, 0, 0, 0, 0x02, 0xaf, 0xf7, 0x9f, 0xff, 0x30, 0x08);
/** The same of another profile, with more colours. */
const profile1 = Uint8Array.of(0x20, 0, 0, 0x02, 0xaf, 0xf7, 0x9f, 0xff, 0x38, 0x40);

describe('the sequence header of AV1', () => {
  it('says of what kind the picture is', () => {
    const shared = { level: 0, tier: 0, width: 64, height: 48, isMonochrome: false, chromaPosition: 0 };
    expect(readAv1SequenceHeader(sequenceHeader.subarray(2))).toEqual({
      ...shared,
      profile: 0,
      bitDepth: 8,
      subsampling: { x: true, y: true },
    });
    expect(readAv1SequenceHeader(profile1)).toEqual({
      ...shared,
      profile: 1,
      bitDepth: 10,
      subsampling: { x: false, y: false },
    });
    expect(readAv1SequenceHeader(profile1.subarray(0, 8))).toBeUndefined();
  });
});

describe('an AVIF of AV1', () => {
  it('is none without a sequence header', () => {
    expect(avifOf(Uint8Array.of(0x12, 0x00, 0x32, 0x01, 0x10))).toBeUndefined();
    expect(avifOf(new Uint8Array(0))).toBeUndefined();
  });

  it('has the frame without its delimiter, where iloc says', () => {
    const picture = Uint8Array.of(0x32, 0x03, 0x10, 0x11, 0x12);
    const file = Buffer.from(avifOf(Uint8Array.of(0x12, 0x00, ...sequenceHeader, ...picture)) ?? []);
    expect(file.toString('latin1', 4, 12)).toBe('ftypavif');
    const iloc = file.indexOf('iloc');
    const [offset, length] = [file.readUInt32BE(iloc + 18), file.readUInt32BE(iloc + 22)];
    expect([...file.subarray(offset, offset + length)]).toEqual([...sequenceHeader, ...picture]);
    expect(offset + length).toBe(file.length);
    const ispe = file.indexOf('ispe');
    expect([file.readUInt32BE(ispe + 8), file.readUInt32BE(ispe + 12)]).toEqual([64, 48]);
  });
});

describe('a picture for ffmpeg', () => {
  it('is a file of one frame', () => {
    const data = Uint8Array.of(1, 2, 3);
    const file = ivfOf({ codec: 'vp9', data, width: 640, height: 360 });
    expect(Buffer.from(file).toString('latin1', 0, 12)).toBe('DKIF\0\0 \0VP90');
    expect([...frameOfIvf(file)]).toEqual([1, 2, 3]);
    expect(frameOfIvf(file.subarray(0, 40))).toHaveLength(0);
  });
});
