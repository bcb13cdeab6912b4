import { describe, expect, it } from 'vitest';
import { ParseError } from '../../../../src/base/errors.ts';
import { wavHeader } from '../../../../src/media/sound/wav-header.ts';
import { WavReader } from '../../../../src/media/sound/wav-reader.ts';
import { seededRandom } from '../../../support/random.ts';

interface Written {
  encoding?: number;
  channels?: number;
  sampleRate?: number;
  bits?: number;
  data: Buffer;
  dataLength?: number;
  /** Encoding within WAVE_FORMAT_EXTENSIBLE. */
  subFormat?: number;
  before?: Buffer;
  after?: Buffer;
}

/** Written apart from the reader and from our own header. */
function wav({ encoding = 1, channels = 1, sampleRate = 16_000, bits = 16, ...rest }: Written): Buffer {
  const {
    data,
    dataLength = data.length,
    subFormat,
    before = Buffer.alloc(0),
    after = Buffer.alloc(0),
  } = rest;
  const format = Buffer.alloc(subFormat === undefined ? 16 : 40);
  format.writeUInt16LE(encoding, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(sampleRate, 4);
  format.writeUInt32LE((sampleRate * channels * bits) / 8, 8);
  format.writeUInt16LE((channels * bits) / 8, 12);
  format.writeUInt16LE(bits, 14);
  if (subFormat !== undefined) {
    format.writeUInt16LE(22, 16);
    format.writeUInt16LE(bits, 18);
    format.writeUInt16LE(subFormat, 24);
    Buffer.from('000000001000800000aa00389b71', 'hex').copy(format, 26);
  }
  return Buffer.concat([
    Buffer.from('RIFF\xff\xff\xff\xffWAVE', 'latin1'),
    before,
    chunk('fmt ', format),
    chunk('data', data, dataLength),
    after,
  ]);
}

function chunk(name: string, bytes: Buffer, length: number = bytes.length): Buffer {
  const head = Buffer.from(`${name}....`, 'latin1');
  head.writeUInt32LE(length, 4);
  return Buffer.concat([head, bytes]);
}

function read(file: Uint8Array, step: number = file.length): { samples: number[]; reader: WavReader } {
  const reader = new WavReader();
  const samples: number[] = [];
  for (let at = 0; at < file.length; at += step) samples.push(...reader.push(file.subarray(at, at + step)));
  reader.end();
  return { samples, reader };
}

const floats = Buffer.from(Float32Array.of(0, 0.5, -1, 2, Number.NaN).buffer);
const doubles = Buffer.from(Float64Array.of(0, 0.5, -1).buffer);

describe('a WAV file', () => {
  it.each<[string, Written, number[]]>([
    ['of 16 bits', { data: Buffer.from('0001ff7f0080', 'hex') }, [256, 32_767, -32_768]],
    ['of 8 bits', { bits: 8, data: Buffer.of(0, 128, 255) }, [-32_768, 0, 32_512]],
    ['of 24 bits', { bits: 24, data: Buffer.from('010001ffff7f000080', 'hex') }, [256, 32_767, -32_768]],
    ['of 32 bits', { bits: 32, data: Buffer.from('12340001ffffff7f', 'hex') }, [256, 32_767]],
    ['of floats', { encoding: 3, bits: 32, data: floats }, [0, 16_384, -32_768, 32_767, 0]],
    ['of doubles', { encoding: 3, bits: 64, data: doubles }, [0, 16_384, -32_768]],
    ['in the extensible form', { encoding: 0xfffe, subFormat: 1, data: Buffer.of(1, 0) }, [1]],
    [
      'in the extensible form, of floats',
      { encoding: 0xfffe, subFormat: 3, bits: 32, data: floats.subarray(4, 8) },
      [16_384],
    ],
    ['of a length that is not known', { data: Buffer.of(1, 0, 2, 0), dataLength: 0xffff_ffff }, [1, 2]],
    ['of no length', { data: Buffer.of(1, 0, 2, 0), dataLength: 0 }, [1, 2]],
    ['that is cut short', { data: Buffer.of(1, 0, 2), dataLength: 1000 }, [1]],
    [
      'with other things in it',
      {
        data: Buffer.of(1, 0),
        before: chunk('LIST', Buffer.of(1, 2, 3, 0), 3),
        after: chunk('id3 ', Buffer.of(9, 9)),
      },
      [1],
    ],
  ])('%s is read, in whatever pieces it comes', (_, written, samples) => {
    const file = wav(written);
    for (const step of [1, 2, 3, 7, 64, file.length])
      expect(read(file, step).samples.map((sample) => sample + 0)).toEqual(samples);
  });

  it('says its format when the sound begins', () => {
    const file = wav({ channels: 2, sampleRate: 22_050, data: Buffer.of(1, 0, 2, 0, 3) });
    const reader = new WavReader();
    expect(reader.push(file.subarray(0, 43))).toHaveLength(0);
    expect(reader.format).toBeUndefined();
    expect([...reader.push(file.subarray(43))]).toEqual([1, 2]);
    expect(reader.format).toEqual({ channels: 2, sampleRate: 22_050 });
  });

  it('is read from a buffer that is used again', () => {
    const file = wav({ data: Buffer.of(1, 0, 2, 0) });
    const [reader, buffer] = [new WavReader(), Buffer.alloc(file.length)];
    const read: number[] = [];
    for (let at = 0; at < file.length; at += 10) {
      const bytes = file.subarray(at, at + 10);
      buffer.set(bytes);
      read.push(...reader.push(buffer.subarray(0, bytes.length)));
    }
    expect(read).toEqual([1, 2]);
  });

  it.each<[string, Buffer, string, RegExp]>([
    ['what is none', Buffer.from('OggS and so on, and so on'), 'wav-header', /does not begin as one/],
    [
      'an odd format',
      wav({ data: Buffer.of(), before: chunk('fmt ', Buffer.alloc(3)) }),
      'wav-header',
      /3 bytes/,
    ],
    [
      'sound without a format',
      Buffer.concat([Buffer.from('RIFF....WAVE'), chunk('data', Buffer.of(1))]),
      'wav-header',
      /before its format/,
    ],
    ['A-law', wav({ encoding: 6, bits: 8, data: Buffer.of(1) }), 'wav-format', /A-law; PCM can be read/],
    ['something unheard of', wav({ encoding: 77, data: Buffer.of(1) }), 'wav-format', /of kind 77/],
    ['12 bits', wav({ bits: 12, data: Buffer.of(1) }), 'wav-format', /12 bits/],
    ['six channels', wav({ channels: 6, data: Buffer.of(1) }), 'wav-format', /6 channels/],
    ['no rate', wav({ sampleRate: 0, data: Buffer.of(1) }), 'wav-format', /0 samples a second/],
    ['an empty input', Buffer.of(), 'wav-truncated', /before it is a WAV file/],
    ['a head alone', wav({ data: Buffer.of() }).subarray(0, 30), 'wav-truncated', /before its sound begins/],
  ])('is not %s', (_, file, code, message) => {
    const attempt = (): unknown => read(file, 5);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ code }));
  });

  it('keeps of a long chunk that nobody wants nothing', () => {
    const reader = new WavReader();
    reader.push(Buffer.concat([Buffer.from('RIFF....WAVE'), chunk('junk', Buffer.alloc(0), 0xffff_fff0)]));
    for (let count = 0; count < 1000; count += 1) expect(reader.push(new Uint8Array(65_536))).toHaveLength(0);
    expect(reader.format).toBeUndefined();
  });

  it('that is none is a ParseError and nothing else', () => {
    const bytes = seededRandom(7);
    const whole = wav({ channels: 2, data: Buffer.alloc(64) });
    for (let round = 0; round < 2000; round += 1) {
      const file = Buffer.from(whole);
      const [count = 0, ...places] = bytes(9);
      for (const place of places.slice(0, 1 + (count % 8))) file[place % 60] = bytes(1)[0] ?? 0;
      try {
        read(file, 1 + (count % 70));
      } catch (error) {
        expect(error).toBeInstanceOf(ParseError);
      }
    }
  });
});

describe('the header of a WAV file', () => {
  it('is as others write it', () => {
    const data = Buffer.of(1, 0, 2, 0, 3, 0, 4, 0);
    const expected = wav({ channels: 2, sampleRate: 48_000, data });
    expected.writeUInt32LE(expected.length - 8, 4);
    const written = wavHeader({ channels: 2, sampleRate: 48_000 }, data.length);
    expect(Buffer.concat([written, data])).toEqual(expected);
  });

  it('leaves open what is not known, or more than it can say', () => {
    for (const length of [undefined, 2 ** 40]) {
      const header = Buffer.from(wavHeader({ channels: 1, sampleRate: 16_000 }, length));
      expect([header.readUInt32LE(4), header.readUInt32LE(40)]).toEqual([0xffff_ffff, 0xffff_ffff]);
      expect(read(Buffer.concat([header, Buffer.of(5, 0)])).samples).toEqual([5]);
    }
  });
});
