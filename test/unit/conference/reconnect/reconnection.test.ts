import { describe, expect, it } from 'vitest';
import { ConnectionError, RefusedError, UsageError } from '../../../../src/base/errors.ts';
import { backOff } from '../../../../src/conference/reconnect/back-off.ts';
import { hopeless } from '../../../../src/conference/reconnect/hopeless.ts';
import { Reconnection } from '../../../../src/conference/reconnect/reconnection.ts';
import { JoinError } from '../../../../src/jitsi/join-error.ts';
import { seededRandom } from '../../../support/random.ts';

const cause = new ConnectionError('the socket broke', { code: 'connection-lost' });
const least = (size: number): Uint8Array => new Uint8Array(size);
const most = (size: number): Uint8Array => new Uint8Array(size).fill(255);

describe('backOff', () => {
  it('is anything up to twice as much each time, and a minute at most', () => {
    expect([0, 1, 2, 5, 6, 7, 1_000].map((tries) => backOff(tries, most))).toEqual([
      1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000,
    ]);
    expect([0, 1, 1_000].map((tries) => backOff(tries, least))).toEqual([0, 0, 0]);
  });
});

describe('Reconnection', () => {
  const forever = { maxTime: Number.POSITIVE_INFINITY };

  it('counts tries until we are there again, and says when the next is due', () => {
    const reconnection = new Reconnection(forever, most);
    expect([reconnection.absence, reconnection.nextAt]).toEqual([undefined, undefined]);
    expect(reconnection.lost(cause, 100_000)).toEqual({ since: 100_000, attempt: 1, cause, nextAt: 101_000 });
    expect([reconnection.isDue(100_999), reconnection.isDue(101_000)]).toEqual([false, true]);
    reconnection.trying();
    // One at a time.
    expect([reconnection.isDue(200_000), reconnection.nextAt]).toEqual([false, Number.POSITIVE_INFINITY]);
    expect(reconnection.lost(cause, 103_000)).toEqual({ since: 100_000, attempt: 2, cause, nextAt: 105_000 });
    reconnection.hurry(103_500);
    expect(reconnection.isDue(103_500)).toBe(true);
    reconnection.back(104_000);
    expect([reconnection.absence, reconnection.nextAt]).toEqual([undefined, undefined]);
  });

  it('begins with a short wait again only after a connection that lasted', () => {
    const reconnection = new Reconnection(forever, most);
    const waits = [0, 10_000, 30_000, 200_000].map((now) => {
      const { nextAt, attempt } = reconnection.lost(cause, now);
      expect(attempt).toBe(1);
      reconnection.trying();
      reconnection.back(now + 5_000);
      return nextAt - now;
    });
    expect(waits).toEqual([1_000, 2_000, 4_000, 1_000]);
  });

  it('does not wait for long while our own network is away', () => {
    const reconnection = new Reconnection(forever, most);
    const ours = new ConnectionError('no route', { code: 'host-unreachable' });
    const waits = Array.from({ length: 6 }, () => {
      const { nextAt } = reconnection.lost(ours, 0);
      reconnection.trying();
      return nextAt;
    });
    expect(waits).toEqual([1_000, 1_000, 1_000, 1_000, 1_000, 1_000]);
    for (let times = 0; times < 5; times += 1) reconnection.lost(cause, 0);
    expect(reconnection.lost(ours, 0).nextAt).toBe(4_000);
  });

  it('ends after the time that is allowed, also while a try is under way', () => {
    const reconnection = new Reconnection({ maxTime: 30_000 }, most);
    reconnection.lost(cause, 0);
    reconnection.trying();
    expect([reconnection.nextAt, reconnection.isOver(29_999), reconnection.isOver(30_000)]).toEqual([
      30_000,
      false,
      true,
    ]);
    reconnection.lost(cause, 29_000);
    expect(reconnection.nextAt).toBe(30_000);
  });

  it('brings a thousand that lost one server back over time', () => {
    const random = seededRandom(1);
    const back = 20_000;
    const arrivals = Array.from({ length: 1_000 }, () => {
      const reconnection = new Reconnection(forever, random);
      let now = 0;
      do {
        now = reconnection.lost(cause, now).nextAt;
        reconnection.trying();
      } while (now < back);
      return now - back;
    });
    const perSecond = new Map<number, number>();
    for (const at of arrivals) {
      const second = Math.floor(at / 1_000);
      perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
    }
    const busiest = Math.max(...perSecond.values());
    const seconds = [...perSecond.keys()].toSorted((a, b) => a - b);
    console.log(
      `1000 clients, the server is back after 20 s: over ${seconds.at(-1)} s, ${busiest} in the busiest second; ` +
        seconds
          .slice(0, 12)
          .map((second) => perSecond.get(second))
          .join(' '),
    );
    expect(busiest).toBeLessThan(100);
    expect(Math.max(...arrivals)).toBeLessThanOrEqual(60_000);
  });
});

describe('what can never succeed', () => {
  it('is being replaced, banned, or refused twice', () => {
    const refused = new RefusedError('no', { code: 'authentication-failed' });
    const conflict = new ConnectionError('conflict', { code: 'stream-conflict' });
    const banned = new JoinError('banned', { code: 'banned', condition: 'forbidden' });
    expect(hopeless(conflict, 0)).toMatchObject({
      reason: 'replaced',
      error: { code: 'replaced', kind: 'refused' },
    });
    expect(hopeless(banned, 0)).toEqual({ reason: 'banned', error: banned });
    expect(hopeless(refused, 1)).toBeUndefined();
    expect(hopeless(refused, 2)).toEqual({ reason: 'connection-lost', error: refused });
    const usage = new UsageError('wrong', { code: 'option-invalid' });
    expect(hopeless(usage, 0)).toEqual({ reason: 'connection-lost', error: usage });
  });

  it('is nothing else', () => {
    expect(hopeless(cause, 5)).toBeUndefined();
    for (const code of ['nick-conflict', 'room-full', 'room-does-not-exist', 'password-required'] as const)
      expect(hopeless(new JoinError(code, { code, condition: 'x' }), 5)).toBeUndefined();
  });
});
