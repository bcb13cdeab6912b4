/** Files with encoded pictures and sound. */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { ParseError } from '../../../src/base/errors.ts';
import type { EncodedTrack } from '../../../src/media/container/media.ts';
import { openMedia } from '../../../src/media/container/open-media.ts';
import { oggOpus, oggPage, opusHead, opusTags, withChecksums } from '../../../test/support/ogg.ts';
import { damagedBytes, joined } from '../bytes.ts';
import { laterOutcomeOf } from '../outcome.ts';
import type { FuzzTarget } from '../target.ts';

const file = (path: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../../${path}`, import.meta.url)));

const pictures = [
  ...['vp8', 'vp9', 'av1'].map((codec) => file(`test/fixtures/codecs/${codec}.ivf`)),
  // Its beginning: damage is rarer in what is longer.
  file('clips/picture.ivf').slice(0, 4_000),
];
const h264 = asIvf('H264', [
  file('test/fixtures/codecs/h264.h264'),
  file('test/fixtures/codecs/baseline.h264'),
]);
const knownIvf = [...pictures, h264, ...pictures.map((bytes) => bytes.slice(0, 600))];

export const ivfTarget: FuzzTarget<Uint8Array> = {
  name: 'ivf',
  inputs: fc.oneof(
    damagedBytes(knownIvf),
    // All is well but the pictures.
    fc
      .tuple(
        fc.constantFrom('VP80', 'VP90', 'AV01', 'H264'),
        fc.array(fc.oneof(damagedBytes(knownIvf, 2), fc.uint8Array({ maxLength: 40 })), {
          minLength: 1,
          maxLength: 6,
        }),
      )
      .map(([codec, frames]) => asIvf(codec, frames)),
  ),
  worst: () => ({
    'a million empty frames': joined([h264.subarray(0, 32), new Uint8Array(12_000_000)]),
    'a hundred thousand frames': asIvf('VP80', Array<Uint8Array>(100_000).fill(Uint8Array.of(0))),
    'start codes': asIvf('H264', [Uint8Array.from({ length: 6_000_000 }, (_, at) => (at % 3 === 2 ? 1 : 0))]),
    'zeros in H.264': asIvf('H264', [new Uint8Array(16_000_000)]),
    'units of nothing in AV1': asIvf('AV01', [
      Uint8Array.from({ length: 1_000_000 }, (_, at) => (at % 2 === 0 ? 0x12 : 0)),
    ]),
  }),
  open: () => ({ read: (bytes) => readMedia(bytes) }),
};

const speech = file('clips/speech.ogg');
const knownOgg = [
  speech.slice(0, 3_000),
  file('clips/tone.ogg').slice(0, 2_000),
  new Uint8Array(
    oggOpus([Uint8Array.of(0xfc, 1, 2, 3), Uint8Array.of(0xf8, 1)], 'AUDIO_LEVELS=7f80', 'TITLE=x'),
  ),
  new Uint8Array(
    Buffer.concat([
      oggPage([opusHead(2)], { isFirst: true }),
      oggPage([opusHead()], { isFirst: true, serialNumber: 2 }),
      oggPage([opusTags('A=b')]),
      oggPage([new Uint8Array(300).fill(0xfc)], { isOpen: false }),
      oggPage([new Uint8Array(510)], { isOpen: true }),
      oggPage([new Uint8Array(3)], { isContinued: true, isLast: true }),
    ]),
  ),
  // Two links, of one serial number and of two.
  joined([
    new Uint8Array(oggOpus([Uint8Array.of(0xfc, 1)])),
    new Uint8Array(oggOpus([Uint8Array.of(0xf8, 1)])),
  ]),
  joined([new Uint8Array(oggOpus([Uint8Array.of(0xfc, 1)])), speech.slice(0, 2_000)]),
];

const webm = file('test/fixtures/containers/short.webm');
const knownWebm = [webm, webm.slice(0, 1_200)];
const whole = file('test/fixtures/containers/short.mp4');
const fragmented = file('test/fixtures/containers/fragmented.mp4');
const knownMp4 = [whole, fragmented];

const heads = [
  oggPage([opusHead(2)], { isFirst: true }),
  oggPage([opusHead(2), Buffer.from('more')], { isFirst: true }),
  oggPage([opusHead(6, 1)], { isFirst: true }),
  oggPage([Buffer.from('OpusHead')], { isFirst: true }),
];
const tags = [
  oggPage([opusTags('AUDIO_LEVELS=7f80')]),
  oggPage([opusTags('A=b', 'C', '=')]),
  oggPage([Buffer.from('OpusTags\xff\xff\xff\xff\xff\xff\xff\xff', 'latin1')]),
  oggPage([new Uint8Array(510)], { isOpen: true }),
];
/** Right in its form, of any content. */
const oddPage = fc
  .tuple(
    fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 6 }),
        fc.uint8Array({ minLength: 1, maxLength: 60 }).map((bytes) => bytes.fill(0xfc, 0, 1)),
        fc.constantFrom(255, 510, 300).map((length) => new Uint8Array(length).fill(0x0b)),
      ),
      { maxLength: 5 },
    ),
    fc.record({
      isContinued: fc.boolean(),
      isOpen: fc.boolean(),
      isLast: fc.constantFrom(false, false, false, true),
      serialNumber: fc.constantFrom(1, 1, 1, 2),
    }),
  )
  // Only what is a multiple of 255 bytes long can be open.
  .map(([packets, options]) =>
    oggPage(packets, {
      ...options,
      isOpen: options.isOpen && [255, 510].includes(packets.at(-1)?.length ?? 0),
    }),
  );

export const oggTarget: FuzzTarget<Uint8Array> = {
  name: 'ogg',
  inputs: fc.oneof(
    fc
      .tuple(damagedBytes(knownOgg, 2), fc.integer({ min: 0, max: 9 }))
      // Damage that a checksum finds says little about what is behind it.
      .map(([bytes, chance]) => (chance === 0 ? bytes : new Uint8Array(withChecksums(bytes)))),
    fc
      .tuple(fc.constantFrom(...heads), fc.constantFrom(...tags), fc.array(oddPage, { maxLength: 6 }))
      .map((pages) => joined(pages.flat())),
  ),
  worst: () => ({
    'pages of nothing': repeated(new Uint8Array(oggPage([])), 200_000),
    'links of one packet': repeated(new Uint8Array(oggOpus([Uint8Array.of(0xfc)])), 500),
    'links without sound': joined([
      new Uint8Array(oggOpus([Uint8Array.of(0xfc)])),
      repeated(
        joined([
          new Uint8Array(oggPage([new Uint8Array(9)], { isFirst: true })),
          new Uint8Array(oggPage([])),
        ]),
        20_000,
      ),
    ]),
    'links of a beginning only': joined([
      new Uint8Array(oggOpus([Uint8Array.of(0xfc)])),
      repeated(new Uint8Array(oggOpus([])), 10_000),
    ]),
    'a link of pictures that goes on': joined([
      new Uint8Array(oggOpus([Uint8Array.of(0xfc)])),
      new Uint8Array(oggPage([Buffer.from('\x80theora')], { isFirst: true })),
      repeated(new Uint8Array(oggPage([new Uint8Array(9)])), 200_000),
    ]),
    'beginnings of pages': joined([
      new Uint8Array(oggOpus([Uint8Array.of(0xfc)])),
      repeated(new Uint8Array(Buffer.from('OggS\0')), 400_000),
    ]),
    'a packet without an end': joined([
      new Uint8Array(oggOpus([])),
      repeated(
        new Uint8Array(oggPage([new Uint8Array(255 * 255)], { isContinued: true, isOpen: true })),
        100,
      ),
    ]),
    'many short packets': joined([
      new Uint8Array(oggOpus([])),
      repeated(new Uint8Array(oggPage(Array<Uint8Array>(255).fill(Uint8Array.of(0xfc)))), 500),
    ]),
    'many comments': new Uint8Array(oggOpus([Uint8Array.of(0xfc)], ...Array<string>(12_000).fill(''))),
    'a long list of levels': new Uint8Array(
      oggOpus([Uint8Array.of(0xfc)], `AUDIO_LEVELS=${'7f'.repeat(30_000)}`),
    ),
  }),
  open: () => ({ read: (bytes) => readMedia(bytes) }),
};

/** From front to back, then from the middle, as whoever plays it does. */
function readMedia(bytes: Uint8Array): Promise<string> {
  return laterOutcomeOf(
    async () => {
      const media = await openMedia(bytes);
      try {
        const starts = media.isSeekable ? [undefined, 500] : [undefined];
        for (const track of [media.audio, media.video]) if (track) await readTrack(track, starts);
      } finally {
        media.close();
      }
    },
    (error) => error instanceof ParseError && ['container', 'ivf'].includes(error.source),
  );
}

async function readTrack(track: EncodedTrack, starts: readonly (number | undefined)[]): Promise<void> {
  for (const start of starts) {
    if (start !== undefined) await track.seek(start);
    for await (const { at, data, duration } of track) {
      const isTime = Number.isFinite(at) && Number.isFinite(duration) && duration >= 0;
      if (!isTime || data.length === 0) throw new Error(`a frame at ${at} ms, for ${duration} ms`);
    }
  }
}

/** Frames in a container that is as it should be. */
function asIvf(codec: string, frames: readonly Uint8Array[]): Uint8Array {
  const head = Buffer.alloc(32);
  head.write(`DKIF\0\0 \0${codec}`, 'latin1');
  head.writeUInt16LE(64, 12);
  head.writeUInt16LE(48, 14);
  head.writeUInt32LE(30, 16);
  head.writeUInt32LE(1, 20);
  const parts: Uint8Array[] = [head];
  for (const [index, frame] of frames.entries()) {
    const before = Buffer.alloc(12);
    before.writeUInt32LE(frame.length, 0);
    before.writeUInt32LE(index, 4);
    parts.push(before, frame);
  }
  return joined(parts);
}

export const webmTarget: FuzzTarget<Uint8Array> = {
  name: 'webm',
  inputs: damagedBytes(knownWebm, 4),
  worst: () => ({ 'a cluster without an end': joined([webm.slice(0, 400), new Uint8Array(8_000_000)]) }),
  open: () => ({ read: (bytes) => readMedia(bytes) }),
};

export const mp4Target: FuzzTarget<Uint8Array> = {
  name: 'mp4',
  inputs: damagedBytes(knownMp4, 4),
  worst: () => ({
    'a run of samples without sizes': withNumber(fragmented, 'trun', 8, 0xfffffff0),
    'runs of samples without sizes': withRuns(fragmented, 400, 100_000),
    'a run of another length': withNumber(withNumber(fragmented, 'trun', 8, 0xfffffff0), 'trun', -4, 20),
    'samples of no length': withNumber(whole, 'stsz', 8, 0xfffffff0),
    'boxes in boxes': joined([whole.slice(0, 32), nested(20_000)]),
  }),
  open: () => ({ read: (bytes) => readMedia(bytes) }),
};

/** With the number at this offset from the box's name. */
function withNumber(bytes: Uint8Array, name: string, offset: number, value: number): Uint8Array {
  const changed = Buffer.from(bytes);
  changed.writeUInt32BE(value, changed.indexOf(name, 0, 'latin1') + offset);
  return new Uint8Array(changed);
}

/** The first run of samples, many times in its fragment, each with so many samples that have no fields of their own. */
function withRuns(bytes: Uint8Array, times: number, count: number): Uint8Array {
  const file = Buffer.from(bytes);
  const at = file.indexOf('trun', 0, 'latin1') - 4;
  const run = Buffer.alloc(16);
  run.writeUInt32BE(16, 0);
  run.write('trun', 4, 'latin1');
  run.writeUInt32BE(count, 12);
  const more = run.length * times;
  for (const box of ['moof', 'traf']) {
    const start = file.indexOf(box, 0, 'latin1') - 4;
    file.writeUInt32BE(file.readUInt32BE(start) + more, start);
  }
  return joined([file.subarray(0, at), ...Array<Uint8Array>(times).fill(run), file.subarray(at)]);
}

/** Boxes, each in the one before. */
function nested(depth: number): Uint8Array {
  const boxes = Buffer.alloc(depth * 8);
  for (let index = 0; index < depth; index += 1) {
    boxes.writeUInt32BE((depth - index) * 8, index * 8);
    boxes.write(index === 0 ? 'moov' : 'mdia', index * 8 + 4, 'latin1');
  }
  return boxes;
}

function repeated(bytes: Uint8Array, times: number): Uint8Array {
  const whole = new Uint8Array(bytes.length * times);
  for (let index = 0; index < times; index++) whole.set(bytes, index * bytes.length);
  return whole;
}
