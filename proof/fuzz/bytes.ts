/** Damage to bytes, as fast-check arbitraries. */
import * as fc from 'fast-check';

interface ByteEdit {
  kind: 'bit' | 'byte' | 'number' | 'remove' | 'double' | 'insert' | 'truncate' | 'splice';
  /** Where, as a part of the length. */
  at: number;
  size: number;
  value: number;
  piece: Uint8Array;
}

/** Lengths and counters at their ends. */
const numbers = [
  0, 1, 2, 3, 4, 7, 8, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000,
];

/** An edit; `splice` takes its piece from one of `known`. */
export function byteEdit(known: readonly Uint8Array[]): fc.Arbitrary<ByteEdit> {
  const somewhere = fc.double({ min: 0, max: 1, noNaN: true });
  const fragment = fc
    .tuple(fc.constantFrom(...known), somewhere, fc.integer({ min: 1, max: 64 }))
    .map(([bytes, at, size]) => {
      const start = Math.floor(at * bytes.length);
      return bytes.subarray(start, start + size);
    });
  return fc.record({
    kind: fc.constantFrom(
      'bit',
      'byte',
      'byte',
      'number',
      'number',
      'remove',
      'double',
      'insert',
      'truncate',
      'splice',
    ),
    at: somewhere,
    size: fc.integer({ min: 1, max: 32 }),
    value: fc.oneof(fc.constantFrom(...numbers, 0xffffffff), fc.nat(255)),
    piece: fragment,
  });
}

export function editedBytes(bytes: Uint8Array, { kind, at, size, value, piece }: ByteEdit): Uint8Array {
  const start = Math.floor(at * bytes.length);
  const end = Math.min(bytes.length, start + size);
  switch (kind) {
    case 'bit':
    case 'byte': {
      const changed = Uint8Array.from(bytes);
      if (start < changed.length)
        changed[start] = kind === 'byte' ? value : (changed[start] ?? 0) ^ (1 << (size % 8));
      return changed;
    }
    case 'number': {
      const changed = Uint8Array.from(bytes);
      const view = new DataView(changed.buffer);
      const isLittle = size % 2 === 0;
      if (size % 3 === 0 && start + 4 <= changed.length) view.setUint32(start, value, isLittle);
      else if (start + 2 <= changed.length) view.setUint16(start, value, isLittle);
      return changed;
    }
    case 'remove':
      return joined([bytes.subarray(0, start), bytes.subarray(end)]);
    case 'double':
      return joined([bytes.subarray(0, end), bytes.subarray(start)]);
    case 'insert':
      return joined([bytes.subarray(0, start), piece, bytes.subarray(start)]);
    case 'truncate':
      return bytes.slice(0, start);
    case 'splice':
      return joined([bytes.subarray(0, start), piece, bytes.subarray(end)]);
  }
}

/** One of `known` with a few edits. */
export function damagedBytes(known: readonly Uint8Array[], most = 4): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...known), fc.array(byteEdit(known), { minLength: 1, maxLength: most }))
    .map(([bytes, edits]) => edits.reduce(editedBytes, bytes));
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Several packets as one input: each after its length in two bytes. */
export function framed(packets: readonly Uint8Array[]): Uint8Array {
  return joined(packets.flatMap((packet) => [Uint8Array.of(packet.length >>> 8, packet.length), packet]));
}

/** The packets of an input, however it was cut since. */
export function unframed(input: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let offset = 0; offset + 2 <= input.length; ) {
    const start = offset + 2;
    offset = start + (input[offset] ?? 0) * 256 + (input[offset + 1] ?? 0);
    packets.push(input.subarray(start, offset));
  }
  return packets;
}
