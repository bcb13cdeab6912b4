/** When receiver reports are sent, and about whom: the sources that packets came from since the last one (RFC 3550, 6.4). */
import type { ReceiverReport } from '../rtcp.ts';
import type { SourceReceiver } from './source-receiver.ts';

const maxBlocks = 31;

export class ReceiverReports {
  readonly #ssrc: number;
  readonly #interval: () => number;
  readonly #sources = new Set<SourceReceiver>();
  #due = Infinity;

  /** @param interval ms until the next report, each time anew */
  constructor(ssrc: number, interval: () => number) {
    this.#ssrc = ssrc;
    this.#interval = interval;
  }

  /** `Infinity` when there is nothing to say. */
  get due(): number {
    return this.#due;
  }

  received(source: SourceReceiver, now: number): void {
    if (source.isReported) return;
    source.isReported = true;
    this.#sources.add(source);
    if (this.#due === Infinity) this.#due = now + this.#interval();
  }

  delete(source: SourceReceiver): void {
    if (this.#sources.delete(source) && this.#sources.size === 0) this.#due = Infinity;
  }

  /** What is to be sent now: as many reports as the blocks need. */
  take(now: number): ReceiverReport[] {
    if (this.#due > now) return [];
    const blocks = Array.from(this.#sources, (source) => {
      source.isReported = false;
      return source.report(now);
    });
    this.#sources.clear();
    this.#due = Infinity;
    const reports: ReceiverReport[] = [];
    for (let start = 0; start < blocks.length; start += maxBlocks)
      reports.push({
        type: 'receiver-report',
        ssrc: this.#ssrc,
        reports: blocks.slice(start, start + maxBlocks),
      });
    return reports;
  }
}
