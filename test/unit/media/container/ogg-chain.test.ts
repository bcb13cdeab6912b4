/** Chained Ogg: whole files one after the other. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../../../src/base/errors.ts';
import { openContainer, openMedia } from '../../../../src/media/container/open-media.ts';
import type { EncodedFrame, Media } from '../../../../src/media/container/media.ts';
import { isChained } from '../../../../src/media/container/ogg-links.ts';
import { ffmpegOutput } from '../../../../src/media/ffmpeg/run-ffmpeg.ts';
import type { ByteSource, MediaOrigin } from '../../../../src/media/origin/byte-source.ts';
import type { OriginOptions } from '../../../../src/media/origin/open-origin.ts';
import { MemorySource } from '../../../../src/media/origin/memory-source.ts';
import { oggPage, opusHead, opusTags } from '../../../support/ogg.ts';

const clip = (name: string): Buffer => readFileSync(join(import.meta.dirname, '../../../../clips', name));
/** 20 ms, with a number. */
const packet = (number: number): Buffer => Buffer.from([0x08, number, 1]);

interface LinkOptions {
  serialNumber?: number;
  /** ms at which its times begin, as those of a radio that goes on for long */
  from?: number;
  head?: Buffer;
}

/** A file of these packets, a page each. */
function link(numbers: readonly number[], { serialNumber = 1, from = 0, head }: LinkOptions = {}): Buffer {
  return Buffer.concat([
    oggPage([head ?? opusHead()], { serialNumber, isFirst: true }),
    oggPage([opusTags()], { serialNumber }),
    ...numbers.map((number, index) =>
      oggPage([packet(number)], {
        serialNumber,
        granulePosition: (from + (index + 1) * 20) * 48,
        isLast: index === numbers.length - 1,
      }),
    ),
  ]);
}

