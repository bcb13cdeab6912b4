/**
 * `timeline.json` while it grows: whole at any moment. Its end (files, figures) is written over by the next events and comes again behind
 * them, in one write. Spaces after it are room that is there when the disk is full.
 */
import type { DiskFile } from './disk.ts';
import type { EncryptedSource, RecordedFile, TimelineEntry } from './timeline.ts';

export interface TimelineHead {
  version: 1;
  room: string;
  /** ISO 8601: `at` and `offset` are seconds from here on. */
  startedAt: string;
}

export interface TimelineTail {
  files: readonly RecordedFile[];
  encrypted: readonly EncryptedSource[];
  gaps: number;
  /** Seconds. */
  duration: number;
  state: 'recording' | 'ended';
  end?: { reason: string; error?: { code: string; message: string } };
}

/** Bytes of spaces. */
const room = 16 * 1024;
/** Bytes a second that are written again and again at most. */
const rewritingRate = 256 * 1024;

const encoder = new TextEncoder();

export class TimelineFile {
  readonly #file: DiskFile;
  /** What is not written yet. */
  #pending: string;
  #hasEvents = false;
  /** Where events end, the JSON, and the file. */
  #eventsEnd = 0;
  #end = 0;
  #roomEnd = 0;
  /** ms until the next rewriting is worth it. */
  #restUntil = 0;

  constructor(file: DiskFile, head: TimelineHead) {
    this.#file = file;
    const fields = JSON.stringify(head).slice(1, -1);
    this.#pending = `{${fields},\n"events": [`;
  }

  add(entry: TimelineEntry): void {
    this.#pending += `${this.#hasEvents ? ',' : ''}\n${JSON.stringify(entry)}`;
    this.#hasEvents = true;
  }

  /** Never rejects. @param now ms @param tail made when it is needed */
  async save(now: number, tail: () => TimelineTail): Promise<void> {
    if (now < this.#restUntil) return;
    const size = this.#write(tail(), room);
    this.#restUntil = now + (size / rewritingRate) * 1000;
    await this.#file.flush();
  }

  /** The last time, also where the disk is full. */
  async finish(tail: TimelineTail): Promise<void> {
    this.#write(tail, 0);
    await this.#file.close(this.#end);
  }

  #write(tail: TimelineTail, spaces: number): number {
    const events = encoder.encode(this.#pending);
    const end = encoder.encode(endOf(tail));
    const needed = this.#eventsEnd + events.length + end.length;
    const isShort = needed + spaces / 2 > this.#roomEnd;
    if (isShort) this.#roomEnd = needed + spaces;
    // What was there before is covered.
    const upTo = isShort ? this.#roomEnd : Math.max(needed, this.#end);
    const data = new Uint8Array(upTo - this.#eventsEnd).fill(0x20);
    data.set(events);
    data.set(end, events.length);
    this.#file.writeOver(data, this.#eventsEnd);
    this.#eventsEnd += events.length;
    this.#end = needed;
    this.#pending = '';
    return data.length;
  }
}

function endOf({ files, ...figures }: TimelineTail): string {
  const rest = JSON.stringify(figures).slice(1, -1);
  const lines = files.map((file) => `\n${JSON.stringify(file)}`);
  return `\n],\n"files": [${lines.join(',')}\n],\n${rest}}\n`;
}
