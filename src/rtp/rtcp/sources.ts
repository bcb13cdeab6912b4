/** SDES, of which only the CNAME is kept, and BYE, without its reason (RFC 3550, 6.5 and 6.6). */
import { readUint32, writeUint32 } from '../bytes.ts';
import type { Bye, SourceDescription } from '../rtcp.ts';
import { headerLength, maxCount, payloadTypes, rtcpPacket } from './bytes.ts';

const cnameItem = 1;
const maxTextLength = 255;

/** Chunks without a CNAME are left out. */
export function parseSdes(body: Uint8Array, count: number): SourceDescription | undefined {
  const chunks: { ssrc: number; cname: string }[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + 8 > body.length) return undefined;
    const ssrc = readUint32(body, at);
    let cname: string | undefined;
    at += 4;
    while (at < body.length && body[at] !== 0) {
      const start = at + 2;
      const end = start + (body[at + 1] ?? 0);
      if (end > body.length) return undefined;
      if (body[at] === cnameItem) cname = new TextDecoder().decode(body.subarray(start, end));
      at = end;
    }
    // The items end in zeros: at least one, and up to the next multiple of four.
    at = (at + 4) & ~3;
    if (cname !== undefined) chunks.push({ ssrc, cname });
  }
  return { type: 'sdes', chunks };
}

export function buildSdes({ chunks }: SourceDescription): Uint8Array {
  const named = chunks
    .slice(0, maxCount)
    .map(({ ssrc, cname }) => ({ ssrc, text: new TextEncoder().encode(cname).subarray(0, maxTextLength) }));
  let length = 0;
  for (const { text } of named) length += chunkLength(text);
  const bytes = rtcpPacket(payloadTypes.sdes, named.length, length);
  let at = headerLength;
  for (const { ssrc, text } of named) {
    writeUint32(bytes, at, ssrc);
    bytes[at + 4] = cnameItem;
    bytes[at + 5] = text.length;
    bytes.set(text, at + 6);
    at += chunkLength(text);
  }
  return bytes;
}

export function parseBye(body: Uint8Array, count: number): Bye | undefined {
  if (count * 4 > body.length) return undefined;
  return { type: 'bye', ssrcs: Array.from({ length: count }, (_, index) => readUint32(body, index * 4)) };
}

export function buildBye({ ssrcs }: Bye): Uint8Array {
  const listed = ssrcs.slice(0, maxCount);
  const bytes = rtcpPacket(payloadTypes.bye, listed.length, listed.length * 4);
  for (const [index, ssrc] of listed.entries()) writeUint32(bytes, headerLength + index * 4, ssrc);
  return bytes;
}

function chunkLength(text: Uint8Array): number {
  return (4 + 2 + text.length + 4) & ~3;
}