/** In pieces of so many bytes. */
async function* stream(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function read(
  origin: MediaOrigin,
  options: OriginOptions = {},
): Promise<{ media: Media; frames: EncodedFrame[]; heard: string }> {
  using media = await openMedia(origin, options);
  const frames: EncodedFrame[] = [];
  for await (const frame of media.audio ?? []) frames.push(frame);
  return { media, frames, heard: frames.map(({ at, data }) => `${data[1]}@${at}`).join(' ') };
}

const surround = Buffer.concat([opusHead(6, 1), Buffer.from([4, 2, 0, 4, 1, 2, 3, 5])]);
const first = link([1, 2, 3]);
const second = link([4, 5], { serialNumber: 2 });
const all = '1@0 2@20 3@40 4@60 5@80';

describe('a chained Ogg', () => {
  it.each([
    ['bytes', Buffer.concat([first, second])],
    ['bytes of one serial number, as of the same file twice', Buffer.concat([first, link([4, 5])])],
    ['a stream in large pieces', stream(Buffer.concat([first, second]), 100_000)],
    ['a stream byte by byte', stream(Buffer.concat([first, second]), 1)],
    ['a stream of one serial number', stream(Buffer.concat([first, link([4, 5])]), 50)],
    ['what is lost between two', Buffer.concat([first, Buffer.from('lost OggS'), second])],
    ['a link without anything', Buffer.concat([first, first.subarray(0, 47), second])],
    ['one without sound', Buffer.concat([first, link([], { head: Buffer.from('\x80theora') }), second])],
    ['one that nothing follows', Buffer.concat([first, second, first.subarray(0, 47)])],
    ['times that begin late', Buffer.concat([first, link([4, 5], { serialNumber: 2, from: 5_000_000 })])],
  ])('is one sound without a gap: %s', async (_, origin) => {
    const { heard, media } = await read(origin);
    expect(heard).toBe(all);
    expect([media.isSeekable, media.duration]).toEqual([false, undefined]);
  });

  it('has the packets of real files, with their levels', async () => {
    const [speech, tone] = [clip('speech.ogg'), clip('tone.ogg')];
    const [one, other] = [await read(speech), await read(tone)];
    for (const origin of [Buffer.concat([speech, tone]), stream(Buffer.concat([speech, tone]), 5_000)]) {
      const { frames } = await read(origin);
      expect(frames.map(({ data }) => data)).toEqual(
        [...one.frames, ...other.frames].map(({ data }) => data),
      );
      expect(frames.map(({ audioLevel }) => audioLevel)).toEqual(
        [...one.frames, ...other.frames].map(({ audioLevel }) => audioLevel),
      );
      for (const [index, { at }] of frames.slice(1).entries())
        expect(at).toBeCloseTo((frames[index]?.at ?? 0) + (frames[index]?.duration ?? 0), 6);
    }
  });

  it.each([
    ['a radio, which has no end that it knows', (response: ServerResponse) => response.writeHead(200)],
    [
      'a server that hands out parts',
      (response: ServerResponse, { headers }: IncomingMessage, bytes: Buffer) => {
        const start = Number(/\d+/.exec(headers.range ?? '')?.[0] ?? 0);
        response.writeHead(206, { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` });
        return start;
      },
    ],
  ])('comes from %s', async (_, begin) => {
    const bytes = Buffer.concat([first, second]);
    await using server = createServer((request, response) => {
      const start = begin(response, request, bytes);
      response.end(bytes.subarray(typeof start === 'number' ? start : 0));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { heard } = await read(`http://127.0.0.1:${port}/`, { allowPrivate: true });
    expect(heard).toBe(all);
    server.closeAllConnections();
  });

  it('cannot be sought in', async () => {
    using media = await openMedia(Buffer.concat([first, second]));
    await expect(media.audio?.seek(20)).rejects.toMatchObject({ code: 'media-not-seekable' });
  });

  it('says so when it goes on in another codec', async () => {
    const vorbis = await ffmpegOutput({
      purpose: 'to test',
      inputs: [{ lavfi: 'sine=duration=1' }],
      output: ['-c:a', 'libvorbis', '-f', 'ogg'],
    });
    using media = await openMedia(Buffer.concat([first, vorbis]));
    for (let count = 0; count < 3; count += 1) expect((await media.audio?.read())?.data[1]).toBe(count + 1);
    await expect(media.audio?.read()).rejects.toMatchObject({
      code: 'container-damaged',
      message: expect.stringContaining('it goes on in vorbis (1 channels) after opus (1)'),
    });
  });

  it.each([
    ['one', opusHead()],
    ['two', opusHead(2)],
  ])('says so when it goes on with more channels than whoever took %s can send', async (_, head) => {
    using media = await openMedia(
      Buffer.concat([link([1], { head }), link([2], { head: opusHead(2) }), link([3], { head: surround })]),
    );
    expect((await media.audio?.read())?.data[1]).toBe(1);
    expect((await media.audio?.read())?.data[1]).toBe(2);
    await expect(media.audio?.read()).rejects.toMatchObject({
      code: 'container-damaged',
      message: expect.stringContaining('it goes on in opus (6 channels)'),
    });
  });

  it('may have as many as it likes where it began with more than two', async () => {
    const { heard, media } = await read(Buffer.concat([link([1], { head: surround }), link([2])]));
    expect([heard, media.audio?.channels]).toEqual(['1@0 2@20', 6]);
  });

  it('is closed in the middle of it', async () => {
    const origin = new PassThrough();
    const long = link(Array.from({ length: 100 }, (_, index) => index));
    origin.write(Buffer.concat([long, second]).subarray(0, long.length + 10));
    const media = await openMedia(origin);
    await media.audio?.read();
    const next = (async () => {
      for (;;) await media.audio?.read();
    })();
    await new Promise((resolve) => setImmediate(resolve));
    media.close();
    await expect(next).rejects.toMatchObject({ code: 'media-closed' });
    expect(origin.destroyed).toBe(true);
  });
});

describe('an Ogg of one link', () => {
  const theora = Buffer.concat([
    oggPage([Buffer.from('\x80theora')], { serialNumber: 9, isFirst: true }),
    first,
    oggPage([Buffer.from('frame')], { serialNumber: 9 }),
  ]);

  it.each([
    ['alone', clip('speech.ogg'), 5_080],
    ['with other streams in it', theora, 60],
  ])('can be sought in, and has a length: %s', async (_, bytes, duration) => {
    const { media } = await read(bytes);
    expect([media.isSeekable, Math.round(media.duration ?? 0)]).toEqual([true, duration]);
  });

  it('is one where the next begins, wherever that is', async () => {
    // What is looked through at once ends somewhere in or beside the next link's head.
    const before = 256 * 1024 - link([]).length;
    for (let more = -40; more <= 60; more += 1) {
      const long = Buffer.concat([
        link([]),
        oggPage([Buffer.alloc(60_000)]),
        Buffer.alloc(before - 60_263 + more),
      ]);
      expect(await isChained(new MemorySource(Buffer.concat([long, link([1])])))).toBe(true);
      expect(await isChained(new MemorySource(long))).toBe(false);
    }
  });

  it('is known by its end where it is far away', async () => {
    const long = link(Array.from({ length: 20_000 }, (_, index) => index % 250));
    for (const [bytes, chained] of [
      [long, false],
      [Buffer.concat([long, link([1], { serialNumber: 2 })]), true],
      [Buffer.concat([link([1], { serialNumber: 2 }), long]), true],
    ] as const) {
      const memory = new MemorySource(bytes);
      let wanted = 0;
      const far: ByteSource = {
        name: 'far away',
        size: bytes.length,
        isSeekable: true,
        isNear: false,
        read: (start, end) => {
          wanted += end - start;
          return memory.read(start, end);
        },
        bytes: () => memory.bytes(),
        close: () => memory.close(),
      };
      expect(await isChained(far)).toBe(chained);
      expect(wanted).toBeLessThan(300_000);
      expect(bytes.length).toBeGreaterThan(600_000);
      if (chained) {
        using media = await openContainer(far, 'ogg');
        expect(media.isSeekable).toBe(false);
      }
    }
  });
});

it('does nothing worse than a ParseError, whatever pages and pieces there are', async () => {
  const page = fc.record({
    packets: fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }),
    bits: fc.nat(15),
    serialNumber: fc.nat(1),
  });
  const junk = fc
    .array(fc.oneof(page, fc.constantFrom(first, second, opusHead()), fc.uint8Array({ maxLength: 60 })), {
      maxLength: 8,
    })
    .map((parts) =>
      parts.map((part) => {
        if (part instanceof Uint8Array) return part;
        const { bits, packets, serialNumber } = part;
        const [isContinued = false, isFirst = false, isLast = false, isOpen = false] = [1, 2, 4, 8].map(
          (bit) => (bits & bit) !== 0,
        );
        return oggPage(packets, { serialNumber, isContinued, isFirst, isLast, isOpen });
      }),
    );
  await fc.assert(
    fc.asyncProperty(junk, fc.integer({ min: 1, max: 200 }), async (parts, size) => {
      const bytes = Buffer.concat([first, ...parts]);
      for (const origin of [bytes, stream(bytes, size)])
        try {
          expect((await read(origin)).frames.length).toBeGreaterThanOrEqual(3);
        } catch (error) {
          if (!(error instanceof ParseError)) throw error;
        }
    }),
  );
});
