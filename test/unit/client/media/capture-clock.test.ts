import { array, assert, boolean, integer, oneof, property, record } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureClock } from '../../../../src/client/media/capture/capture-clock.ts';
import { SenderClock } from '../../../../src/client/media/capture/sender-clock.ts';
import { toNtp } from '../../../../src/rtp/ntp.ts';
import type { NtpTime } from '../../../../src/rtp/rtcp.ts';
import { seededRandom } from '../../../support/random.ts';

const start = 1_790_000_000_000;
/** ms that everything is on its way at least. */
const way = 40;

interface World {
  /** Of the sender's clock and of its timestamps, against ours. */
  ppm?: number;
  /** Of its timestamps, against its own clock. */
  rtpPpm?: number;
  /** ms that a packet may take more than others, at random. */
  jitter?: number;
  /** ms of what its clock says more than ours. */
  ahead?: number;
}

interface Rates {
  clockRate: number;
  /** ms between two frames. */
  interval: number;
  /** ms from a capture until it is sent. */
  work?: number;
  /** ms between two reports; Infinity: there are none. */
  reports?: number;
  /** ms until the first. */
  firstReport?: number;
}

const sound: Rates = { clockRate: 48_000, interval: 20 };
const picture: Rates = { clockRate: 90_000, interval: 40, work: 30 };

/** A sender, its source, and the way from there to here, in ms since the start by our clock. */
class Source {
  readonly clock: CaptureClock;
  readonly errors: { at: number; error: number }[] = [];
  hasGoneBack = false;
  last = -Infinity;
  /** 32 bits: what the timestamps begin with. */
  base = 4_294_900_000;
  readonly #world: Required<World>;
  readonly #rates: Rates;
  readonly #random: () => number;
  #nextFrame = 0;
  #nextReport: number;

  constructor(sender: SenderClock, rates: Rates, world: World = {}, seed = 1) {
    this.clock = new CaptureClock(sender);
    this.#world = { ppm: 0, rtpPpm: 0, jitter: 0, ahead: 123_456_789, ...world };
    this.#rates = rates;
    const bytes = seededRandom(seed);
    this.#random = () => (bytes(1)[0] ?? 0) / 256;
    this.#nextReport = rates.reports === Infinity ? Infinity : (rates.firstReport ?? 200);
  }

