import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../../src/media/container/byte-reader.ts';
import { StreamSource } from '../../../../src/media/origin/stream-source.ts';

async function* of(...pieces: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

async function whole(source: StreamSource): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.bytes()) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('a stream', () => {
  it.each([[[3_000_000]], [[10, 3_000_000, 5]]])(
    'whose beginning was looked at is read whole, whatever its pieces are: %j',
    async (lengths) => {
      const pieces = lengths.map((length, index) => new Uint8Array(length).fill(index + 1));
      const source = new StreamSource(of(...pieces));
      expect(await new ByteReader(source).peek(64)).toHaveLength(64);
      expect((await whole(source)).equals(Buffer.concat(pieces))).toBe(true);
    },
  );

  it('of which much was read is not read again', async () => {
    const source = new StreamSource(of(new Uint8Array(3_000_000), new Uint8Array(1)));
    await whole(source);
    await expect(whole(source)).rejects.toMatchObject({ code: 'media-not-repeatable' });
  });

  it('may have empty pieces, and cannot consist of them', async () => {
    const empty = new Uint8Array(0);
    const source = new StreamSource(of(empty, Uint8Array.of(1), empty, empty, Uint8Array.of(2), empty));
    expect([...(await whole(source))]).toEqual([1, 2]);
    expect([...(await whole(source))]).toEqual([1, 2]);
    const nothing = new StreamSource(
      (async function* () {
        for (;;) yield await Promise.resolve(empty);
      })(),
    );
    await expect(whole(nothing)).rejects.toMatchObject({ code: 'media-unreadable' });
  });
});
