/** A file of transcripts, whole after each: `.srt`, `.vtt` or `.json`, a list of all final ones. */
import { writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { type JitsiError, MediaError, messageOf, UsageError } from '../../base/errors.ts';
import { srtCue, vttCue, vttHead } from './subtitles.ts';
import type { Transcript } from './transcript.ts';

interface Format {
  head: string;
  entry(transcript: Transcript, number: number): string;
  /** What is written over by the next entry. */
  tail: string;
}

const formats: Readonly<Record<string, Format>> = {
  '.srt': { head: '', entry: (transcript, number) => srtCue(number, transcript), tail: '' },
  '.vtt': { head: vttHead, entry: vttCue, tail: '' },
  '.json': {
    head: '[',
    entry: (transcript, number) => `${number === 1 ? '' : ','}\n${JSON.stringify(transcript)}`,
    tail: '\n]\n',
  },
};

export class TranscriptFile {
  readonly path: string;
  readonly #format: Format;
  readonly #failed: (error: JitsiError) => void;
  #handle: Promise<FileHandle> | undefined;
  #end: number;
  #count = 0;
  #writing: Promise<void> = Promise.resolve();
  #hasFailed = false;

  /**
   * @param failed for the first write that fails: nothing is written after it
   * @throws UsageError `transcript-format`, `transcript-unwritable`: there is such a file, or none can be made
   */
  constructor(path: string, failed: (error: JitsiError) => void) {
    this.path = resolve(path);
    this.#failed = failed;
    this.#format = formatOf(path);
    const { head, tail } = this.#format;
    try {
      writeFileSync(this.path, head + tail, { flag: 'wx' });
    } catch (error) {
      throw new UsageError(`writing a transcript to ${this.path}: ${messageOf(error)}`, {
        code: 'transcript-unwritable',
        cause: error,
      });
    }
    this.#end = Buffer.byteLength(head);
  }

  /** In the order of its calls. Never throws. */
  add(transcript: Transcript): void {
    const { entry, tail } = this.#format;
    const text = entry(transcript, (this.#count += 1));
    const position = this.#end;
    this.#end += Buffer.byteLength(text);
    this.#writing = this.#writing.then(() => this.#write(Buffer.from(text + tail), position));
  }

  /** Resolves when all is written, never rejects. */
  async close(): Promise<void> {
    await this.#writing;
    const handle = await this.#handle?.catch(() => undefined);
    await handle?.close().catch((error: unknown) => this.#fail(error));
  }

  async #write(bytes: Uint8Array, position: number): Promise<void> {
    if (this.#hasFailed) return;
    try {
      this.#handle ??= open(this.path, 'r+');
      const handle = await this.#handle;
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
        done += bytesWritten;
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#hasFailed = true;
    const words = `writing the transcript ${this.path}: ${messageOf(error)}; what was written is there`;
    this.#failed(new MediaError(words, { code: 'transcript-unwritable', cause: error }));
  }
}

/** @throws UsageError `transcript-format` */
function formatOf(path: string): Format {
  const format = formats[extname(path).toLowerCase()];
  if (format) return format;
  throw new UsageError(
    `a transcript in ${path}: the name is to end with ${Object.keys(formats).join(', ')}, which says the format`,
    { code: 'transcript-format' },
  );
}
