/** A stream of bytes as pictures of one size (I420: the brightness of each pixel, then a quarter as many of both colours). */
import { MediaError } from '../../base/errors.ts';

export function pictureBytes(width: number, height: number): number {
  return width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2);
}

/** @throws MediaError `picture-incomplete` when it ends in the middle of one */
export async function* rawPictures(
  stream: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let picture = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of stream) {
    for (let offset = 0; offset < chunk.length; ) {
      const part = chunk.subarray(offset, offset + size - filled);
      picture.set(part, filled);
      offset += part.length;
      filled += part.length;
      if (filled < size) continue;
      yield picture;
      // Whoever has it may still need it.
      picture = new Uint8Array(size);
      filled = 0;
    }
  }
  if (filled > 0)
    throw new MediaError(
      `showing raw pictures: the stream ended after ${filled} of the ${size} bytes of one; say the right width and height, in yuv420p`,
      { code: 'picture-incomplete' },
    );
}
