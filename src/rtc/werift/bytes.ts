/** Bytes as werift and Node want them, and as the port hands them out: the same memory, by another name. */

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** What is handed out is no `Buffer`: the `slice` of one shares its bytes, which whoever is promised a `Uint8Array` does not expect. */
export function asBytes(datagram: Buffer): Uint8Array {
  return new Uint8Array(datagram.buffer, datagram.byteOffset, datagram.length);
}
