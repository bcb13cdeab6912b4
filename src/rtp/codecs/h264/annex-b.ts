/** The byte stream of H.264, annex B: start codes between NAL units. */

export const startCode: Uint8Array = Uint8Array.of(0, 0, 0, 1);

/** The units, as views, without start codes and the zeros that may follow them. What is before the first start code is none. */
export function unitsOfAnnexB(bytes: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let start = -1;
  for (let one = bytes.indexOf(1, 2); one >= 0; one = bytes.indexOf(1, one + 1)) {
    if (bytes[one - 1] !== 0 || bytes[one - 2] !== 0) continue;
    if (start >= 0) addUnit(units, bytes, start, one - 2);
    start = one + 1;
  }
  if (start >= 0) addUnit(units, bytes, start, bytes.length);
  return units;
}

function addUnit(units: Uint8Array[], bytes: Uint8Array, start: number, limit: number): void {
  let end = limit;
  while (end > start && bytes[end - 1] === 0) end--;
  if (end > start) units.push(bytes.subarray(start, end));
}
