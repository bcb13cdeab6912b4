/** Writes IVF files for tests. */

export interface IvfOptions {
  fourCc?: string;
  /** Units of time a second. */
  rate?: number;
  scale?: number;
  width?: number;
  height?: number;
}

export interface IvfFrame {
  time: number;
  data: Uint8Array;
}

export function ivf(frames: readonly IvfFrame[], options: IvfOptions = {}): Buffer {
  const head = Buffer.alloc(32);
  head.write('DKIF', 0, 'latin1');
  head.writeUInt16LE(32, 6);
  head.write(options.fourCc ?? 'VP80', 8, 'latin1');
  head.writeUInt16LE(options.width ?? 640, 12);
  head.writeUInt16LE(options.height ?? 360, 14);
  head.writeUInt32LE(options.rate ?? 30, 16);
  head.writeUInt32LE(options.scale ?? 1, 20);
  head.writeUInt32LE(frames.length, 24);
  const written = frames.map(({ time, data }) => {
    const frameHead = Buffer.alloc(12);
    frameHead.writeUInt32LE(data.length, 0);
    frameHead.writeBigUInt64LE(BigInt(time), 4);
    return Buffer.concat([frameHead, data]);
  });
  return Buffer.concat([head, ...written]);
}

/** Something that begins as a VP8 frame does (RFC 6386, 9.1). */
export function vp8Frame(isKeyFrame: boolean, length = 10): Buffer {
  const frame = Buffer.alloc(length, 0xaa);
  frame.set(isKeyFrame ? [0x10, 0, 0, 0x9d, 0x01, 0x2a] : [0x11]);
  return frame;
}
