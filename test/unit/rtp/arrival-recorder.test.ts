import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArrivalRecorder } from '../../../src/rtp/arrival-recorder.ts';
import {
  buildTransportFeedback,
  parseTransportFeedback,
  type TransportFeedback,
} from '../../../src/rtp/transport-feedback.ts';

/** Everything that is to be said, over the wire. */
function takeAll(recorder: ArrivalRecorder, now: number): TransportFeedback[] {
  const list: TransportFeedback[] = [];
  for (let next = recorder.take(now); next; next = recorder.take(now)) {
    const bytes = buildTransportFeedback(next);
    expect(bytes.length).toBeLessThan(1_200);
    expect(parseTransportFeedback(bytes)).toEqual(next);
    list.push(next);
  }
  expect(recorder.unreported).toBe(0);
  return list;
}

/** ms of arrival by number, as a sender reads them; the 24 bits of time are taken to be near `now`. */
function timesOf(list: readonly TransportFeedback[], now: number): Map<number, number | undefined> {
  const times = new Map<number, number | undefined>();
  const period = 2 ** 24 * 64;
  for (const { baseSequenceNumber, referenceTime, arrivals } of list) {
    for (const [index, arrival] of arrivals.entries()) {
      const sequence = (baseSequenceNumber + index) & 0xffff;
      if (arrival === undefined) {
        if (!times.has(sequence)) times.set(sequence, undefined);
        continue;
      }
      const time = referenceTime * 64 + arrival / 4;
      times.set(sequence, time + Math.round((now - time) / period) * period);
    }
  }
  return times;
}

const start = 1_790_000_000_123.4;

