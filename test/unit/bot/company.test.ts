import { describe, expect, it } from 'vitest';
import { alone, waitForFirst } from '../../../src/bot/company.ts';
import { stay } from '../../../src/bot/stay.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { FakeRoom } from './fake-room.ts';

/** Whether it is settled, once what is due has run. */
async function outcome<Value>(promise: Promise<Value>): Promise<Value | 'waits'> {
  await new Promise((resolve) => setImmediate(resolve));
  return Promise.race([promise, Promise.resolve('waits' as const)]);
}

describe('alone', () => {
  it('is who has had nobody for a while', async () => {
    const [room, clock] = [new FakeRoom(), new ManualClock()];
    room.comes('ada');
    const isAlone = alone(room, { after: 1_000, clock });
    room.goes('ada');
    clock.advance(999);
    room.comes('ben');
    room.goes('ben');
    room.comes('recorder', { isHidden: true });
    clock.advance(999);
    expect(await outcome(isAlone)).toBe('waits');
    clock.advance(1);
    expect(await outcome(isAlone)).toBe(true);
    expect([clock.pending, room.listeners]).toEqual([0, 0]);
  });

  it('is not who has lost the connection', async () => {
    const [room, clock] = [new FakeRoom(), new ManualClock()];
    const isAlone = alone(room, { after: 1_000, clock });
    room.loses();
    clock.advance(5_000);
    expect(await outcome(isAlone)).toBe('waits');
    room.isBack();
    clock.advance(1_000);
    expect(await outcome(isAlone)).toBe(true);
  });

  it('is false when it is over before', async () => {
    const [room, clock] = [new FakeRoom(), new ManualClock()];
    const isAlone = alone(room, { clock });
    room.ends();
    expect(await outcome(isAlone)).toBe(false);
    expect(await outcome(alone(room, { clock }))).toBe(false);
    const aborted = AbortSignal.abort();
    expect(await outcome(alone(new FakeRoom(), { clock, signal: aborted }))).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it('counts whom it is told to', async () => {
    const [room, clock] = [new FakeRoom(), new ManualClock()];
    room.comes('bot');
    const isAlone = alone(room, { after: 1, clock, counts: ({ id }) => id !== 'bot' });
    clock.advance(1);
    expect(await outcome(isAlone)).toBe(true);
  });
});

describe('waitForFirst', () => {
  it('resolves with who is there, or comes', async () => {
    const room = new FakeRoom();
    const first = waitForFirst(room);
    expect(await outcome(first)).toBe('waits');
    room.comes('recorder', { isHidden: true });
    const ada = room.comes('ada');
    expect(await outcome(first)).toBe(ada);
    expect(await outcome(waitForFirst(room))).toBe(ada);
    expect(room.listeners).toBe(0);
  });

  it('resolves with nobody when it is over before', async () => {
    const room = new FakeRoom();
    const first = waitForFirst(room);
    room.ends();
    expect(await outcome(first)).toBeUndefined();
  });
});

describe('stay', () => {
  it('ends when we are alone, or for too long', async () => {
    const [room, clock] = [new FakeRoom(), new ManualClock()];
    room.comes('ada');
    const short = stay(room, { alone: 1_000, maxDuration: 5_000, clock });
    const long = stay(room, { maxDuration: 5_000, clock });
    room.goes('ada');
    clock.advance(1_000);
    expect(await outcome(short)).toEqual({ reason: 'alone' });
    clock.advance(4_000);
    expect(await outcome(long)).toEqual({ reason: 'max-duration' });
    expect([clock.pending, room.listeners]).toEqual([0, 0]);
  });

  it('ends with the conference, and with a signal', async () => {
    const [room, clock] = [new FakeRoom(), new ManualClock()];
    const aborted = new AbortController();
    const first = stay(room, { signal: aborted.signal, clock });
    aborted.abort();
    expect(await outcome(first)).toEqual({ reason: 'aborted' });
    const second = stay(room, { clock });
    room.ends();
    expect(await outcome(second)).toEqual({ reason: 'ended', info: { reason: 'left' } });
  });

  it('ends instead of the process, the first time', async () => {
    const [room, clock] = [new FakeRoom(), new ManualClock()];
    const before = process.listenerCount('SIGTERM');
    const ended = stay(room, { clock });
    process.emit('SIGTERM', 'SIGTERM');
    expect(await outcome(ended)).toEqual({ reason: 'terminated', signal: 'SIGTERM' });
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});
