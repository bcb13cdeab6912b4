/** What one endpoint has heard of one sender: its clock, and its runs, one after the other. */
import { ClockEstimate } from './clock-estimate.ts';
import { SequenceLedger } from './sequence-ledger.ts';
import { type Counts, noCounts, sumOf } from './tally.ts';

interface Run {
  id: number;
  ledger: SequenceLedger;
  bytes: number;
  /** How long it is to last; undefined when that was not said. */
  seconds: number | undefined;
  /** So said the sender. */
  hasEnded?: boolean;
}

export class HeardSender {
  readonly clock: ClockEstimate = new ClockEstimate();
  /** Questions about its clock that it has answered. */
  answers = 0;
  isAsked = false;
  /** It has asked who is there before it began: all that it sends concerns us. */
  isGreeted = false;
  /** It has said that nothing more comes, or has left. */
  isFinished = false;
  #run: Run | undefined;
  readonly #pastRuns = new Set<number>();
  #past: Counts = noCounts;
  /** Messages of runs that were sent before we came, which are not lost. */
  before = 0;

  /** The present run is one of a search: nobody knows how long that takes. */
  get isSearching(): boolean {
    return this.#run !== undefined && this.#run.seconds === undefined;
  }

  /** How long the present run is to last. */
  get seconds(): number | undefined {
    return this.#run?.seconds;
  }

  /** Of all runs. */
  get counts(): Counts {
    return this.#run ? sumOf([this.#past, countsOf(this.#run)]) : this.#past;
  }

  begin(id: number, seconds: number | undefined): void {
    if (this.#run?.id === id || this.#pastRuns.has(id)) return;
    this.#open({ id, ledger: new SequenceLedger(0), bytes: 0, seconds });
  }

  /** @returns whether it counts: a duplicate, or what comes after its run's time, does not */
  message(id: number, sequence: number, bytes: number): boolean {
    if (this.#pastRuns.has(id)) return false;
    if (this.#run?.id !== id) {
      // Its start was lost, or we came in the middle of it: then what was sent before does not concern us.
      const first = this.isGreeted || this.#run ? 0 : sequence;
      this.before += first;
      this.#open({ id, ledger: new SequenceLedger(first), bytes: 0, seconds: Number.POSITIVE_INFINITY });
    }
    if (this.#run?.ledger.note(sequence) !== true) return false;
    this.#run.bytes += bytes;
    return true;
  }

  end(id: number, messages: number): void {
    if (this.#run?.id !== id) return;
    this.#run.ledger.end(messages);
    this.#run.hasEnded = true;
  }

  /** It has begun a run, and has not said that it ended. */
  get isRunning(): boolean {
    return this.#run !== undefined && !this.#run.hasEnded && !this.isFinished;
  }

  /** The present run's id and counts. */
  present(): { run: number; counts: Counts } | undefined {
    return this.#run && { run: this.#run.id, counts: countsOf(this.#run) };
  }

  #open(run: Run): void {
    if (this.#run) {
      this.#past = this.counts;
      this.#pastRuns.add(this.#run.id);
    }
    this.#run = run;
    this.isFinished = false;
  }
}

function countsOf({ ledger, bytes }: Run): Counts {
  const { received, lost, duplicated, reordered } = ledger;
  return { messages: received, bytes, lost, duplicated, reordered };
}
