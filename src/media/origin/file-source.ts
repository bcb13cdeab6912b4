/** A file on this machine. What is no regular file, such as a pipe, is a stream. */
import { type FileHandle, open } from 'node:fs/promises';
import type { ByteSource } from './byte-source.ts';
import { pieceSize } from './byte-source.ts';
import { closedError, originError, unreadable } from './origin-error.ts';
import { StreamSource } from './stream-source.ts';

/** @throws UsageError `media-unreadable` */
export async function openFile(path: string, name: string = path): Promise<ByteSource> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    throw unreadable(name, error);
  }
  try {
    const status = await file.stat();
    if (status.isFile()) return new FileSource(file, status.size, name);
    if (!status.isFIFO() && !status.isSocket() && !status.isCharacterDevice())
      throw originError(name, 'media-unreadable', 'it is no file');
    return new StreamSource(file.createReadStream(), name);
  } catch (error) {
    await file.close().catch(() => {});
    throw error;
  }
}

class FileSource implements ByteSource {
  readonly isSeekable = true;
  readonly isNear = true;
  readonly name: string;
  readonly size: number;
  readonly #file: FileHandle;
  #isClosed = false;
  /** Reads that go on: a handle is not closed under them. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(file: FileHandle, size: number, name: string) {
    this.#file = file;
    this.size = size;
    this.name = name;
  }

  read(start: number, end: number): Promise<Uint8Array> {
    const done = this.#read(start, end);
    // Not their results: those would be kept, one in the other, as long as the file is open.
    this.#reading = Promise.allSettled([this.#reading, done]).then(() => undefined);
    return done;
  }

  async *bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let start = 0; start < this.size; start += pieceSize)
      yield await this.read(start, Math.min(this.size, start + pieceSize));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#reading.then(() => this.#file.close()).catch(() => {});
  }

  async #read(start: number, end: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(end - start);
    for (let done = 0; done < bytes.length; ) {
      if (this.#isClosed) throw closedError(this.name);
      const { bytesRead } = await this.#file
        .read(bytes, done, bytes.length - done, start + done)
        .catch((error: unknown) => {
          throw unreadable(this.name, error);
        });
      if (bytesRead === 0)
        throw originError(this.name, 'media-unreadable', 'it has become shorter while it was read');
      done += bytesRead;
    }
    return bytes;
  }
}
