import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/base/emitter.ts';
import { ConnectionError, JitsiError, UsageError } from '../../../../src/base/errors.ts';
import type { Bridge } from '../../../../src/client/bridge/bridge.ts';
import { bridgeEventNames, type BridgeEvents } from '../../../../src/client/bridge/events.ts';
import { conferenceEventNames, type ConferenceEvents } from '../../../../src/client/conference-events.ts';
import { RpcRefusal } from '../../../../src/client/rpc/errors.ts';
import { Rpc } from '../../../../src/client/rpc/rpc.ts';
import type { Participant } from '../../../../src/conference/room/roster.ts';
import { parseBridgeMessage } from '../../../../src/jitsi/bridge-messages/index.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { seededRandom } from '../../../support/random.ts';

const fail = (error: unknown): never => {
  throw error;
};
/** Lets everything go on that waits for nothing but promises. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Somebody with a bridge of which the test is the other end. */
class Peer {
  readonly events = new Emitter<ConferenceEvents>(conferenceEventNames, fail);
  readonly bridgeEvents = new Emitter<BridgeEvents>(bridgeEventNames, fail);
  readonly warnings: JitsiError[] = [];
  readonly rpc: Rpc;
  /** What it said, and has not been passed on. */
  readonly said: string[] = [];
  state: 'open' | 'down' = 'open';
  canSend = true;
  sizeLimit = 65_536;
  isOver = false;

  constructor(id: string, room: Map<string, Participant>, clock: ManualClock) {
    const others = (): Map<string, Participant> => new Map([...room].filter(([other]) => other !== id));
    this.rpc = new Rpc({
      clock,
      on: (event, listener) => this.events.on(event, listener),
      random: seededRandom(id.length),
      endpointId: () => id,
      participants: others,
      isOver: () => this.isOver,
      warn: (error) => this.warnings.push(error),
    });
    const [state, canSend] = [(): string => this.state, (): boolean => this.canSend];
    this.rpc.useBridge({
      on: (event: 'opened', listener: () => void) => this.bridgeEvents.on(event, listener),
      get state() {
        return state();
      },
      get canSend() {
        return canSend();
      },
      sendJson: (message: string) => this.#say(message),
    } as unknown as Bridge);
  }

  hears(from: string, message: string | object): void {
    const fields = (typeof message === 'string' ? JSON.parse(message) : message) as object;
    const parsed = parseBridgeMessage(JSON.stringify({ colibriClass: 'EndpointMessage', ...fields, from }));
    this.bridgeEvents.emit('plainReceived', { message: parsed });
  }

  open(): void {
    this.state = 'open';
    this.bridgeEvents.emit('opened', { transport: 'ws' });
  }

  end(): void {
    this.isOver = true;
    this.events.emit('ended', { info: { reason: 'left' } });
  }

  #say(message: string): boolean {
    if (message.length > this.sizeLimit) throw new UsageError('too long', { code: 'message-too-large' });
    this.said.push(message);
    return true;
  }
}

class World {
  readonly clock = new ManualClock(1_000_000);
  readonly room = new Map<string, Participant>();
  readonly ada: Peer = this.enters('ada');
  readonly bob: Peer = this.enters('bobby');

  enters(id: string): Peer {
    this.room.set(id, { id, displayName: id.toUpperCase() } as Participant);
    return new Peer(id, this.room, this.clock);
  }

  /** What was said arrives, and what is said then, until nothing is. */
  async deliver(): Promise<void> {
    await settled();
    for (;;) {
      const fromAda = this.ada.said.splice(0);
      const fromBob = this.bob.said.splice(0);
      if (fromAda.length + fromBob.length === 0) return;
      for (const message of fromAda) this.bob.hears('ada', message);
      for (const message of fromBob) this.ada.hears('bobby', message);
      await settled();
    }
  }
}

/** How a call ends. */
const outcome = (call: Promise<unknown>): Promise<unknown> =>
  call.catch((error: unknown) => (error instanceof JitsiError ? `${error.kind} ${error.code}` : error));

