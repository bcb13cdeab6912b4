/** How soon media is back after the network, whenever that is: the keeper in virtual time, over a bridge with a real one's patience. */
import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/base/emitter.ts';
import { MediaError } from '../../../../src/base/errors.ts';
import { silentLogger } from '../../../../src/base/logger.ts';
import type { Bridge } from '../../../../src/client/bridge/bridge.ts';
import { conferenceEventNames, type ConferenceEvents } from '../../../../src/client/conference-events.ts';
import { ConnectionKeeper } from '../../../../src/client/session/connection-keeper.ts';
import type { MediaSession } from '../../../../src/client/session/media-session.ts';
import type { ConnectOptions } from '../../../../src/client/session/session-carrier.ts';
import { RestartLimit } from '../../../../src/jingle/restart-limit.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { seededRandom } from '../../../support/random.ts';

/** ms */
const [offerTime, bridgePatience, attemptTime, roundTrip, lookInterval] = [300, 5_000, 7_000, 100, 500];

interface Nature {
  /** The bridge answers checks of a session that is not accepted. */
  answersEarly: boolean;
  /** It answers those of a session that has failed. */
  answersLate: boolean;
}

/** The network is gone from 0 on, and the only session has just failed. */
class Outage {
  readonly clock = new ManualClock();
  readonly requests: number[] = [];
  connectedAt: number | undefined;
  readonly #limit = new RestartLimit();
  readonly #emitter = new Emitter<ConferenceEvents>(conferenceEventNames, (error) => {
    throw error;
  });
  readonly #nature: Nature;
  readonly #back: number;

  constructor(nature: Nature, back: number, seed: number) {
    this.#nature = nature;
    this.#back = back;
    new ConnectionKeeper({
      on: (event, listener) => this.#emitter.on(event, listener),
      clock: this.clock,
      random: seededRandom(seed),
      logger: silentLogger,
      bridge: { attach() {}, detach() {}, on() {} } as unknown as Bridge,
      choice: 'auto',
      isAlone: () => false,
      isAway: () => false,
      warn: () => {},
    }).start();
  }

  get #isUp(): boolean {
    return this.clock.now() >= this.#back;
  }

  async run(duration: number): Promise<void> {
    const first = this.#session(() => Promise.resolve());
    this.#emitter.emit('sessionOffered', { session: first });
    await settle();
    this.#emitter.emit('transportFailed', { session: first, error: broken() });
    for (let time = 0; time < duration && this.connectedAt === undefined; time += 100) {
      this.clock.advance(100);
      await settle();
    }
  }

  #session(connect: (session: { state: string }, options: ConnectOptions) => Promise<void>): MediaSession {
    const session = {
      state: 'offered',
      isLooking: true,
      connect: (options: ConnectOptions): Promise<void> => connect(session, options),
      bridgeRoutes: () => [],
      restart: () => {
        this.requests.push(this.clock.now());
        expect(this.#limit.wait(this.clock.now())).toBe(0);
        this.#limit.requested(this.clock.now());
        session.state = 'ended';
        this.clock.schedule(offerTime, () =>
          this.#emitter.emit('sessionOffered', {
            session: this.#session((next, options) => this.#connect(next, options)),
          }),
        );
        return Promise.resolve();
      },
    };
    return session as unknown as MediaSession;
  }

  async #connect(
    session: { state: string },
    { patience = 0, found = () => {} }: ConnectOptions,
  ): Promise<void> {
    const { answersEarly, answersLate } = this.#nature;
    await this.#until(patience, lookInterval, () => answersEarly && this.#isUp);
    if (await this.#until(bridgePatience, 100, () => this.#isUp)) {
      this.connectedAt = this.clock.now();
      return;
    }
    await this.#until(attemptTime - bridgePatience, 100, () => false);
    if (answersLate) void this.#find(session, found);
    throw broken();
  }

  /** A transport that is closed tells of nothing. */
  async #find(session: { state: string }, found: () => void): Promise<void> {
    await this.#until(600_000, lookInterval, () => this.#isUp || session.state === 'ended');
    if (session.state !== 'ended') found();
  }

  /** Asks every `interval`; true when it was so after a round trip, false after `patience`. */
  async #until(patience: number, interval: number, isSo: () => boolean): Promise<boolean> {
    const start = this.clock.now();
    for (let passed = 0; passed < patience; passed += interval) {
      if (isSo()) {
        await this.#pass(roundTrip);
        return true;
      }
      await this.#pass(start + passed + interval - this.clock.now());
    }
    return false;
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.schedule(ms, resolve));
  }
}

/** What was begun runs as far as it gets without time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
}

const broken = (): MediaError => new MediaError('no way', { code: 'transport-failed', retryable: true });

/** ms between the network's return and media's, at worst, over returns at any time */
async function worst(nature: Nature): Promise<number> {
  let longest = 0;
  for (let back = 0; back < 130_000; back += 700) {
    const outage = new Outage(nature, back, back);
    await outage.run(back + 60_000);
    longest = Math.max(longest, (outage.connectedAt ?? Number.POSITIVE_INFINITY) - back);
  }
  return longest;
}

describe('after an outage, whenever it ends', { timeout: 60_000 }, () => {
  it('media is back within 3 s over a bridge as it is', async () => {
    expect(await worst({ answersEarly: true, answersLate: true })).toBeLessThanOrEqual(3_300);
  });

  it('media is back within 5 s where the bridge has forgotten each session that failed', async () => {
    expect(await worst({ answersEarly: true, answersLate: false })).toBeLessThanOrEqual(5_000);
  });

  it('media comes back over a bridge that answers nothing but what was accepted', async () => {
    expect(await worst({ answersEarly: false, answersLate: false })).toBeLessThanOrEqual(18_000);
  });
});
