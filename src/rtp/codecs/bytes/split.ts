/** Cuts bytes into pieces of at most `max` that differ by one at most, as views: a last packet of a few bytes would cost as much as another. */
export function splitEvenly(bytes: Uint8Array, max: number): Uint8Array[] {
  const count = Math.ceil(bytes.length / max);
  const pieces: Uint8Array[] = [];
  for (let index = 0, start = 0; index < count; index++) {
    const end = Math.floor((bytes.length * (index + 1)) / count);
    pieces.push(bytes.subarray(start, end));
    start = end;
  }
  return pieces;
}
