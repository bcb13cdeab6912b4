import { describe, expect, it } from 'vitest';
import { LateReading, type LoopTimes } from '../../../../../src/rtc/werift/ice/late-reading.ts';

/** An event loop that waits, is busy, and reads, as a test says. */
class Loop implements LoopTimes {
  /** What was delivered, and when it is said to have arrived. */
  readonly delivered: [name: string, arrival: number][] = [];
  readonly #reading: LateReading;
  #now = 1_000;
  #idle = 500;
  #rounds = 7;
  #after: (() => void)[] = [];

  constructor() {
    this.#reading = new LateReading(
      (data, _address, _port, late) => this.delivered.push([data.toString(), this.#now - late]),
      this,
    );
  }

  now(): number {
    return this.#now;
  }

  idle(): number {
    return this.#idle;
  }

  rounds(): number {
    return this.#rounds;
  }

  afterReading(run: () => void): void {
    this.#after.push(run);
  }

  wait(ms: number): void {
    this.#now += ms;
    this.#idle += ms;
    this.#rounds += 1;
  }

  work(ms: number): void {
    this.#now += ms;
  }

  /** In one go: up to 32, as libuv reads them. */
  read(...names: string[]): void {
    for (const name of names) this.#reading.read(Buffer.from(name), '192.0.2.1', 1);
    for (const run of this.#after.splice(0)) run();
  }
}

const names = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => String(from + index));

describe('what is read', () => {
  it('in time has arrived now, and is delivered at once', () => {
    const loop = new Loop();
    for (const name of names(3)) {
      loop.wait(20);
      loop.work(2);
      loop.read(name);
    }
    expect(loop.delivered).toEqual([
      ['0', 1_022],
      ['1', 1_044],
      ['2', 1_066],
    ]);
  });

  it('after the loop was busy came evenly meanwhile, in order', () => {
    const loop = new Loop();
    loop.wait(20);
    loop.read('first');
    loop.wait(300);
    loop.work(100);
    loop.read(...names(4));
    expect(loop.delivered).toEqual([
      ['first', 1_020],
      ['0', 1_332.5],
      ['1', 1_357.5],
      ['2', 1_382.5],
      ['3', 1_407.5],
    ]);
    loop.wait(5);
    loop.read('last');
    expect(loop.delivered.at(-1)).toEqual(['last', 1_425]);
  });

  it('in several goes is one reading, until a go was not full', () => {
    const loop = new Loop();
    loop.work(128);
    loop.read(...names(32));
    expect(loop.delivered).toEqual([]);
    loop.read(...names(32, 32));
    loop.read();
    expect(loop.delivered.map(([name]) => name)).toEqual(names(64));
    expect(loop.delivered.map(([, arrival]) => arrival)).toEqual(
      names(64).map((_, index) => 1_000 + index * 2 + 1),
    );
  });

  it('in time has arrived now on a loop that is used much, a little each round', () => {
    const loop = new Loop();
    for (let datagram = 0; datagram < 3; datagram++) {
      for (let round = 0; round < 50; round++) {
        loop.wait(0.8);
        loop.work(1.2);
      }
      loop.read(String(datagram));
    }
    expect(loop.delivered.map(([, arrival]) => Math.round(arrival))).toEqual([1_100, 1_200, 1_300]);
  });

  it('never waits for more than there is room for', () => {
    const loop = new Loop();
    loop.work(100);
    for (let go = 0; go < 70; go++) loop.read(...names(32, go * 32));
    expect(loop.delivered.length).toBeGreaterThanOrEqual(2_000);
    expect(loop.delivered.map(([name]) => name)).toEqual(names(loop.delivered.length));
    loop.read();
    loop.read();
    expect(loop.delivered).toHaveLength(70 * 32);
  });

  it('is told again when it comes later: a loop that is busy with what it has read', () => {
    const loop = new Loop();
    loop.wait(10);
    loop.read('0');
    for (const name of ['1', '2']) {
      loop.work(40);
      loop.read(name);
    }
    expect(loop.delivered).toEqual([
      ['0', 1_010],
      ['1', 1_030],
      ['2', 1_070],
    ]);
  });
});
