/** The receiving half of a bench: counts what arrives at one endpoint, and tells the senders. */
import type { Control } from './control.ts';
import { readHeader } from './header.ts';
import { HeardSender } from './measuring/heard-sender.ts';
import { LatencyHistogram } from './measuring/latency.ts';
import { type Counts, noCounts, sumOf } from './measuring/tally.ts';

export interface ReceiverPorts {
  /** ms since the epoch, with fractions */
  now(): number;
  /** Sends a control message to an endpoint; it may be lost. */
  say(to: string, control: Control): void;
}

/** Questions to each sender about its clock: the quickest answer counts. */
const clockQuestions = 5;
/** ms that a run which should have ended may take longer. */
const overtime = 5_000;

export class BenchReceiver {
  readonly #ports: ReceiverPorts;
  readonly #senders = new Map<string, HeardSender>();
  /** Raw messages of other programs. */
  #foreign = { ...noCounts };
  #firstAt: number | undefined;
  #lastAt = 0;
  /** Latencies since somebody looked at them and cleared them. */
  readonly latency: LatencyHistogram = new LatencyHistogram();

  constructor(ports: ReceiverPorts) {
    this.#ports = ports;
  }

  /** Somebody has said that it sends, or has sent. */
  get knowsSenders(): boolean {
    return this.#senders.size > 0;
  }

  /** When the first message came, ms since the epoch. */
  get firstAt(): number | undefined {
    return this.#firstAt;
  }

  /** Seconds from the first message to the latest. */
  get seconds(): number {
    return this.#firstAt === undefined ? 0 : (this.#lastAt - this.#firstAt) / 1000;
  }

  get counts(): Counts {
    return sumOf([this.#foreign, ...[...this.#senders.values()].map(({ counts }) => counts)]);
  }

  /** Messages that were sent before we came, and are not counted as lost. */
  get before(): number {
    return [...this.#senders.values()].reduce((sum, { before }) => sum + before, 0);
  }

  /** More may come at any time. */
  get isRunning(): boolean {
    const senders = [...this.#senders.values()];
    return senders.length === 0 || senders.some(({ isRunning }) => isRunning);
  }

  /** ms that latencies may be off because the senders' clocks are not ours. */
  get clockError(): number {
    const clocks = [...this.#senders.values()].map(({ clock }) => clock);
    return Math.max(0, ...clocks.filter(({ isKnown }) => isKnown).map(({ error }) => error));
  }

  /** A raw message has come. */
  raw(from: string, data: Uint8Array): void {
    const now = this.#ports.now();
    this.#firstAt ??= now;
    this.#lastAt = now;
    const header = readHeader(data);
    if (!header) {
      this.#foreign.messages += 1;
      this.#foreign.bytes += data.byteLength;
      return;
    }
    const sender = this.#sender(from);
    if (!sender.isAsked) this.#askForTime(from, sender);
    if (!sender.message(header.run, header.sequence, data.byteLength)) return;
    const { clock } = sender;
    if (clock.isKnown) this.latency.add(Math.max(0, now + clock.offset - header.sentAt));
  }

  /** A control message has come; those for senders are not ours. */
  control(from: string, control: Control): void {
    switch (control.event) {
      case 'hello':
        this.#sender(from).isFinished = false;
        this.#sender(from).isGreeted = true;
        this.#answerHello(from);
        return;
      case 'time': {
        const sender = this.#sender(from);
        sender.clock.add(control.at, control.now, this.#ports.now());
        sender.answers += 1;
        this.#answerHello(from);
        return;
      }
      case 'start':
        this.#sender(from).begin(control.run, control.seconds);
        return;
      case 'end':
        this.#sender(from).end(control.run, control.messages);
        this.#report(from, control.run);
        return;
      case 'finished':
        this.#sender(from).isFinished = true;
        return;
      default:
    }
  }

  /** Somebody has left the room. */
  left(id: string): void {
    const sender = this.#senders.get(id);
    if (sender) sender.isFinished = true;
  }

  /** Tells every sender how far it has come. */
  report(): void {
    for (const [id, { isFinished }] of this.#senders) if (!isFinished) this.#report(id);
  }

  /** Whether nothing more is to be counted in a bench of so many seconds, which begin with the first message. */
  isOver(seconds: number): boolean {
    const unfinished = [...this.#senders.values()].filter(({ isFinished }) => !isFinished);
    if (this.knowsSenders && unfinished.length === 0) return true;
    if (this.#firstAt === undefined) return false;
    const late = this.#ports.now() - this.#firstAt - seconds * 1000;
    if (late < 0) return false;
    // A run of our length ends about now, and its sender tells its total; a search says when it is through.
    const isWorthWaiting = (sender: HeardSender): boolean =>
      sender.isSearching || ((sender.seconds ?? 0) <= seconds && late < overtime);
    return !unfinished.some(isWorthWaiting);
  }

  #sender(id: string): HeardSender {
    let sender = this.#senders.get(id);
    if (!sender) this.#senders.set(id, (sender = new HeardSender()));
    return sender;
  }

  /** We are there once we know the sender's clock. A question that is lost is asked again at the next hello. */
  #answerHello(from: string): void {
    const sender = this.#sender(from);
    if (sender.answers < clockQuestions) this.#askForTime(from, sender);
    else this.#ports.say(from, { event: 'here' });
  }

  #askForTime(from: string, sender: HeardSender): void {
    sender.isAsked = true;
    this.#ports.say(from, { event: 'clock', at: this.#ports.now() });
  }

  /** @param ended the run that the sender has ended */
  #report(to: string, ended?: number): void {
    const present = this.#sender(to).present();
    const run = ended ?? present?.run;
    if (run === undefined) return;
    const counts = present?.run === run ? present.counts : noCounts;
    this.#ports.say(to, { event: 'report', run, final: ended !== undefined, ...counts });
  }
}
