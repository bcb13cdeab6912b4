import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Hearers } from '../../../../src/cli/data/hearers.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { FakeRoom } from '../fake-room.ts';

interface Rig {
  ears: Hearers;
  stop: AbortController;
  clock: ManualClock;
  /** Whether it has settled, after so many ms. */
  doneAfter(promise: Promise<unknown>, ms: number): Promise<boolean>;
}

function hearers(room: FakeRoom, to?: string): Rig {
  const stop = new AbortController();
  const clock = new ManualClock();
  const { conference, bridge } = room;
  const ears = new Hearers({ conference, bridge, to, signal: stop.signal, clock });
  const doneAfter = async (promise: Promise<unknown>, ms: number): Promise<boolean> => {
    let done = false;
    const settle = (): void => void (done = true);
    promise.then(settle, settle);
    for (let passed = 0; passed < ms; passed += 50) {
      await turn();
      clock.advance(50);
    }
    await turn();
    return done;
  };
  return { ears, stop, clock, doneAfter };
}

describe('those who shall hear', () => {
  it.each([
    ['bob', 'bob'],
    [undefined, 'somebody else'],
  ])('are waited for aloud where they are not there (%s)', async (to, whom) => {
    const room = new FakeRoom();
    const stop = new AbortController();
    const told: string[] = [];
    const ears = new Hearers({
      conference: room.conference,
      bridge: room.bridge,
      to,
      signal: stop.signal,
      waiting: (name) => void told.push(name),
      clock: new ManualClock(),
    });
    const gathered = ears.gather();
    expect(told).toEqual([whom]);
    stop.abort(new Error('enough'));
    await expect(gathered).rejects.toThrow('enough');
  });

  it('are waited for until they answer', async () => {
    const room = new FakeRoom();
    const { ears, doneAfter } = hearers(room);
    const gathered = ears.gather();
    expect(await doneAfter(gathered, 10_000)).toBe(false);
    room.enter('bob');
    expect(await doneAfter(gathered, 1_000)).toBe(false);
    // His channel opens now.
    room.answering.add('bob');
    expect(await doneAfter(gathered, 1_000)).toBe(true);
    expect(ears.address).toBe('');
  });

  it('have three seconds if they never answer, as other programs', async () => {
    const room = new FakeRoom();
    room.enter('browser');
    const { ears, doneAfter } = hearers(room);
    const gathered = ears.gather();
    expect(await doneAfter(gathered, 2_500)).toBe(false);
    expect(await doneAfter(gathered, 2_000)).toBe(true);
    // Nobody can say when all has arrived: there it takes a while.
    const settled = ears.settle();
    expect(await doneAfter(settled, 3_500)).toBe(false);
    expect(await doneAfter(settled, 1_000)).toBe(true);
    expect(await settled).toEqual({ silent: [], isHeard: true });
  });

  it('are known by name, also when somebody takes that name later', async () => {
    const room = new FakeRoom();
    room.enter('carol');
    const { ears, doneAfter } = hearers(room, 'Bob');
    const gathered = ears.gather();
    room.enter('b1', { displayName: 'Bob' });
    room.answering.add('b1');
    expect(await doneAfter(gathered, 1_000)).toBe(true);
    expect(ears.address).toBe('b1');
    expect(ears.present).toEqual(['b1']);
    room.leave('b1');
    expect(ears.present).toEqual([]);
  });

  it('are refused when the name fits two', async () => {
    const room = new FakeRoom();
    room.enter('b1', { displayName: 'Bob' });
    room.enter('b2', { displayName: 'Bob' });
    const { ears } = hearers(room, 'Bob');
    await expect(ears.gather()).rejects.toMatchObject({ code: 'participant-ambiguous' });
  });

  it('do not include recorders and the like', () => {
    const room = new FakeRoom();
    room.enter('recorder', { isHidden: true });
    expect(hearers(room).ears.present).toEqual([]);
  });

  it('confirm what was sent at once', async () => {
    const room = new FakeRoom();
    room.enter('bob');
    room.answering.add('bob');
    const { ears, doneAfter } = hearers(room);
    await doneAfter(ears.gather(), 1_000);
    const settled = ears.settle();
    expect(await doneAfter(settled, 200)).toBe(true);
    expect(await settled).toEqual({ silent: [], isHeard: true });
  });

  it('are named when they do not confirm any more', async () => {
    const room = new FakeRoom();
    for (const id of ['bob', 'carol']) {
      room.enter(id, { displayName: id.toUpperCase() });
      room.answering.add(id);
    }
    const { ears, doneAfter } = hearers(room);
    await doneAfter(ears.gather(), 1_000);
    room.leave('bob');
    room.answering.delete('carol');
    const settled = ears.settle();
    expect(await doneAfter(settled, 29_000)).toBe(false);
    expect(await doneAfter(settled, 3_000)).toBe(true);
    expect(await settled).toEqual({ silent: ['BOB', 'CAROL'], isHeard: false });
  });

  it('are waited for no longer when the command is stopped', async () => {
    const room = new FakeRoom();
    const { ears, stop } = hearers(room);
    const reason = new Error('enough');
    const gathered = ears.gather();
    stop.abort(reason);
    await expect(gathered).rejects.toBe(reason);
    room.enter('bob');
    await expect(ears.gather()).rejects.toBe(reason);
  });

  it('leave nothing behind', async () => {
    const room = new FakeRoom();
    room.enter('bob');
    room.answering.add('bob');
    const { ears, doneAfter, clock } = hearers(room);
    await doneAfter(ears.gather(), 1_000);
    ears.close();
    expect(clock.pending).toBe(0);
    expect(room.bridgeEvents.has('plainReceived')).toBe(false);
  });
});
