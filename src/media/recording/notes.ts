/** The timeline as it grows: what was last in memory, all of it in its file. */
import type { DiskFile } from './disk.ts';
import { seconds } from './recorded-file.ts';
import { type TimelineHead, TimelineFile, type TimelineTail } from './timeline-file.ts';
import type { EncryptedSource, TimelineEntry, TimelineEvent } from './timeline.ts';

/** Entries that can be looked at; the file has all. */
const mostEntries = 10_000;

export class Notes {
  readonly entries: TimelineEntry[] = [];
  readonly encrypted: EncryptedSource[] = [];
  readonly #file: TimelineFile;
  readonly #noted: (entry: TimelineEntry) => void;
  #gaps = 0;

  constructor(file: DiskFile, head: TimelineHead, noted: (entry: TimelineEntry) => void) {
    this.#file = new TimelineFile(file, head);
    this.#noted = noted;
  }

  get gaps(): number {
    return this.#gaps;
  }

  /** @param at ms since the recording began */
  add(event: TimelineEvent, at: number): void {
    const entry = { at: seconds(at), ...event };
    if (event.type === 'gap') this.#gaps += 1;
    this.entries.push(entry);
    if (this.entries.length > mostEntries) this.entries.shift();
    this.#file.add(entry);
    this.#noted(entry);
  }

  /** @param now ms since the recording began */
  save(now: number, tail: () => Tail): Promise<void> {
    return this.#file.save(now, () => this.#whole(tail(), now));
  }

  finish(now: number, tail: Tail): Promise<void> {
    return this.#file.finish(this.#whole(tail, now));
  }

  #whole(tail: Tail, now: number): TimelineTail {
    return { encrypted: this.encrypted, gaps: this.#gaps, duration: seconds(now), ...tail };
  }
}

type Tail = Pick<TimelineTail, 'files' | 'state' | 'end'>;
