/** Runs a bench with endpoints that are in the room, and prints what it finds. */
import { defined } from '../../base/defined.ts';
import { TimeoutError } from '../../base/errors.ts';
import { startInterval } from '../../base/timer.ts';
import { isOver } from '../data/visit.ts';
import type { CommandContext } from '../visit/enter.ts';
import type { Output } from '../streams/output.ts';
import { pause } from '../visit/pause.ts';
import type { BenchEndpoint } from './endpoint.ts';
import { LiveLine } from './live-line.ts';
import { Meter } from './measuring/meter.ts';
import type { BenchPlan } from './plan.ts';
import type { RateRecord, StepRecord, SummaryRecord } from './record.ts';
import { searchHighestRate, type Step } from './search.ts';
import { mbps, rounded } from './measuring/tally.ts';
import { rateWords, reportWords, stepWords } from './words.ts';

/** Everything that a bench has found. */
export interface Findings {
  rates: readonly RateRecord[];
  steps: readonly StepRecord[];
  summary: SummaryRecord;
}

/** ms between two looks at whether all has been received */
const lookInterval = 100;
/** A short try of a search, and the last one, as shares of --bench-secs. */
const [shortTry, longTry] = [0.1, 0.3];
/** Fewer messages say little. */
const leastMessages = 20;
/** Megabits a second at which a search begins. */
const firstTry = { ws: 10, sctp: 1, xmpp: 0.5 };

export class Bench {
  readonly #endpoints: readonly BenchEndpoint[];
  readonly #plan: BenchPlan;
  readonly #output: Output;
  readonly #line: LiveLine | undefined;
  readonly #signal: AbortSignal;
  readonly #meter: Meter;
  readonly #rates: RateRecord[] = [];
  readonly #steps: StepRecord[] = [];
  #find: SummaryRecord['find'];

  constructor(
    endpoints: readonly BenchEndpoint[],
    plan: BenchPlan,
    { io, output }: CommandContext,
    signal: AbortSignal,
  ) {
    this.#endpoints = endpoints;
    this.#plan = plan;
    this.#output = output;
    this.#signal = signal;
    this.#meter = new Meter(endpoints, plan.size, () => performance.now());
    if (io.stderr.isTTY === true && !output.json && !output.quiet) this.#line = new LiveLine(io, output);
  }

  /** Runs to the end. When it is broken off, what was found by then counts. */
  async run(): Promise<void> {
    const stopTicking = startInterval(1000, () => this.#tick());
    try {
      const { sends, receives } = this.#plan;
      const sending = sends ? this.#send() : Promise.resolve();
      await Promise.all([sending, receives ? this.#untilReceived(sending) : undefined]);
    } catch (error) {
      if (!isOver(error) || this.#meter.isEmpty) throw error;
    } finally {
      stopTicking();
      this.#tick(true);
      this.#line?.end();
    }
  }

  get findings(): Findings {
    const summary = { ...this.#meter.summary(), ...defined({ find: this.#find }) };
    return { rates: this.#rates, steps: this.#steps, summary };
  }

  async #send(): Promise<void> {
    const { isSearch, seconds, mbps } = this.#plan;
    await Promise.all(this.#endpoints.map((endpoint) => endpoint.gather()));
    if (isSearch) await this.#search();
    else await Promise.all(this.#endpoints.map(({ sender }) => sender.run({ seconds, mbps })));
    for (const endpoint of this.#endpoints) {
      for (const report of endpoint.reports) this.#print(report, reportWords(report));
      endpoint.finish();
    }
  }

  async #search(): Promise<void> {
    const [endpoint] = this.#endpoints;
    if (!endpoint) return;
    const measure = async (mbps: number, isLong: boolean): Promise<Step> => {
      const { seconds, size } = this.#plan;
      const fewest = (leastMessages * size * 8) / 1e6 / mbps;
      const tryFor = Math.max(fewest, seconds * (isLong ? longTry : shortTry));
      const step = await measureStep(endpoint, size, tryFor, mbps);
      const record: StepRecord = { type: 'step', ...step };
      this.#steps.push(record);
      this.#print(record, stepWords(record));
      return step;
    };
    const { mbps, limit } = await searchHighestRate(measure, firstTry[endpoint.transport]);
    this.#find = { mbps: rounded(mbps), limit };
  }

  /** @param sending who also sends does not wait for others who do, once it is through */
  async #untilReceived(sending: Promise<void>): Promise<void> {
    let hasSent = false;
    if (this.#plan.sends) sending.then(() => (hasSent = true)).catch(() => {});
    const isOver = ({ receiver }: BenchEndpoint): boolean => {
      if (this.#plan.sends && !hasSent) return false;
      return receiver.isOver(this.#plan.seconds) || (hasSent && !receiver.knowsSenders);
    };
    while (!this.#endpoints.every(isOver)) await pause(lookInterval, this.#signal);
  }

  #tick(isLast = false): void {
    for (const { receiver } of this.#endpoints) receiver.report();
    const rate = this.#meter.look(isLast);
    if (!rate) return;
    this.#rates.push(rate);
    if (this.#output.json) this.#output.object(rate);
    const reports = this.#endpoints.flatMap((endpoint) => endpoint.reports);
    this.#line?.show(rateWords(rate, reports));
  }

  #print(record: object, words: string): void {
    if (this.#output.json) this.#output.object(record);
    else this.#output.status(words);
  }
}

/** @throws TimeoutError `no-report` */
async function measureStep(
  { sender }: BenchEndpoint,
  size: number,
  seconds: number,
  tried: number,
): Promise<Step> {
  const run = await sender.run({ seconds, mbps: tried, isSearch: true });
  if (run.reports.size === 0) {
    throw new TimeoutError('searching: nobody has told what arrived; run jcli bench at the other end too', {
      code: 'no-report',
    });
  }
  const arrived = Math.min(...[...run.reports.values()].map(({ messages }) => messages));
  return {
    tried: rounded(tried),
    sent: mbps(run.messages * size, run.seconds),
    lost: run.messages - arrived,
  };
}