describe('a call', () => {
  it('is carried out by the other, who is told who calls, and comes back with the result', async () => {
    const world = new World();
    const calls: unknown[] = [];
    world.bob.rpc.register('add', (payload, { from, participant }) => {
      calls.push([from, participant?.displayName, payload]);
      const { a, b } = payload as { a: number; b: number };
      return a + b;
    });
    world.bob.rpc.register('nothing', () => Promise.resolve());
    const sum = world.ada.rpc.call('bobby', 'add', { a: 1, b: 2 });
    const nothing = world.ada.rpc.call({ ...world.room.get('bobby') } as Participant, 'nothing');
    await world.deliver();
    expect([await sum, await nothing]).toEqual([3, null]);
    expect(calls).toEqual([['ada', 'ADA', { a: 1, b: 2 }]]);
    expect(world.clock.pending).toBe(0);
  });

  it('fails with what the other says, and no more than they want to', async () => {
    const world = new World();
    world.bob.rpc.register('refuse', () => {
      throw new RpcRefusal('not today');
    });
    world.bob.rpc.register('fail', () => Promise.reject(new Error('the password is hunter2')));
    world.bob.rpc.register('odd', () => 10n);
    const calls = ['refuse', 'fail', 'odd', 'unknown'].map((method) => world.ada.rpc.call('bobby', method));
    const ends = calls.map((call) => outcome(call));
    await world.deliver();
    expect(await Promise.all(ends)).toEqual([
      'refused rpc-refused',
      'refused rpc-failed',
      'refused rpc-failed',
      'refused rpc-no-method',
    ]);
    await expect(calls[0]).rejects.toThrow('calling "refuse" of bobby: they refuse: not today');
    await expect(calls[1]).rejects.not.toThrow('hunter2');
    expect(world.bob.warnings.map(({ code, message }) => `${code}: ${message}`)).toMatchObject([
      'listener-failed: the handler of fail failed: the password is hunter2',
      expect.stringContaining('BigInt'),
    ]);
  });

  it('fails in time: without an answer, without a channel, when it is given up, at the end', async () => {
    const world = new World();
    const controller = new AbortController();
    const call = (options: object): Promise<unknown> => outcome(world.ada.rpc.call('bobby', 'x', 1, options));
    const unanswered = world.ada.rpc.call('bobby', 'x');
    const quick = call({ timeout: 100 });
    const aborted = call({ signal: controller.signal });
    world.ada.state = 'down';
    const unsent = world.ada.rpc.call('bobby', 'x', 1, { timeout: 200 });
    controller.abort('enough');
    world.clock.advance(200);
    expect([await quick, await aborted]).toEqual(['timeout rpc-timeout', 'enough']);
    await expect(unsent).rejects.toThrow('no answer in 0.2 s; the bridge channel was not open');
    world.clock.advance(14_800);
    await expect(unanswered).rejects.toThrow('no answer in 15 s; it may have been carried out');
    const last = call({ timeout: Infinity });
    world.ada.end();
    expect(await last).toBe('connection conference-ended');
    expect(await call({})).toBe('connection conference-ended');
    expect(world.clock.pending).toBe(0);
  });

  it('of somebody who leaves, or is not there, fails at once', async () => {
    const world = new World();
    const waiting = outcome(world.ada.rpc.call('bobby', 'x'));
    const participant = world.room.get('bobby') as Participant;
    world.room.delete('bobby');
    world.ada.events.emit('participantLeft', { participant, departure: { reason: 'left' } });
    expect(await waiting).toBe('connection rpc-peer-gone');
    expect(await outcome(world.ada.rpc.call('bobby', 'x'))).toBe('connection rpc-peer-gone');
    expect(await outcome(world.ada.rpc.call('ada', 'x'))).toBe('connection rpc-peer-gone');
    expect(world.clock.pending).toBe(0);
  });

  it('that does not fit into a message, or whose answer does not, says so', async () => {
    const world = new World();
    world.bob.rpc.register('much', () => 'x'.repeat(70_000));
    const there = outcome(world.ada.rpc.call('bobby', 'x', 'x'.repeat(70_000)));
    const back = outcome(world.ada.rpc.call('bobby', 'much'));
    await world.deliver();
    expect([await there, await back]).toEqual(['usage rpc-too-large', 'refused rpc-too-large']);
    expect(await outcome(world.ada.rpc.call('bobby', 'x', 10n))).toBe('usage bridge-message-invalid');
    expect(world.clock.pending).toBe(0);
  });

  it('outlives channels that change, and is carried out once however often it is said', async () => {
    const world = new World();
    let count = 0;
    world.bob.rpc.register('count', () => (count += 1));
    world.ada.state = 'down';
    const call = world.ada.rpc.call('bobby', 'count');
    await world.deliver();
    expect(count).toBe(0);
    world.ada.open();
    // It comes, and again by itself; the answer is lost with the other's channel.
    world.bob.state = 'down';
    await world.deliver();
    world.clock.advance(2_000);
    await world.deliver();
    expect(count).toBe(1);
    world.bob.open();
    // This answer is lost on the way.
    world.bob.said.length = 0;
    world.clock.advance(4_000);
    await world.deliver();
    expect(await call).toBe(1);
    expect(count).toBe(1);
  });

  it('is given up when we come back as somebody else, whom no answer reaches', async () => {
    const world = new World();
    const call = outcome(world.ada.rpc.call('bobby', 'x'));
    world.ada.events.emit('reconnected', {
      resumed: false,
      away: 1,
      endpointId: 'eda',
      previousEndpointId: 'ada',
    });
    expect(await call).toBe('connection rpc-lost');
  });

  it('is bounded in number, and refused with the error of a full channel', async () => {
    const world = new World();
    const calls = Array.from({ length: 1_000 }, () => outcome(world.ada.rpc.call('bobby', 'x')));
    expect(await outcome(world.ada.rpc.call('bobby', 'x'))).toBe('connection rpc-busy');
    world.ada.end();
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['connection conference-ended']));
    const other = new World();
    Object.assign(other.ada, { state: 'open' });
    const full = new ConnectionError('full', { code: 'bridge-queue-full' });
    other.ada.rpc.useBridge({
      on: () => () => {},
      state: 'open',
      sendJson: () => fail(full),
    } as unknown as Bridge);
    expect(await outcome(other.ada.rpc.call('bobby', 'x'))).toBe('connection bridge-queue-full');
  });
});

