/**
 * A message on its way to one endpoint or many: what the bridge wrote of it, and the rest as it came. It is made once for all of
 * them, and its parts go out as they are.
 */

/** Below this one copy is cheaper than several writes. */
const smallSize = 4096;

export class OutgoingMessage {
  /** Bytes. */
  readonly size: number;
  #parts: readonly Buffer[];
  #frame: readonly Buffer[] | undefined;

  /** @param parts its UTF-8 in pieces, not to be changed afterwards */
  constructor(...parts: readonly Buffer[]) {
    this.#parts = parts;
    this.size = parts.reduce((size, { length }) => size + length, 0);
  }

  static text(text: string): OutgoingMessage {
    return new OutgoingMessage(Buffer.from(text));
  }

  /** In one piece, in memory that is its own: the parts may hold on to much more than themselves, as pieces of what was read. */
  get bytes(): Buffer {
    const [first] = this.#parts;
    if (first && this.#parts.length === 1) return first;
    const bytes = Buffer.concat(this.#parts);
    this.#parts = [bytes];
    return bytes;
  }

  /** As a WebSocket frame of a server: text, unmasked (RFC 6455, 5.2). @param isWaiting it will stay in memory for a while */
  frame(isWaiting: boolean): readonly Buffer[] {
    if (this.#frame && (!isWaiting || this.#frame.length === 1)) return this.#frame;
    const header = frameHeader(this.size);
    if (isWaiting || this.size < smallSize) this.#frame = [Buffer.concat([header, ...this.#parts])];
    else {
      const [first, ...others] = this.#parts;
      this.#frame = first ? [Buffer.concat([header, first]), ...others] : [header];
    }
    return this.#frame;
  }
}

const finalText = 0x81;

function frameHeader(size: number): Buffer {
  if (size < 126) return Buffer.of(finalText, size);
  if (size < 65_536) return Buffer.of(finalText, 126, size >> 8, size & 0xff);
  const header = Buffer.alloc(10);
  header[0] = finalText;
  header[1] = 127;
  header.writeUInt32BE(size, 6);
  return header;
}
