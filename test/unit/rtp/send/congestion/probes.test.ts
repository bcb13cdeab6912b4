import { describe, expect, it } from 'vitest';
import { ProbeEstimator } from '../../../../../src/rtp/send/congestion/probe-estimator.ts';
import { ProbePlan } from '../../../../../src/rtp/send/congestion/probe-plan.ts';

const mbit = 1_000_000;

describe('what is tried', () => {
  /** Feedback every 50 ms: the estimate, and whether little of it is sent. */
  const run = (plan: ProbePlan, from: number, to: number, bitrate: number, isLimited = true): number[] => {
    const tried: number[] = [];
    for (let now = from; now < to; now += 50)
      tried.push(
        ...plan.update({ bitrate: bitrate, sent: 0.1 * mbit, isLimited: isLimited, isFree: true }, now),
      );
    return tried;
  };

  it('is three and six times of the beginning, then twice as much after each success', () => {
    const plan = new ProbePlan(20 * mbit);
    expect(plan.update({ bitrate: 0.3 * mbit, sent: 0, isLimited: false, isFree: true }, 0)).toEqual([
      0.9 * mbit,
      1.8 * mbit,
    ]);
    expect(plan.update({ bitrate: 0.9 * mbit, sent: 0, isLimited: false, isFree: true }, 50)).toEqual([]);
    expect(plan.update({ bitrate: 1.7 * mbit, sent: 0, isLimited: false, isFree: true }, 100)).toEqual([
      3.4 * mbit,
    ]);
    expect(plan.update({ bitrate: 3.3 * mbit, sent: 0, isLimited: false, isFree: true }, 150)).toEqual([
      5 * mbit,
    ]);
    expect(run(plan, 200, 60_000, 5 * mbit)).toEqual([]);
  });

  it('is more than anybody usually needs only for who sends it', () => {
    const plan = new ProbePlan(20 * mbit);
    expect(plan.update({ bitrate: 4 * mbit, sent: 4 * mbit, isLimited: false, isFree: true }, 0)).toEqual([
      8 * mbit,
      8 * mbit,
    ]);
    expect(
      plan.update({ bitrate: 8 * mbit, sent: 15 * mbit, isLimited: false, isFree: true }, 6_000),
    ).toEqual([]);
    expect(plan.update({ bitrate: 8 * mbit, sent: 15 * mbit, isLimited: true, isFree: true }, 6_000)).toEqual(
      [],
    );
    expect(
      plan.update({ bitrate: 8 * mbit, sent: 15 * mbit, isLimited: true, isFree: true }, 11_000),
    ).toEqual([16 * mbit]);
  });

  it('is the same again where nothing came of it, three times in all', () => {
    const plan = new ProbePlan(20 * mbit);
    const first = [0.9 * mbit, 1.8 * mbit];
    expect(run(plan, 0, 30_000, 0.3 * mbit, false)).toEqual([...first, ...first, ...first]);
  });

  it('is nothing more after a failure, but every five seconds while little is sent', () => {
    const plan = new ProbePlan(20 * mbit);
    plan.update({ bitrate: 0.3 * mbit, sent: 0, isLimited: false, isFree: true }, 0);
    expect(run(plan, 50, 30_000, 0.7 * mbit, false)).toEqual([]);
    expect(run(plan, 30_000, 34_950, 0.7 * mbit)).toEqual([]);
    expect(run(plan, 34_950, 45_000, 0.7 * mbit)).toEqual([1.4 * mbit, 1.4 * mbit]);
  });

  it('is most of what there was before a large drop, once the queue is empty', () => {
    const plan = new ProbePlan(20 * mbit);
    const state = { bitrate: 2 * mbit, sent: mbit, isLimited: false };
    for (let now = 0; now <= 10_000; now += 50) plan.update({ ...state, isFree: true }, now);
    const tried: [number, number][] = [];
    for (let now = 10_050; now < 20_000; now += 50)
      for (const rate of plan.update({ ...state, bitrate: mbit, isFree: now > 11_000 }, now))
        tried.push([now, rate]);
    expect(tried).toEqual([[11_050, 1.7 * mbit]]);
  });
});

describe('a cluster', () => {
  const probe = { id: 3, leastPackets: 5, leastBytes: 5_000 };
  /** Packets of 1000 bytes, that many ms apart when sent and when they came. */
  const measured = (packets: number, sentApart: number, arrivedApart: number): number | undefined => {
    const estimator = new ProbeEstimator();
    estimator.begin(probe);
    let rate: number | undefined;
    for (let index = 0; index < packets; index++)
      rate =
        estimator.add({
          sent: index * sentApart,
          arrival: 70_000 + index * arrivedApart,
          bytes: 1_000,
          probe: 3,
        }) ?? rate;
    return rate;
  };

  it('that got through as it was sent tells its rate', () => {
    expect(measured(6, 2, 2)).toBe(4 * mbit);
    expect(measured(6, 2, 1.9)).toBe(4 * mbit);
  });

  it('that filled the link tells a little less than got through', () => {
    expect(measured(6, 2, 8)).toBeCloseTo(0.95 * mbit, -2);
  });

  it('tells nothing while much of it is missing, or when its times cannot be', () => {
    expect(measured(3, 2, 2)).toBeUndefined();
    expect(measured(6, 0, 2)).toBeUndefined();
    expect(measured(6, 2, 0)).toBeUndefined();
    expect(measured(6, 2, 0.5)).toBeUndefined();
    expect(measured(6, 2, 600)).toBeUndefined();
  });

  it('that nobody began, or that was lost, tells nothing', () => {
    const estimator = new ProbeEstimator();
    estimator.begin(probe);
    for (let index = 0; index < 10; index++) {
      const result = { sent: index, bytes: 1_000 };
      expect(estimator.add({ ...result, arrival: index })).toBeUndefined();
      expect(estimator.add({ ...result, arrival: index, probe: 4 })).toBeUndefined();
      expect(estimator.add({ ...result, arrival: undefined, probe: 3 })).toBeUndefined();
    }
  });
});
