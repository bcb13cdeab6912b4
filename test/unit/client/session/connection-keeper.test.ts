import { describe, expect, it } from 'vitest';
import { JitsiError, MediaError } from '../../../../src/base/errors.ts';
import { Emitter } from '../../../../src/base/emitter.ts';
import { silentLogger } from '../../../../src/base/logger.ts';
import type { Bridge } from '../../../../src/client/bridge/bridge.ts';
import type { BridgeCloseInfo } from '../../../../src/client/bridge/events.ts';
import { conferenceEventNames, type ConferenceEvents } from '../../../../src/client/conference-events.ts';
import { ConnectionKeeper } from '../../../../src/client/session/connection-keeper.ts';
import type { MediaSession } from '../../../../src/client/session/media-session.ts';
import type { ConnectOptions } from '../../../../src/client/session/session-carrier.ts';
import { RestartLimitError } from '../../../../src/jingle/restart-limit.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { seededRandom } from '../../../support/random.ts';

type SessionOptions = Required<Pick<ConnectOptions, 'disturbed' | 'found' | 'made' | 'patience'>>;

class FakeSession {
  state = 'offered';
  readonly calls: string[] = [];
  connection: Promise<void> = Promise.resolve();
  restarted: Promise<void> = Promise.resolve();
  isLooking = false;
  found: () => void = () => {};
  disturbed: () => void = () => {};
  canRestartIce = true;
  transportState = 'connected';
  iceRestarted: Promise<void> = Promise.resolve();

  connect({ disturbed, found, made, patience }: SessionOptions): Promise<void> {
    this.calls.push(patience === 0 ? 'connect' : `connect within ${patience}`);
    this.found = found;
    this.disturbed = () => {
      this.transportState = 'disconnected';
      disturbed();
    };
    made();
    return this.connection;
  }

  bridgeRoutes(): never[] {
    return [];
  }

  restartIce(): Promise<void> {
    this.calls.push('restart ICE');
    return this.iceRestarted;
  }

  restart(): Promise<void> {
    this.calls.push('restart');
    return this.restarted;
  }
}

class Rig {
  readonly clock = new ManualClock();
  readonly emitter = new Emitter<ConferenceEvents>(conferenceEventNames, (error) => {
    throw error;
  });
  readonly warnings: JitsiError[] = [];
  readonly bridgeCalls: string[] = [];
  isAway = false;
  channelEnded: (info: BridgeCloseInfo) => void = () => {};
  readonly #bridgeListeners = new Map<string, () => void>();

  readonly keeper: ConnectionKeeper;

  constructor() {
    this.keeper = new ConnectionKeeper({
      on: (event, listener) => this.emitter.on(event, listener),
      clock: this.clock,
      random: seededRandom(1),
      logger: silentLogger,
      bridge: {
        attach: (_: unknown, { ended }: { ended: (info: BridgeCloseInfo) => void }) => {
          this.bridgeCalls.push('attach');
          this.channelEnded = ended;
        },
        detach: () => this.bridgeCalls.push('detach'),
        on: (event: 'opened' | 'down', listener: () => void) => {
          this.#bridgeListeners.set(event, listener);
        },
      } as unknown as Bridge,
      choice: 'auto',
      isAlone: () => false,
      isAway: () => this.isAway,
      warn: (error) => this.warnings.push(error),
    });
    this.keeper.start();
  }

  async offer(session: FakeSession): Promise<void> {
    this.emitter.emit('sessionOffered', { session: session as unknown as MediaSession });
    await settle();
  }

  channel(event: 'opened' | 'down'): void {
    this.#bridgeListeners.get(event)?.();
  }

  async end(session: FakeSession): Promise<void> {
    session.state = 'ended';
    const end = { reason: 'success', text: 'moving', by: 'focus', nextOffer: 'at-once' } as const;
    this.emitter.emit('sessionEnded', { session: session as unknown as MediaSession, end });
    await settle();
  }

  async pass(ms: number): Promise<void> {
    this.clock.advance(ms);
    await settle();
  }
}

