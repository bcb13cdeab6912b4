/**
 * The files of a recording as they are written: what waits is bounded for all of them together, and the first write that fails ends them all
 * at what is whole.
 */
import { open } from 'node:fs/promises';

/** A file that is open, as much of it as is used. */
export interface FileHandle {
  write(
    data: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesWritten: number }>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export interface DiskPorts {
  /** Rejects where there is one. */
  create(path: string): Promise<FileHandle>;
  /** For the first failure only: nothing is written after it. */
  failed(path: string, error: unknown): void;
}

/** Bytes of one write at most. */
const largestWrite = 1024 * 1024;

export const createFile: DiskPorts['create'] = (path) => open(path, 'wx', 0o666);

export class Disk {
  readonly #ports: DiskPorts;
  readonly #limit: number;
  #waiting = 0;
  #written = 0;
  #hasFailed = false;

  /** @param limit bytes that may wait */
  constructor(limit: number, ports: DiskPorts) {
    this.#limit = limit;
    this.#ports = ports;
  }

  /** Bytes that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Bytes of all files. */
  get written(): number {
    return this.#written;
  }

  /** More than may wait: what can be left out is to be. @param reserve part of the limit that is kept for what matters more */
  isBehind(reserve: number): boolean {
    return this.#waiting > this.#limit * (1 - reserve);
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** @param handle of a file that is there; default: a new one */
  open(path: string, handle?: Promise<FileHandle>): DiskFile {
    return new DiskFile(path, () => handle ?? this.#ports.create(path), {
      queued: (bytes) => (this.#waiting += bytes),
      grown: (bytes) => (this.#written += bytes),
      hasFailed: () => this.#hasFailed,
      failed: (error) => {
        if (this.#hasFailed) return;
        this.#hasFailed = true;
        this.#ports.failed(path, error);
      },
    });
  }
}

interface FileOwner {
  queued(bytes: number): void;
  grown(bytes: number): void;
  hasFailed(): boolean;
  failed(error: unknown): void;
}

interface Piece {
  position: number;
  data: Uint8Array;
  /** It is written as far as there is room for it, also when a write has failed. */
  isOver: boolean;
  /** It is not needed any more. */
  written?: (() => void) | undefined;
}

export class DiskFile {
  readonly path: string;
  readonly #owner: FileOwner;
  readonly #open: () => Promise<FileHandle>;
  /** It is made with its first bytes: there is no file that is empty. */
  #handle: Promise<FileHandle | undefined> | undefined;
  #pieces: Piece[] = [];
  #flushing: Promise<void> = Promise.resolve();
  #size = 0;

  /** Made by the disk. */
  constructor(path: string, open: () => Promise<FileHandle>, owner: FileOwner) {
    this.path = path;
    this.#owner = owner;
    this.#open = open;
  }

  /** Bytes that are in the file. */
  get size(): number {
    return this.#size;
  }

  /** A write to this file or another of the recording has failed. */
  get hasFailed(): boolean {
    return this.#owner.hasFailed();
  }

  /** Bytes that are on their way to `write`, or not any more. */
  expect(bytes: number): void {
    this.#owner.queued(bytes);
  }

  /**
   * Takes it; it is written with the next flush. The data is the file's from now on.
   * @param written the data is the caller's again; not where nothing is written any more
   */
  write(data: Uint8Array, position: number, written?: () => void): void {
    if (this.#owner.hasFailed()) return;
    this.#queue({ position, data, isOver: false, written });
  }

  /** The same for what is in the file already, and may be changed when the disk is full. */
  writeOver(data: Uint8Array, position: number, written?: () => void): void {
    this.#queue({ position, data, isOver: true, written });
  }

  /** Writes what waits. Never rejects: a failure is told to the owner of all. @returns whether all of it is in the file */
  async flush(): Promise<boolean> {
    const run = this.#flushing.then(() => this.#writeAll());
    this.#flushing = run;
    await run;
    return !this.#owner.hasFailed();
  }

  /** @param length bytes that stay, where there are more */
  async close(length: number = Infinity): Promise<void> {
    await this.flush();
    const handle = await this.#handle;
    try {
      if (this.#size > length) await handle?.truncate(length);
      await handle?.close();
    } catch (error) {
      this.#owner.failed(error);
    }
  }

  #queue(piece: Piece): void {
    this.#pieces.push(piece);
    this.#owner.queued(piece.data.length);
  }

  async #writeAll(): Promise<void> {
    const pieces = this.#pieces;
    this.#pieces = [];
    if (pieces.length === 0) return;
    this.#handle ??= this.#open().catch((error: unknown) => {
      this.#owner.failed(error);
      return undefined;
    });
    const handle = await this.#handle;
    for (const run of runsOf(pieces)) {
      try {
        if (!handle) break;
        if (!this.#owner.hasFailed()) await this.#writeRun(handle, run);
        else if (run.isOver) await this.#writeRun(handle, within(run, this.#size));
      } catch (error) {
        this.#owner.failed(error);
      }
    }
    for (const { data, written } of pieces) {
      this.#owner.queued(-data.length);
      written?.();
    }
  }

  async #writeRun(handle: FileHandle, { data, position }: Piece): Promise<void> {
    const before = this.#size;
    try {
      for (let done = 0; done < data.length; ) {
        const length = Math.min(largestWrite, data.length - done);
        const { bytesWritten } = await handle.write(data, done, length, position + done);
        done += bytesWritten;
        this.#size = Math.max(this.#size, position + done);
      }
    } catch (error) {
      // A part of it is no whole frame.
      if (this.#size > before) {
        this.#size = before;
        await handle.truncate(before).catch(() => {});
      }
      throw error;
    } finally {
      this.#owner.grown(this.#size - before);
    }
  }
}

/** Neighbours as one, in the order in which they came. */
function* runsOf(pieces: readonly Piece[]): Iterable<Piece> {
  for (let first = 0; first < pieces.length; ) {
    const begin = pieces[first] as Piece;
    let end = begin.position + begin.data.length;
    let next = first + 1;
    for (
      let piece = pieces[next];
      piece?.position === end && piece.isOver === begin.isOver;
      piece = pieces[next]
    ) {
      end += piece.data.length;
      next += 1;
    }
    if (next === first + 1) yield begin;
    else {
      const data = new Uint8Array(end - begin.position);
      for (const piece of pieces.slice(first, next)) data.set(piece.data, piece.position - begin.position);
      yield { ...begin, data };
    }
    first = next;
  }
}

function within(piece: Piece, size: number): Piece {
  return { ...piece, data: piece.data.subarray(0, Math.max(0, size - piece.position)) };
}
