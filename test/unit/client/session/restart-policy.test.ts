import { describe, expect, it } from 'vitest';
import { RestartPolicy } from '../../../../src/client/session/restart-policy.ts';
import { RestartLimit } from '../../../../src/jingle/restart-limit.ts';
import { seededRandom } from '../../../support/random.ts';

describe('a failed session', () => {
  it('is followed soon by another, later each time, 10 s at most', () => {
    const policy = new RestartPolicy(seededRandom(1));
    const waits = Array.from({ length: 8 }, (_, index) => policy.failed(false, index * 100_000));
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(1_000);
      expect(wait).toBeLessThanOrEqual(Math.min(1_000 * 2 ** (index + 1), 10_000));
    }
    expect(Math.max(...waits)).toBeGreaterThan(4_000);
    policy.connected();
    expect(policy.failed(false, 900_000)).toBeLessThanOrEqual(2_000);
  });

  it('is followed at once when the bridge answers, and soon by one that looks for it when it does not', () => {
    const policy = new RestartPolicy(seededRandom(1));
    expect(policy.patience).toBe(0);
    for (let count = 0; count < 8; count += 1) {
      const wait = policy.failed(true, count * 100_000);
      expect(wait).toBeGreaterThanOrEqual(1_000);
      expect(wait).toBeLessThanOrEqual(2_000);
      expect(policy.patience).toBe(12_000);
    }
    expect(policy.found()).toBe(0);
    policy.connected();
    expect(policy.patience).toBe(0);
  });

  it('is followed more slowly when the bridge answers and nothing comes of it', () => {
    const policy = new RestartPolicy(seededRandom(1));
    const waits = Array.from({ length: 8 }, () => policy.found());
    expect(waits[0]).toBe(0);
    for (const wait of waits.slice(1)) expect(wait).toBeGreaterThanOrEqual(1_000);
    expect(waits[1]).toBeLessThanOrEqual(2_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(10_000);
    policy.connected();
    expect(policy.found()).toBe(0);
  });

  it('leaves one request in any minute for when the bridge answers', () => {
    const [policy, limit] = [new RestartPolicy(seededRandom(1)), new RestartLimit()];
    const requests: number[] = [];
    // An attempt lasts 7 s.
    for (let now = 0; now < 600_000; ) {
      now += policy.patience + 7_000;
      now += policy.failed(true, now);
      expect(limit.wait(now)).toBe(0);
      requests.push(now);
      policy.requested(now);
      limit.requested(now);
      // Whenever the bridge answers, 5 s later it can be asked for.
      expect(limit.wait(now + 5_000)).toBe(0);
    }
    const gaps = requests.map((at, index) => at - (requests[index - 1] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(23_000);
    expect(requests.length).toBeGreaterThanOrEqual(27);
  });
});
