/** Bytes of samples, as files and programs write them, little-endian ⇄ 16 bits. */

export type SampleFormat = 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64';

export const bytesOfSample: Readonly<Record<SampleFormat, number>> = {
  u8: 1,
  s16: 2,
  s24: 3,
  s32: 4,
  f32: 4,
  f64: 8,
};

/** @param bytes whole samples; what is left over at the end is not read */
export function toInt16(bytes: Uint8Array, format: SampleFormat): Int16Array {
  const size = bytesOfSample[format];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Int16Array(Math.floor(bytes.length / size));
  const read = readers[format];
  for (let index = 0; index < samples.length; index += 1) samples[index] = read(view, index * size);
  return samples;
}

/** Beyond -1 to 1 it is as loud as can be; what is no number is silence. */
export function floatsToInt16(floats: ArrayLike<number>): Int16Array {
  const samples = new Int16Array(floats.length);
  for (let index = 0; index < samples.length; index += 1) samples[index] = ofFloat(floats[index] ?? 0);
  return samples;
}

const readers: Readonly<Record<SampleFormat, (view: DataView, at: number) => number>> = {
  u8: (view, at) => (view.getUint8(at) - 128) << 8,
  s16: (view, at) => view.getInt16(at, true),
  // The lowest bits are not heard.
  s24: (view, at) => view.getInt16(at + 1, true),
  s32: (view, at) => view.getInt16(at + 2, true),
  f32: (view, at) => ofFloat(view.getFloat32(at, true)),
  f64: (view, at) => ofFloat(view.getFloat64(at, true)),
};

/** With comparisons: `Math.max`, `min` and `round` take twice as long, for each sample that anybody hears. */
function ofFloat(value: number): number {
  const scaled = value * 32_768;
  if (scaled >= 32_767) return 32_767;
  return scaled <= -32_768 ? -32_768 : Math.floor(scaled + 0.5);
}
