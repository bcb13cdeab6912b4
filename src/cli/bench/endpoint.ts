/** One participant of a bench: connects its room and bridge with the counting and the sending half. */
import { ConnectionError } from '../../base/errors.ts';
import type { Conference } from '../../client/conference.ts';
import type { RawFlags } from '../flags/bridge-flags.ts';
import { lookUpParticipant } from '../visit/participants.ts';
import { Audience } from './audience.ts';
import type { BenchChannel, BenchTransport } from './channel.ts';
import { type Control, readControl, writeControl } from './control.ts';
import type { BenchPlan } from './plan.ts';
import { BenchReceiver } from './receiver.ts';
import type { ReportRecord } from './record.ts';
import { BenchSender, isGone } from './sender.ts';
import { pause } from '../visit/pause.ts';

export interface EndpointOptions {
  conference: Conference;
  channel: BenchChannel;
  plan: BenchPlan;
  flags: Pick<RawFlags, 'to' | 'rawForm'>;
  /** Endpoints that are known to receive nothing. */
  isDeaf(id: string): boolean;
  signal: AbortSignal;
}

/** ms between two looks at who is there */
const lookInterval = 50;

export class BenchEndpoint {
  readonly #options: EndpointOptions;
  readonly receiver: BenchReceiver;
  readonly sender: BenchSender;
  readonly #audience: Audience;

  constructor(options: EndpointOptions) {
    this.#options = options;
    const { channel, plan, signal } = options;
    this.receiver = new BenchReceiver({ now, say: (to, control) => this.#say(to, control) });
    this.#audience = new Audience({
      peers: () => this.#peers,
      now,
      say: (control, to) => this.#say(to ?? this.#address, control),
      signal,
    });
    this.sender = new BenchSender({
      bridge: channel,
      audience: this.#audience,
      to: () => this.#address,
      size: plan.size,
      rawForm: options.flags.rawForm,
      now,
      signal,
    });
    this.#listen();
  }

  get transport(): BenchTransport {
    return this.#options.channel.transport;
  }

  /** What receivers have said of the present run. */
  get reports(): ReportRecord[] {
    const { participants } = this.#options.conference;
    return [...this.#audience.reports].map(([from, counts]) => {
      return { type: 'report', from, displayName: participants.get(from)?.displayName ?? null, ...counts };
    });
  }

  /**
   * Waits until those are there to whom it sends. Needs an open channel.
   * @throws UsageError `message-too-large`, `participant-ambiguous`
   */
  async gather(): Promise<void> {
    const { plan, flags, channel, signal } = this.#options;
    const envelope = { to: this.#address, rawForm: flags.rawForm };
    channel.checkSize(plan.size, envelope);
    while (this.#peers.length === 0) await pause(lookInterval, signal);
    await this.#audience.gather();
  }

  /** Says that nothing more will be sent. */
  finish(): void {
    this.#say(this.#address, { event: 'finished' });
  }

  #listen(): void {
    const { plan, channel, conference } = this.#options;
    channel.onRaw(({ from, data }) => {
      const control = readControl(data);
      if (control) {
        if (plan.receives) this.receiver.control(from, control);
        if (plan.sends) this.#audience.control(from, control);
      } else if (plan.receives) {
        this.receiver.raw(from, data);
      }
    });
    conference.on('participantLeft', ({ participant }) => {
      this.receiver.left(participant.id);
      this.#audience.left(participant.id);
    });
  }

  /** Endpoint ids of those to whom it sends. */
  get #peers(): readonly string[] {
    const { conference, flags, isDeaf } = this.#options;
    const { participants } = conference;
    if (flags.to !== undefined) {
      const participant = lookUpParticipant(flags.to, participants);
      return participant ? [participant.id] : [];
    }
    return [...participants.values()]
      .filter(({ id, isHidden }) => !isHidden && !isDeaf(id))
      .map(({ id }) => id);
  }

  get #address(): string {
    return this.#options.flags.to === undefined ? '' : (this.#peers[0] ?? this.#options.flags.to);
  }

  /** What is lost because the channel is down or full is said again; whoever has left needs nothing. */
  #say(to: string, control: Control): void {
    try {
      this.#options.channel.sendRaw(to, writeControl(control), {
        rawForm: this.#options.flags.rawForm,
      });
    } catch (error) {
      if (!(error instanceof ConnectionError) && !isGone(error)) throw error;
    }
  }
}

/** ms since the epoch, with fractions */
function now(): number {
  return performance.timeOrigin + performance.now();
}
