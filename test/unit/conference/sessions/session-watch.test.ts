import { describe, expect, it } from 'vitest';
import { SessionWatch, type SessionSight } from '../../../../src/conference/sessions/session-watch.ts';
import {
  acceptRefused,
  endedByFocus,
  endedByUs,
  goneAtFocus,
  weLeft,
} from '../../../../src/jingle/session-ends.ts';

const least = (size: number): Uint8Array => new Uint8Array(size);
const focus = { properties: {}, bridgeAvailable: true };
const noBridge = { properties: {}, bridgeAvailable: false };
const moving = endedByFocus({ condition: 'success', text: 'moving' });
const sight: SessionSight = { hasSession: false, lastEnd: undefined, others: 1, focus };

/** When the room is to be entered anew, the first few times, ms after the session was seen to be missing; every try is of no use. */
function entries(seen: Partial<SessionSight>, count: number, until = 86_400_000): number[] {
  const watch = new SessionWatch(least);
  const times: number[] = [];
  let now = 0;
  let from = 0;
  while (times.length < count) {
    if (watch.look({ ...sight, ...seen }, now)) {
      times.push(now - from);
      from = now;
    }
    if (watch.nextTimeout === undefined && times.length === 0) break;
    now = Math.max(now, watch.nextTimeout ?? now);
    if (now > until) break;
  }
  return times;
}

describe('a missing media session', () => {
  it.each([
    ['moving, and no offer comes', { lastEnd: moving }, 20_000],
    [
      'a restart that was asked for',
      { lastEnd: endedByUs({ condition: 'connectivity-error' }, true) },
      20_000,
    ],
    ['the focus no longer knows it', { lastEnd: goneAtFocus }, 20_000],
    ['general-error', { lastEnd: endedByFocus({ condition: 'general-error' }) }, 1_000],
    ['a refused accept', { lastEnd: acceptRefused('SSRC is already used') }, 1_000],
    ['no bridge from the start', { focus: noBridge }, 60_000],
    ['no bridge any more', { lastEnd: moving, focus: noBridge }, 60_000],
  ])('%s: the room is entered anew, later each time', (_, seen, first) => {
    const times = entries(seen, 12);
    expect(times.slice(0, 3)).toEqual([first, 2 * first, 4 * first]);
    expect(new Set(times.slice(-3)).size).toBe(1);
    expect(times.at(-1)).toBeLessThanOrEqual(600_000);
  });

  it.each([
    ['there was none', {}],
    ['we are alone', { lastEnd: moving, others: 0 }],
    ['the focus is away', { lastEnd: moving, focus: undefined }],
    ['there is one', { lastEnd: moving, hasSession: true }],
    ['it expired while we were alone', { lastEnd: endedByFocus({ condition: 'expired' }) }],
    ['we ended it', { lastEnd: endedByUs({ condition: 'success' }, false) }],
    ['we left', { lastEnd: weLeft }],
  ])('is none when %s', (_, seen) => {
    expect(entries(seen, 1)).toEqual([]);
  });

  it('is not waited for as long once there is a bridge again', () => {
    const watch = new SessionWatch(least);
    expect(watch.look({ ...sight, lastEnd: moving, focus: noBridge }, 0)).toBeUndefined();
    expect(watch.nextTimeout).toBe(60_000);
    expect(watch.look({ ...sight, lastEnd: moving }, 20_000)).toBeUndefined();
    expect(watch.nextTimeout).toBe(40_000);
    expect(watch.look({ ...sight, lastEnd: moving }, 40_000)).toMatchObject({
      code: 'session-missing',
      message: expect.stringContaining('moving'),
    });
    // In the room again, and still without one.
    expect(watch.look(sight, 41_000)).toBeUndefined();
    expect(watch.nextTimeout).toBe(81_000);
    watch.look({ ...sight, hasSession: true }, 50_000);
    expect(watch.nextTimeout).toBeUndefined();
  });

  it('is a new matter after one that lasted', () => {
    const watch = new SessionWatch(least);
    let now = 0;
    const waits = [2_000, 2_000, 60_000, 2_000].map((lasting) => {
      const from = now;
      watch.look({ ...sight, lastEnd: moving }, now);
      now = watch.nextTimeout ?? 0;
      expect(watch.look({ ...sight, lastEnd: moving }, now)).toBeDefined();
      watch.look({ ...sight, hasSession: true }, now);
      const wait = now - from;
      now += lasting;
      return wait;
    });
    expect(waits).toEqual([20_000, 40_000, 80_000, 20_000]);
  });
});
