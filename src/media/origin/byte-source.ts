/** Bytes that somebody else has: a file's, a server's, a program's. */

/** What is to be played or read: a path, a URL (`http:`, `https:`, `file:`), bytes, or a stream of them. */
export type MediaOrigin = string | URL | Uint8Array | AsyncIterable<Uint8Array>;

export interface ByteSource {
  /** For messages: a path, an address without secrets, "the stream". */
  readonly name: string;
  /** Bytes; undefined: nobody knows before the end. */
  readonly size: number | undefined;
  /** Any part of it can be read, at any time. Its size is known then. */
  readonly isSeekable: boolean;
  /** Reading more than is needed costs next to nothing, as of a file. */
  readonly isNear: boolean;
  /**
   * Of what {@link isSeekable}: these bytes, all of them.
   * @param end behind the last one, at most the size
   */
  read(start: number, end: number): Promise<Uint8Array>;
  /**
   * All bytes from the first one on; one reader at a time.
   * @throws UsageError `media-not-repeatable`, when it comes once only and too much of it has been read
   */
  bytes(): AsyncIterable<Uint8Array>;
  /** Whoever reads gets an error. */
  close(): void;
}

/** Bytes of a piece in which something long is read. */
export const pieceSize: number = 64 * 1024;