describe('the arrival recorder', () => {
  it('says nothing when nothing came', () => {
    const recorder = new ArrivalRecorder();
    expect(recorder.take(start)).toBeUndefined();
    recorder.record(5, start);
    expect(recorder.unreported).toBe(1);
    expect(takeAll(recorder, start)).toHaveLength(1);
    expect(recorder.take(start + 100)).toBeUndefined();
  });

  it('says when packets came, to the quarter of a millisecond, and what was lost', () => {
    const recorder = new ArrivalRecorder();
    recorder.record(0xfffe, start);
    recorder.record(0xffff, start + 0.3);
    recorder.record(1, start + 100);
    const [feedback, ...others] = takeAll(recorder, start + 100);
    expect(others).toEqual([]);
    expect(feedback?.baseSequenceNumber).toBe(0xfffe);
    expect(feedback?.arrivals[2]).toBeUndefined();
    // The reference is a multiple of 64 ms, at most that much before the first packet.
    const [first = -1] = feedback?.arrivals ?? [];
    expect(first).toBeGreaterThanOrEqual(0);
    expect(first).toBeLessThan(256);
    const times = timesOf(feedback ? [feedback] : [], start);
    expect(Math.abs((times.get(0xfffe) ?? 0) - start)).toBeLessThan(0.25);
    expect(Math.abs((times.get(0xffff) ?? 0) - start - 0.3)).toBeLessThan(0.25);
    expect(Math.abs((times.get(1) ?? 0) - start - 100)).toBeLessThan(0.25);
  });

  it('counts its feedbacks', () => {
    const recorder = new ArrivalRecorder();
    for (let count = 0; count < 300; count++) {
      recorder.record(count, start + count);
      expect(recorder.take(start + count)?.feedbackCount).toBe(count & 0xff);
    }
  });

  it('begins the next feedback with a loss, or with a packet that comes late', () => {
    const recorder = new ArrivalRecorder();
    for (const sequence of [1, 2, 4]) recorder.record(sequence, start);
    takeAll(recorder, start);
    recorder.record(6, start + 10);
    const [second] = takeAll(recorder, start + 10);
    expect(second?.baseSequenceNumber).toBe(5);
    expect(second?.arrivals.map((arrival) => arrival !== undefined)).toEqual([false, true]);
    recorder.record(3, start + 20);
    const [third] = takeAll(recorder, start + 20);
    expect(third?.baseSequenceNumber).toBe(3);
    expect(third?.arrivals.map((arrival) => arrival !== undefined)).toEqual([true, true, false, true]);
  });

  it('believes the first packet of a number', () => {
    const recorder = new ArrivalRecorder();
    recorder.record(1, start);
    takeAll(recorder, start);
    recorder.record(1, start + 50);
    expect(recorder.unreported).toBe(0);
    recorder.record(2, start + 60);
    recorder.record(2, start + 90);
    const times = timesOf(takeAll(recorder, start + 90), start);
    expect(Math.round((times.get(2) ?? 0) - start)).toBe(60);
  });

  it('forgets what was reported long ago', () => {
    const recorder = new ArrivalRecorder();
    recorder.record(1, start);
    recorder.record(3, start);
    takeAll(recorder, start + 1);
    recorder.record(4, start + 1_000);
    takeAll(recorder, start + 1_000);
    recorder.record(2, start + 1_001);
    expect(recorder.unreported).toBe(0);
  });

  it('divides what does not fit into one', () => {
    const recorder = new ArrivalRecorder();
    for (let sequence = 0; sequence < 5_000; sequence++)
      if (sequence % 3 > 0) recorder.record(sequence, start + sequence / 10);
    const list = takeAll(recorder, start + 500);
    expect(list.length).toBeGreaterThan(10);
    const times = timesOf(list, start);
    expect(times.size).toBe(4_999);
    for (const [sequence, time] of times)
      if (sequence % 3 === 0) expect(time).toBeUndefined();
      else expect(Math.abs((time ?? 0) - start - sequence / 10)).toBeLessThan(0.25);
  });

  it('divides at a pause that a difference can not say', () => {
    const recorder = new ArrivalRecorder();
    recorder.record(1, start);
    recorder.record(2, start + 20_000);
    recorder.record(4, start);
    const list = takeAll(recorder, start + 20_000);
    expect(list.map(({ baseSequenceNumber }) => baseSequenceNumber)).toEqual([1, 2, 4]);
    const times = timesOf(list, start);
    expect(Math.round((times.get(2) ?? 0) - start)).toBe(20_000);
    expect(Math.round((times.get(4) ?? 0) - start)).toBe(0);
  });

  it('begins anew after a jump, forwards or backwards', () => {
    const recorder = new ArrivalRecorder();
    for (const sequence of [100, 30_000, 10_000, 65_000]) {
      recorder.record(sequence, start);
      recorder.record(sequence + 1, start);
      const list = takeAll(recorder, start);
      expect(list).toMatchObject([{ baseSequenceNumber: sequence, arrivals: { length: 2 } }]);
    }
  });

  it('keeps a range at most, however long nobody asks', () => {
    const recorder = new ArrivalRecorder();
    for (let number = 0; number < 200_000; number++) recorder.record(number & 0xffff, start + number);
    expect(recorder.unreported).toBe(8_192);
    const list = takeAll(recorder, start + 200_000);
    expect(list.at(-1)).toMatchObject({ arrivals: { length: 92 } });
    const times = timesOf(list, start + 200_000);
    expect(Math.abs((times.get(199_999 & 0xffff) ?? 0) - start - 199_999)).toBeLessThan(0.25);
  });

  it('is right over any link', () => {
    const step = fc.record({
      lost: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
      delay: fc.double({ min: 0, max: 60, noNaN: true }),
      gap: fc.double({ min: 0, max: 30, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.nat(0xffff), fc.array(step, { minLength: 1, maxLength: 400 }), (first, steps) => {
        const recorder = new ArrivalRecorder();
        let time = start;
        const came = steps
          .map(({ lost, delay, gap }, index) => ({
            sequence: (first + index) & 0xffff,
            lost,
            at: (time += gap) + delay,
          }))
          .filter(({ lost }) => !lost)
          .sort((a, b) => a.at - b.at);
        const list: TransportFeedback[] = [];
        let due = start + 100;
        for (const { sequence, at } of came) {
          for (; due < at; due += 100) list.push(...takeAll(recorder, due));
          recorder.record(sequence, at);
        }
        list.push(...takeAll(recorder, due));
        const times = timesOf(list, start);
        for (const { sequence, at } of came)
          expect(Math.abs((times.get(sequence) ?? 0) - at)).toBeLessThanOrEqual(0.25);
        expect([...times.values()].filter((at) => at !== undefined)).toHaveLength(came.length);
      }),
      { numRuns: 200 },
    );
  });
});
