import { expect, it } from 'vitest';
import { NetworkWatch } from '../../../src/net/network-watch.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function watched(): {
  watch: NetworkWatch;
  clock: ManualClock;
  set: (...addresses: string[]) => void;
  looks: () => number;
} {
  const clock = new ManualClock();
  let addresses = ['192.0.2.1', '2001:db8::1'];
  let looks = 0;
  const watch = new NetworkWatch({
    addresses: () => {
      looks += 1;
      return addresses;
    },
    schedule: (delay, run) => clock.schedule(delay, run),
  });
  const set = (...next: string[]): void => {
    addresses = next;
  };
  return { watch, clock, set, looks: () => looks };
}

it('tells all who listen, once a change, in whatever order the addresses come', () => {
  const { watch, clock, set } = watched();
  const told: string[] = [];
  watch.subscribe(() => told.push('a'));
  watch.subscribe(() => {
    throw new Error('a listener fails');
  });
  watch.subscribe(() => told.push('b'));
  clock.advance(60_000);
  set('2001:db8::1', '192.0.2.1');
  clock.advance(60_000);
  expect(told).toEqual([]);
  set('198.51.100.7');
  clock.advance(2_000);
  expect(told).toEqual(['a', 'b']);
  clock.advance(60_000);
  set();
  clock.advance(2_000);
  expect(told).toEqual(['a', 'b', 'a', 'b']);
});

it('looks while anybody listens, once for all of them', () => {
  const { watch, clock, set, looks } = watched();
  const told: string[] = [];
  const listener = (): void => void told.push('x');
  const offs = [watch.subscribe(listener), watch.subscribe(listener)];
  expect(clock.pending).toBe(1);
  offs[0]?.();
  offs[0]?.();
  set('198.51.100.7');
  clock.advance(2_000);
  expect(told).toEqual(['x']);
  offs[1]?.();
  expect(clock.pending).toBe(0);
  const before = looks();
  clock.advance(60_000);
  expect(looks()).toBe(before);
  // What changed while nobody listened is no news.
  set('203.0.113.9');
  watch.subscribe(listener);
  clock.advance(60_000);
  expect(told).toEqual(['x']);
});
