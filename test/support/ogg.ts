/** Writes Ogg pages (RFC 3533) for tests, written apart from the reader: its checksum goes bit by bit. */

export interface PageOptions {
  serialNumber?: number;
  /** Samples at 48 kHz. */
  granulePosition?: number;
  isContinued?: boolean;
  isFirst?: boolean;
  isLast?: boolean;
  /** The last packet goes on on the next page. */
  isOpen?: boolean;
}

export function oggPage(packets: readonly Uint8Array[], options: PageOptions = {}): Buffer {
  const segments = packets.flatMap(({ length }, index) => {
    const full = Array<number>(Math.floor(length / 255)).fill(255);
    return options.isOpen === true && index === packets.length - 1 ? full : [...full, length % 255];
  });
  if (segments.length > 255) throw new Error('too much for a page');
  const flags = [options.isContinued, options.isFirst, options.isLast];
  const head = Buffer.alloc(27);
  head.write('OggS', 0, 'latin1');
  head[5] = flags.reduce((sum, flag, bit) => sum | (flag === true ? 1 << bit : 0), 0);
  head.writeBigInt64LE(BigInt(options.granulePosition ?? 0), 6);
  head.writeUInt32LE(options.serialNumber ?? 1, 14);
  head[26] = segments.length;
  const page = Buffer.concat([head, Buffer.from(segments), ...packets]);
  page.writeUInt32LE(crcOf(page), 22);
  return page;
}

export function opusHead(channels = 1, mapping = 0): Buffer {
  const head = Buffer.alloc(19);
  head.write('OpusHead', 0, 'latin1');
  head[8] = 1;
  head[9] = channels;
  head.writeUInt32LE(48_000, 12);
  head[18] = mapping;
  return head;
}

export function opusTags(...comments: string[]): Buffer {
  const texts = ['test', ...comments].map((text) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(Buffer.byteLength(text));
    return Buffer.concat([length, Buffer.from(text)]);
  });
  const count = Buffer.alloc(4);
  count.writeUInt32LE(comments.length);
  const [vendor = Buffer.alloc(0), ...rest] = texts;
  return Buffer.concat([Buffer.from('OpusTags'), vendor, count, ...rest]);
}

/** An Ogg file of these Opus packets. */
export function oggOpus(packets: readonly Uint8Array[], ...comments: string[]): Buffer {
  return Buffer.concat([
    oggPage([opusHead()], { isFirst: true }),
    oggPage([opusTags(...comments)]),
    ...packets.map((packet, index) => oggPage([packet], { isLast: index === packets.length - 1 })),
  ]);
}

/** The checksums of all pages up to the first that is none, made right. */
export function withChecksums(bytes: Uint8Array): Buffer {
  const file = Buffer.from(bytes);
  for (let offset = 0; file.toString('latin1', offset, offset + 4) === 'OggS'; ) {
    const segments = file.subarray(offset + 27, offset + 27 + (file[offset + 26] ?? 0));
    const end = offset + 27 + segments.length + segments.reduce((sum, length) => sum + length, 0);
    if (offset + 27 > file.length || end > file.length) break;
    file.writeUInt32LE(0, offset + 22);
    file.writeUInt32LE(crcOf(file.subarray(offset, end)), offset + 22);
    offset = end;
  }
  return file;
}

function crcOf(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      const out = (crc >>> 31) ^ ((byte >> bit) & 1);
      crc = (crc << 1) ^ (out === 1 ? 0x04c11db7 : 0);
    }
  }
  return crc >>> 0;
}
