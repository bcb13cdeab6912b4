/**
 * Asks participants whether they can hear us, by the end-to-end pings of lib-jitsi-meet (`E2ePing`). Messages keep their order
 * from sender to receiver, so an answer also says that everything sent before has arrived, or is lost.
 */
import type { Clock } from '../../base/clock.ts';
import { ConnectionError } from '../../base/errors.ts';
import type { Bridge } from '../../client/bridge/bridge.ts';
import { pause } from '../visit/pause.ts';

export type PingBridge = Pick<Bridge, 'sendMessage' | 'on'>;

/** ms until an unanswered ping is repeated, at first and at most: a bridge discards what comes before the other's channel is open. */
const [firstInterval, longestInterval] = [100, 1_000];

export class Pings {
  readonly #bridge: PingBridge;
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  readonly #off: () => void;
  #lastId = 0;
  /** By endpoint id: the latest ping that was answered. */
  readonly #answered = new Map<string, number>();
  /** By endpoint id: the ping whose own answer is waited for. */
  readonly #wanted = new Map<string, number>();
  /** By endpoint id: who waits for an answer. */
  readonly #waiting = new Map<string, () => void>();

  constructor(bridge: PingBridge, signal: AbortSignal, clock: Clock) {
    this.#bridge = bridge;
    this.#signal = signal;
    this.#clock = clock;
    this.#off = bridge.on('plainReceived', ({ message }) => {
      if (message.colibriClass !== 'EndpointMessage') return;
      const { type, id } = (message.msgPayload ?? {}) as { type?: unknown; id?: unknown };
      if (type !== 'e2e-ping-response' || typeof id !== 'number') return;
      if (this.#wanted.get(message.from) === id) this.#wanted.delete(message.from);
      this.#answered.set(message.from, Math.max(id, this.#answered.get(message.from) ?? 0));
      this.#waiting.get(message.from)?.();
    });
  }

  /**
   * Pings until an answer comes. One call at a time for each participant.
   * @param isGone there will be no answer any more
   * @returns false when there was none within `patience` ms
   */
  async reach(id: string, patience: number, isGone: () => boolean): Promise<boolean> {
    const first = this.#lastId + 1;
    const deadline = this.#clock.now() + patience;
    for (let interval = firstInterval; this.#clock.now() < deadline && !isGone(); interval *= 1.5) {
      this.#ping(id);
      await this.#answerOrPause(id, Math.min(interval, longestInterval));
      if ((this.#answered.get(id) ?? 0) >= first) return true;
    }
    return false;
  }

  /**
   * Whether everything that was sent before has arrived: the first ping has to be answered itself, for what came before a later one may be lost.
   * @returns false when that was not so within `patience` ms
   */
  async confirm(id: string, patience: number, isGone: () => boolean): Promise<boolean> {
    this.#wanted.set(id, this.#lastId + 1);
    this.#ping(id);
    const deadline = this.#clock.now() + patience;
    while (this.#wanted.has(id) && this.#clock.now() < deadline && !isGone())
      await this.#answerOrPause(id, longestInterval);
    return !this.#wanted.delete(id);
  }

  close(): void {
    this.#off();
  }

  #ping(id: string): void {
    this.#lastId += 1;
    try {
      this.#bridge.sendMessage(id, { type: 'e2e-ping-request', id: this.#lastId });
    } catch (error) {
      // The next one may find the channel open again.
      if (!(error instanceof ConnectionError)) throw error;
    }
  }

  async #answerOrPause(id: string, interval: number): Promise<void> {
    const over = new AbortController();
    this.#waiting.set(id, () => over.abort());
    try {
      await pause(interval, AbortSignal.any([this.#signal, over.signal]), this.#clock);
    } catch {
      this.#signal.throwIfAborted();
    } finally {
      this.#waiting.delete(id);
    }
  }
}