describe('a method', () => {
  it('is taken back by what registering returned, a signal, or the end', async () => {
    const world = new World();
    const controller = new AbortController();
    const one = world.bob.rpc.register('one', () => 1);
    world.bob.rpc.register('two', () => 2, { signal: controller.signal });
    expect(() => world.bob.rpc.register('one', () => 0)).toThrow('there is a handler already');
    one();
    controller.abort();
    world.bob.rpc.register('one', () => 'anew');
    // A second time it takes back nobody else's.
    one();
    const calls = ['one', 'two'].map((method) => outcome(world.ada.rpc.call('bobby', method)));
    await world.deliver();
    expect(await Promise.all(calls)).toEqual(['anew', 'refused rpc-no-method']);
    world.bob.end();
    world.bob.rpc.register('late', () => 1);
    const late = outcome(world.ada.rpc.call('bobby', 'late'));
    await world.deliver();
    expect(await late).toBe('refused rpc-no-method');
  });

  it('is told when nobody waits for it any more', async () => {
    const world = new World();
    const reasons: unknown[] = [];
    world.bob.rpc.register('long', (_, { signal }) => {
      signal.addEventListener('abort', () => reasons.push(signal.reason));
      return new Promise(() => {});
    });
    void outcome(world.ada.rpc.call('bobby', 'long'));
    await world.deliver();
    const participant = world.room.get('ada') as Participant;
    world.bob.events.emit('participantLeft', { participant, departure: { reason: 'left' } });
    expect(reasons).toHaveLength(1);
  });
});