  /** What happens until then, ms since the start. */
  runTo(end: number): void {
    const { interval, reports = 1_000 } = this.#rates;
    while (Math.min(this.#nextFrame, this.#nextReport) < end) {
      if (this.#nextFrame <= this.#nextReport) {
        this.frame(this.#nextFrame);
        this.#nextFrame += interval;
      } else {
        this.report(this.#nextReport);
        this.#nextReport += reports;
      }
    }
  }

  /** Nothing is sent until then. */
  pauseTo(time: number): void {
    this.#nextFrame = time;
    if (this.#nextReport !== Infinity) this.#nextReport = time + 200;
  }

  frame(captured: number, delay: number = this.#delay()): number {
    const time = this.clock.timeOf(
      this.timestampAt(captured),
      this.#rates.clockRate,
      start + captured + (this.#rates.work ?? 0) + delay,
    );
    this.hasGoneBack ||= time < this.last;
    this.last = time;
    this.errors.push({ at: captured, error: time - start - captured - way });
    return time;
  }

  report(sent: number, change: { ntp?: NtpTime; rtpTimestamp?: number } = {}): void {
    const rtpTimestamp = change.rtpTimestamp ?? this.timestampAt(sent);
    const ntp = change.ntp ?? this.ntpAt(sent);
    this.clock.reported({ ntp, rtpTimestamp, arrival: start + sent + this.#delay() });
  }

  timestampAt(time: number): number {
    const { ppm, rtpPpm } = this.#world;
    const own = time * (1 + (ppm + rtpPpm) / 1e6);
    return (this.base + Math.round((own * this.#rates.clockRate) / 1_000)) >>> 0;
  }

  ntpAt(time: number): NtpTime {
    return toNtp(start + this.#world.ahead + time * (1 + this.#world.ppm / 1e6));
  }

  /** Largest error from then on, ms; a time that went back is the worst of all. */
  worst(from: number): number {
    let worst = this.hasGoneBack ? Infinity : 0;
    for (const { at, error } of this.errors) if (at >= from) worst = Math.max(worst, Math.abs(error));
    return worst;
  }

  #delay(): number {
    // Most are quick.
    return way + this.#world.jitter * this.#random() ** 2;
  }
}

describe('when something was captured', () => {
  it.each([-100, 0, 100])('is right for an hour with jitter and a clock that is %i ppm off', (ppm) => {
    const sender = new SenderClock();
    const microphone = new Source(sender, { ...sound, reports: 5_000 }, { ppm, jitter: 30 });
    const camera = new Source(sender, picture, { ppm, jitter: 60 }, 2);
    for (let time = 0; time <= 3_600_000; time += 1_000) {
      microphone.runTo(time);
      camera.runTo(time);
    }
    // The quickest of 40 s is a ms or two slower than the quickest of all.
    expect(microphone.worst(10_000)).toBeLessThan(8);
    expect(camera.worst(10_000)).toBeLessThan(8);
  });

  it('follows timestamps that drift from the clock of the reports', () => {
    const source = new Source(new SenderClock(), sound, { rtpPpm: -100 });
    source.runTo(1_800_000);
    expect(source.worst(10_000)).toBeLessThan(2);
  });

  it('goes by the arrival until there is a report, and is put right without a jump', () => {
    const sender = new SenderClock();
    const camera = new Source(sender, { ...picture, firstReport: 4_000 }, { jitter: 20 });
    camera.runTo(4_000);
    // What it took to make a frame is not known yet.
    expect(camera.worst(0)).toBeGreaterThan(25);
    expect(camera.worst(0)).toBeLessThan(51);
    camera.runTo(10_000);
    expect(camera.worst(6_000)).toBeLessThan(10);
    const steps = camera.errors
      .slice(101)
      .map(({ error }, index) => error - (camera.errors[index + 100]?.error ?? 0));
    // From the report on: 5 % of the 40 ms between two frames.
    expect(Math.max(...steps.map(Math.abs))).toBeLessThan(2.1);
  });

  it('is the same for sound and picture of one sender, whichever is slower', () => {
    const sender = new SenderClock();
    const microphone = new Source(sender, sound);
    const camera = new Source(sender, { ...picture, work: 180 });
    microphone.runTo(10_000);
    camera.runTo(10_000);
    expect(microphone.frame(10_000)).toBeCloseTo(camera.frame(10_000), 0);
  });

  it('takes a report that comes before the first packet', () => {
    const source = new Source(new SenderClock(), picture);
    source.report(0);
    expect(source.frame(50)).toBeCloseTo(start + 50 + way, 3);
  });

  it('is kept for the frame that the next packet completes', () => {
    const clock = new CaptureClock(new SenderClock());
    const first = clock.timeOf(3_000, 90_000, start);
    const second = clock.timeOf(6_000, 90_000, start + 33);
    expect(second).toBeGreaterThan(first);
    expect(clock.timeOf(3_000, 90_000, start + 33)).toBe(first);
    expect(clock.timeOf(6_000, 90_000, start + 50)).toBe(second);
  });

  it('goes on with another SSRC, other timestamps and another session', () => {
    const source = new Source(new SenderClock(), sound);
    source.runTo(5_000);
    source.clock.restart();
    source.base = 77;
    source.pauseTo(8_000);
    source.runTo(20_000);
    expect(source.worst(5_000)).toBeLessThan(1);
  });

  it('knows a pause in which the timestamps stood still by the next report, and without reports at once', () => {
    for (const reports of [1_000, Infinity]) {
      const source = new Source(new SenderClock(), { ...sound, reports });
      source.runTo(3_000);
      // They go on where they stopped.
      source.base -= (5_000 * 48_000) / 1_000;
      source.pauseTo(8_000);
      if (reports === Infinity) source.runTo(8_001);
      else source.runTo(8_400);
      source.errors.length = 0;
      source.pauseTo(8_420);
      source.runTo(9_000);
      expect(source.worst(0)).toBeLessThan(1);
    }
  });

  it('keeps the pause of a sender whose timestamps go on', () => {
    const source = new Source(new SenderClock(), sound, { jitter: 10 });
    source.runTo(3_000);
    source.pauseTo(603_000);
    source.runTo(610_000);
    expect(source.worst(3_000)).toBeLessThan(10);
  });

  it('is not disturbed by a way that is slow for a while', () => {
    const source = new Source(new SenderClock(), sound);
    source.runTo(10_000);
    for (let time = 10_000; time < 13_000; time += 20) source.frame(time, way + 400);
    expect(source.worst(10_000)).toBeLessThan(1);
  });

  it('never is later than the arrival, nor long before it', () => {
    const clock = new CaptureClock(new SenderClock());
    clock.timeOf(0, 48_000, start);
    expect(clock.timeOf(48_000 * 5, 48_000, start + 20)).toBe(start + 20);
    expect(clock.timeOf(48_000 * 5 + 960, 48_000, start + 60_000)).toBe(start + 60_000);
  });
});

describe('reports', () => {
  it('count from any time, over the end of an era too', () => {
    const eraEnds = 2 ** 32 * 1_000 - 2_208_988_800_000;
    for (const ahead of [-start, eraEnds - start - 5_000, -1_000_000_000]) {
      const source = new Source(new SenderClock(), picture, { ahead });
      source.runTo(20_000);
      expect(source.worst(6_000)).toBeLessThan(1);
    }
  });

  it('that say nothing, or what cannot be, change nothing', () => {
    const source = new Source(new SenderClock(), sound);
    source.runTo(5_000);
    source.report(5_000, { ntp: { seconds: 0, fraction: 0 } });
    source.report(5_000, { ntp: { seconds: 0xffff_ffff, fraction: 0xffff_ffff } });
    source.report(5_000, { ntp: source.ntpAt(65_000) });
    source.report(5_000, { rtpTimestamp: source.timestampAt(3_605_000) });
    source.report(5_000, { rtpTimestamp: source.timestampAt(-100_000) });
    source.runTo(30_000);
    expect(source.worst(5_000)).toBeLessThan(1);
  });

  it('of a clock that was set are believed after a while, and the time goes on', () => {
    const sender = new SenderClock();
    const before = new Source(sender, sound);
    before.runTo(60_000);
    const after = new Source(sender, sound, { ahead: 999 });
    after.runTo(1_000);
    after.pauseTo(60_000);
    after.runTo(120_000);
    expect(sender.generation).toBe(1);
    expect(after.worst(90_000)).toBeLessThan(1);
  });

  it('that contradict each other leave times within the arrival, and growing', () => {
    const times = record({
      step: integer({ min: 0, max: 200 }),
      timestamp: oneof(integer({ min: 0, max: 2 ** 32 - 1 }), integer({ min: 0, max: 96_000 })),
      seconds: oneof(integer({ min: 0, max: 2 ** 32 - 1 }), integer({ min: 100, max: 120 })),
      fraction: integer({ min: 0, max: 2 ** 32 - 1 }),
      isReport: boolean(),
    });
    assert(
      property(array(times, { maxLength: 60 }), (inputs) => {
        const clock = new CaptureClock(new SenderClock());
        let [arrival, last, previous] = [start, -Infinity, -1];
        for (const { fraction, isReport, seconds, step, timestamp } of inputs) {
          arrival += step;
          if (isReport) {
            clock.reported({ ntp: { seconds, fraction }, rtpTimestamp: timestamp, arrival });
            continue;
          }
          const time = clock.timeOf(timestamp, 48_000, arrival);
          if (timestamp === previous) continue;
          previous = timestamp;
          expect(Number.isFinite(time)).toBe(true);
          expect(time).toBeLessThanOrEqual(arrival);
          expect(time).toBeGreaterThanOrEqual(arrival - 15_000);
          last = Math.max(last, time);
        }
      }),
    );
  });
});
