/** The encoded frames of `test/fixtures/codecs`, read by means of their own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const clipSize: { width: number; height: number } = { width: 98, height: 66 };
/** Of the four frames. */
export const clipKeyFrames: boolean[] = [true, false, false, true];

export const clips: Record<'vp8' | 'vp9' | 'av1' | 'h264', Uint8Array[]> = {
  vp8: ivfFrames('vp8.ivf'),
  vp9: ivfFrames('vp9.ivf'),
  av1: ivfFrames('av1.ivf'),
  h264: accessUnits('h264.h264'),
};

function read(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, '../../../fixtures/codecs', name));
}

function ivfFrames(name: string): Uint8Array[] {
  const file = read(name);
  const frames: Uint8Array[] = [];
  for (let offset = file.readUInt16LE(6); offset < file.length; ) {
    const end = offset + 12 + file.readUInt32LE(offset);
    frames.push(new Uint8Array(file.subarray(offset + 12, end)));
    offset = end;
  }
  return frames;
}

/** Units without start codes. */
export function nalUnits(bytes: Uint8Array): Uint8Array[] {
  return (
    Buffer.from(bytes)
      .toString('latin1')
      .split('\0\0\u0001')
      .slice(1)
      // A start code of four bytes has left its first with the unit before.
      .map((text) => text.replace(/\0$/u, ''))
      .map((text) => new Uint8Array(Buffer.from(text, 'latin1')))
  );
}

export function annexB(units: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(units.flatMap((unit) => [Buffer.from([0, 0, 0, 1]), unit])));
}

/** Each begins with a delimiter. */
function accessUnits(name: string): Uint8Array[] {
  const pictures: Uint8Array[][] = [];
  for (const unit of nalUnits(read(name)))
    if (unit[0] === 0x09) pictures.push([unit]);
    else pictures.at(-1)?.push(unit);
  return pictures.map(annexB);
}

/** Pictures of several slices, without delimiters: the fourth begins with the second parameter set. */
export const slicedUnits: Uint8Array[] = nalUnits(read('baseline.h264'));