describe('a hostile participant', () => {
  const said = (payload: object): object => ({
    to: 'ada',
    msgPayload: { type: 'jitsi-headless-rpc', ...payload },
  });

  it('cannot answer a call of somebody else, nor one that is not', async () => {
    const world = new World();
    const call = world.ada.rpc.call('bobby', 'secret');
    const { msgPayload } = JSON.parse(world.ada.said[0] ?? '') as { msgPayload: { call: string } };
    for (const from of ['mallory', 'ada', ''])
      world.ada.hears(from, said({ answer: msgPayload.call, result: 'forged' }));
    for (const answer of ['', 'x', 7, null, {}, '__proto__'])
      world.ada.hears('bobby', said({ answer, result: 1 }));
    world.ada.hears('bobby', said({ answer: msgPayload.call, result: 'real' }));
    expect(await call).toBe('real');
    // Again, when nobody waits.
    world.ada.hears('bobby', said({ answer: msgPayload.call, error: null }));
  });

  it('finds no method by the name of something else, and nothing in what is not whole', async () => {
    const world = new World();
    let count = 0;
    world.ada.rpc.register('x', () => (count += 1));
    const odd = [
      { call: 1, method: 'x' },
      { call: 'i' },
      { call: 'i', method: ['x'] },
      { call: 'i'.repeat(65), method: 'x' },
      { call: 'i', method: 'x'.repeat(201) },
      { call: '', method: 'x' },
    ];
    for (const payload of odd) world.ada.hears('mallory', said(payload));
    world.ada.hears('mallory', { msgPayload: { type: 'another', call: 'i', method: 'x' } });
    world.ada.hears('', said({ call: 'i', method: 'x' }));
    await settled();
    expect([count, world.ada.said]).toEqual([0, []]);
    for (const method of ['constructor', '__proto__', 'toString'])
      world.ada.hears('mallory', said({ call: method, method }));
    expect(world.ada.said.map((text) => text.includes('rpc-no-method'))).toEqual([true, true, true]);
  });

  it('has so much done at a time, and keeps nobody else from it', async () => {
    const world = new World();
    let running = 0;
    world.ada.rpc.register('long', () => {
      running += 1;
      return new Promise(() => {});
    });
    for (let id = 0; id < 100; id += 1) world.ada.hears('mallory', said({ call: `c${id}`, method: 'long' }));
    expect(running).toBe(16);
    expect(world.ada.said.filter((text) => text.includes('rpc-busy'))).toHaveLength(84);
    world.ada.hears('bobby', said({ call: 'c1', method: 'long' }));
    expect(running).toBe(17);
    // Nothing is said into a channel that is full.
    world.ada.said.length = 0;
    world.ada.canSend = false;
    for (let id = 0; id < 100; id += 1) world.ada.hears('mallory', said({ call: `d${id}`, method: 'none' }));
    expect(world.ada.said).toEqual([]);
    for (let other = 0; other < 100; other += 1)
      for (let id = 0; id < 16; id += 1)
        world.ada.hears(`m${other}`, said({ call: `c${id}`, method: 'long' }));
    expect(running).toBe(256);
  });

  it('of somebody who has left takes no place, though its handler never settles', () => {
    const world = new World();
    let running = 0;
    world.ada.rpc.register('long', () => {
      running += 1;
      return new Promise(() => {});
    });
    const call = (from: string): void => {
      for (let id = 0; id < 16; id += 1) world.ada.hears(from, said({ call: `c${id}`, method: 'long' }));
    };
    for (let other = 0; other < 20; other += 1) call(`m${other}`);
    expect(running).toBe(256);
    for (let other = 0; other < 16; other += 1)
      world.ada.events.emit('participantLeft', {
        participant: { id: `m${other}` } as Participant,
        departure: { reason: 'left' },
      });
    call('bobby');
    expect(running).toBe(272);
  });

  it('of ten thousand callers is known, and of no more', async () => {
    const world = new World();
    let count = 0;
    world.ada.rpc.register('quick', () => {
      count += 1;
    });
    const call = (other: number): void => {
      world.ada.hears(`m${other}`, said({ call: 'c', method: 'quick' }));
    };
    for (let other = 0; other < 10_001; other += 1) {
      call(other);
      if (other % 100 === 0) await settled();
    }
    await settled();
    expect(count).toBe(10_001);
    for (const other of [10_000, 1]) call(other);
    await settled();
    expect(count).toBe(10_001);
    call(0);
    await settled();
    expect(count).toBe(10_002);
  });

  it('makes us keep little, whatever comes back', async () => {
    const world = new World();
    let count = 0;
    world.ada.rpc.register('much', () => {
      count += 1;
      return 'x'.repeat(60_000);
    });
    for (let id = 0; id < 300; id += 1) {
      world.ada.hears('mallory', said({ call: `c${id}`, method: 'much' }));
      await settled();
    }
    world.ada.said.length = 0;
    // Of those not long ago the answers are there still, of the others it is known that they were carried out.
    for (let id = 299; id >= 60; id -= 1)
      world.ada.hears('mallory', said({ call: `c${id}`, method: 'much' }));
    await settled();
    expect([count, world.ada.said.length]).toEqual([300, 17]);
  });
});