/** What was begun runs as far as it gets without time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

const looking = 'connect within 12000';
const broken = (): MediaError => new MediaError('no way', { code: 'transport-failed', retryable: true });

describe('the connection keeper', () => {
  it('accepts each session and moves the bridge channel to it', async () => {
    const rig = new Rig();
    const [first, second] = [new FakeSession(), new FakeSession()];
    await rig.offer(first);
    await rig.end(first);
    await rig.offer(second);
    expect([first.calls, second.calls]).toEqual([['connect'], ['connect']]);
    expect(rig.bridgeCalls).toEqual(['attach', 'detach', 'attach']);
    expect(rig.warnings).toEqual([]);
    expect(rig.clock.pending).toBe(0);
  });

  it('asks for nothing while the focus cannot hear it, and then at once, or when no offer comes', async () => {
    const rig = new Rig();
    const back = async (resumed: boolean): Promise<void> => {
      rig.isAway = false;
      rig.emitter.emit('reconnected', { resumed, away: 30_000, endpointId: 'aa' });
      await rig.pass(1);
    };
    for (const resumed of [true, false]) {
      const session = new FakeSession();
      session.connection = Promise.reject(broken());
      rig.isAway = true;
      await rig.offer(session);
      await rig.pass(60_000);
      expect(session.calls.slice(1)).toEqual([]);
      await back(resumed);
      expect(session.calls.slice(1)).toEqual(resumed ? ['restart'] : []);
      await rig.pass(5_000);
      expect(session.calls.slice(1)).toEqual(['restart']);
      await rig.end(session);
    }
  });

  it('asks for a new session when one cannot be connected, later each time', async () => {
    const rig = new Rig();
    const waits: number[] = [];
    for (let failure = 1; failure <= 8; failure += 1) {
      const session = new FakeSession();
      session.connection = Promise.reject(broken());
      await rig.offer(session);
      const from = rig.clock.now();
      while (!session.calls.includes('restart')) await rig.pass(50);
      waits.push(rig.clock.now() - from);
      await rig.end(session);
    }
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(1_000);
      expect(wait).toBeLessThanOrEqual(Math.min(1_000 * 2 ** (index + 1), 10_000) + 50);
    }
    expect(Math.max(...waits)).toBeGreaterThan(4_000);
    expect(rig.warnings).toHaveLength(8);
  });

  it('asks at once when the bridge answers, and looks for it in the next session before that is accepted', async () => {
    const rig = new Rig();
    const session = new FakeSession();
    await rig.offer(session);
    session.isLooking = true;
    rig.emitter.emit('transportFailed', { session: session as unknown as MediaSession, error: broken() });
    await rig.pass(900);
    expect(session.calls).toEqual(['connect']);
    session.found();
    await rig.pass(0);
    expect(session.calls).toEqual(['connect', 'restart']);
    await rig.pass(100_000);
    expect(session.calls).toEqual(['connect', 'restart']);
    await rig.end(session);
    session.found();
    await rig.pass(100_000);
    expect(session.calls).toEqual(['connect', 'restart']);
    const [second, third] = [new FakeSession(), new FakeSession()];
    await rig.offer(second);
    await rig.end(second);
    await rig.offer(third);
    expect([second.calls, third.calls]).toEqual([[looking], ['connect']]);
  });

  it('does not wait longer than 2 s for it', async () => {
    const rig = new Rig();
    const session = new FakeSession();
    session.isLooking = true;
    session.connection = Promise.reject(broken());
    await rig.offer(session);
    await rig.pass(999);
    expect(session.calls).toEqual(['connect']);
    await rig.pass(1_001);
    expect(session.calls).toEqual(['connect', 'restart']);
  });

  it('puts nothing off when the session fails in another way too', async () => {
    const rig = new Rig();
    const session = new FakeSession();
    await rig.offer(session);
    session.isLooking = true;
    const fail = (): unknown =>
      rig.emitter.emit('transportFailed', { session: session as unknown as MediaSession, error: broken() });
    fail();
    await rig.pass(999);
    fail();
    await rig.pass(1_001);
    expect(session.calls).toEqual(['connect', 'restart']);
  });

  it('asks again when the focus would refuse it for now', async () => {
    const rig = new Rig();
    const session = new FakeSession();
    session.restarted = Promise.reject(new RestartLimitError('restart', 7_000));
    session.connection = Promise.reject(broken());
    await rig.offer(session);
    await rig.pass(2_000);
    expect(session.calls).toEqual(['connect', 'restart']);
    session.restarted = Promise.resolve();
    await rig.pass(6_900);
    expect(session.calls).toHaveLength(2);
    await rig.pass(2_000);
    expect(session.calls).toEqual(['connect', 'restart', 'restart']);
    expect(rig.clock.pending).toBe(0);
  });

  it('gives up a session whose transport or channel is lost', async () => {
    const rig = new Rig();
    const [first, second] = [new FakeSession(), new FakeSession()];
    await rig.offer(first);
    rig.emitter.emit('transportFailed', { session: first as unknown as MediaSession, error: broken() });
    await rig.pass(2_000);
    expect(first.calls).toEqual(['connect', 'restart']);
    await rig.end(first);
    await rig.offer(second);
    rig.channel('opened');
    rig.channelEnded({ reason: 'refused' });
    await rig.pass(2_000);
    expect(second.calls).toEqual([looking, 'restart']);
    expect(rig.warnings.map(({ code }) => code)).toEqual(['transport-failed', 'bridge-lost']);
  });

  it.each(['replaced', 'alone'] as const)(
    'lets a channel go that ended because it was %s',
    async (reason) => {
      const rig = new Rig();
      const session = new FakeSession();
      await rig.offer(session);
      rig.channelEnded({ reason });
      await rig.pass(100_000);
      expect(session.calls).toEqual(['connect']);
    },
  );

  it('has nothing to do with a session that has ended, or after the end', async () => {
    const rig = new Rig();
    const session = new FakeSession();
    await rig.offer(session);
    rig.emitter.emit('transportFailed', { session: session as unknown as MediaSession, error: broken() });
    await rig.end(session);
    await rig.pass(100_000);
    expect(session.calls).toEqual(['connect']);
    const next = new FakeSession();
    next.connection = Promise.reject(broken());
    await rig.offer(next);
    rig.emitter.emit('ended', { info: { reason: 'left' } });
    await rig.pass(100_000);
    expect(next.calls).toEqual([looking]);
    expect(rig.clock.pending).toBe(0);
  });
});

describe('a bridge that is not heard any more', () => {
  const refusal = (): MediaError => new MediaError('no', { code: 'ice-restart-refused' });

  it('is asked for another way in the same session', async () => {
    const rig = new Rig();
    const session = new FakeSession();
    await rig.offer(session);
    session.disturbed();
    session.disturbed();
    await rig.pass(100_000);
    expect(session.calls).toEqual(['connect', 'restart ICE']);
    rig.keeper.networkChanged();
    await rig.pass(100_000);
    expect(session.calls).toEqual(['connect', 'restart ICE', 'restart ICE']);
    expect([rig.warnings, rig.clock.pending]).toEqual([[], 0]);
  });

  it('that has none to give has us ask for a new session', async () => {
    const rig = new Rig();
    const session = new FakeSession();
    await rig.offer(session);
    session.iceRestarted = Promise.reject(refusal());
    session.disturbed();
    await rig.pass(0);
    await rig.pass(2_000);
    expect(session.calls).toEqual(['connect', 'restart ICE', 'restart']);
    expect(rig.warnings.map(({ code }) => code)).toEqual(['ice-restart-refused']);
  });

  it('and is heard meanwhile, keeps the session', async () => {
    const rig = new Rig();
    const session = new FakeSession();
    await rig.offer(session);
    session.iceRestarted = Promise.reject(refusal());
    rig.keeper.networkChanged();
    await rig.pass(100_000);
    expect(session.calls).toEqual(['connect', 'restart ICE']);
    expect(rig.warnings).toEqual([]);
  });

  it('is asked later where the focus would refuse it for now', async () => {
    const rig = new Rig();
    const session = new FakeSession();
    await rig.offer(session);
    session.iceRestarted = Promise.reject(new RestartLimitError('ice-restart', 4_000));
    session.disturbed();
    await rig.pass(0);
    await rig.pass(3_999);
    session.disturbed();
    expect(session.calls).toEqual(['connect', 'restart ICE']);
    session.iceRestarted = Promise.resolve();
    await rig.pass(1);
    expect(session.calls).toEqual(['connect', 'restart ICE', 'restart ICE']);
    session.iceRestarted = Promise.reject(new RestartLimitError('ice-restart', 4_000));
    session.disturbed();
    await rig.pass(0);
    session.transportState = 'connected';
    await rig.pass(100_000);
    expect(session.calls).toHaveLength(4);
    expect(rig.clock.pending).toBe(0);
  });

  it('is left alone by a transport that cannot, and by a session that has ended', async () => {
    const rig = new Rig();
    const [first, second] = [new FakeSession(), new FakeSession()];
    first.canRestartIce = false;
    await rig.offer(first);
    first.disturbed();
    expect(first.calls).toEqual(['connect']);
    await rig.end(first);
    rig.keeper.networkChanged();
    await rig.offer(second);
    second.iceRestarted = Promise.reject(new RestartLimitError('ice-restart', 4_000));
    second.disturbed();
    await rig.pass(0);
    await rig.end(second);
    await rig.pass(100_000);
    expect(second.calls).toEqual(['connect', 'restart ICE']);
    expect([rig.warnings, rig.clock.pending]).toEqual([[], 0]);
  });
});

describe('a channel that is refused', () => {
  it('is no reason for a new session where it never opened: it is tried again, later each time, and told of once', async () => {
    const rig = new Rig();
    const session = new FakeSession();
    await rig.offer(session);
    const attached = (): number => rig.bridgeCalls.filter((call) => call === 'attach').length;
    const waits: number[] = [];
    for (let time = 1; time <= 8; time += 1) {
      rig.channelEnded({ reason: 'refused', text: 'HTTP status 404' });
      const [from, before] = [rig.clock.now(), attached()];
      while (attached() === before) await rig.pass(500);
      waits.push(rig.clock.now() - from);
    }
    expect(session.calls).toEqual(['connect']);
    expect(rig.warnings.map(({ code }) => code)).toEqual(['bridge-lost']);
    for (const [index, wait] of waits.entries()) {
      const longest = Math.min(10_000 * 2 ** index, 120_000);
      expect(wait).toBeGreaterThanOrEqual(longest / 2);
      expect(wait).toBeLessThanOrEqual(longest + 500);
    }
    rig.channel('opened');
    rig.channel('down');
    await rig.end(session);
    expect(rig.clock.pending).toBe(0);
  });

  it('is asked about with one new session where it had opened, and with another only after one that lasted', async () => {
    const rig = new Rig();
    const sessions = [new FakeSession(), new FakeSession(), new FakeSession()] as const;
    await rig.offer(sessions[0]);
    rig.channel('opened');
    rig.channel('down');
    rig.channelEnded({ reason: 'refused' });
    await rig.pass(2_000);
    expect(sessions[0].calls).toEqual(['connect', 'restart']);
    await rig.end(sessions[0]);
    await rig.offer(sessions[1]);
    // It opens only to end again.
    rig.channel('opened');
    rig.channel('down');
    rig.channelEnded({ reason: 'refused' });
    await rig.pass(3_600_000);
    expect(sessions[1].calls).toEqual([looking]);
    rig.channel('opened');
    await rig.pass(60_000);
    rig.channel('down');
    rig.channelEnded({ reason: 'lost' });
    await rig.pass(60_000);
    expect(sessions[1].calls).toEqual([looking, 'restart']);
  });

  it.each(['channel first', 'transport first'])(
    'costs one new session where the bridge has restarted, and the transport fails too (%s)',
    async (order) => {
      const rig = new Rig();
      const [first, second] = [new FakeSession(), new FakeSession()];
      await rig.offer(first);
      rig.channel('opened');
      first.isLooking = true;
      const failures = [
        () => rig.channelEnded({ reason: 'refused' }),
        () =>
          rig.emitter.emit('transportFailed', {
            session: first as unknown as MediaSession,
            error: broken(),
          }),
      ];
      for (const fail of order === 'channel first' ? failures : failures.toReversed()) fail();
      first.found();
      await rig.pass(100_000);
      expect(first.calls).toEqual(['connect', 'restart']);
      await rig.end(first);
      await rig.offer(second);
      // The bridge knows nothing of it yet.
      rig.channelEnded({ reason: 'refused' });
      await rig.pass(100_000);
      expect(second.calls).toEqual([looking]);
      expect(rig.warnings.map(({ code }) => code).toSorted()).toEqual([
        'bridge-lost',
        'bridge-lost',
        'transport-failed',
      ]);
    },
  );

  it('is not tried again after the end', async () => {
    const rig = new Rig();
    const session = new FakeSession();
    await rig.offer(session);
    rig.channelEnded({ reason: 'refused' });
    rig.emitter.emit('ended', { info: { reason: 'left' } });
    expect(rig.clock.pending).toBe(0);
  });
});
