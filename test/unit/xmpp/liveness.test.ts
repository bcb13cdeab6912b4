import { describe, expect, it } from 'vitest';
import { defaultPing, Liveness } from '../../../src/xmpp/liveness.ts';

const start = 1_000;

describe('Liveness', () => {
  it('asks for a ping after a silent interval, not before', () => {
    const liveness = new Liveness(defaultPing, start);
    expect(liveness.nextLook).toBe(start + 10_000);
    expect(liveness.look(start + 9_999)).toBe(false);
    expect(liveness.look(start + 10_000)).toBe(true);
    expect(liveness.nextLook).toBe(start + 20_000);
    expect(liveness.look(start + 20_000)).toBe(true);
  });

  it('asks for none when anything arrived since the last look', () => {
    const liveness = new Liveness(defaultPing, start);
    liveness.received();
    expect(liveness.look(start + 10_000)).toBe(false);
    expect(liveness.look(start + 20_000)).toBe(true);
  });

  it('gives up after so many unanswered pings in a row', () => {
    const liveness = new Liveness({ ...defaultPing, threshold: 3 }, start);
    expect([liveness.missed(), liveness.missed(), liveness.missed()]).toEqual([false, false, true]);
  });

  it('begins to count again when anything arrives', () => {
    const liveness = new Liveness(defaultPing, start);
    expect(liveness.missed()).toBe(false);
    liveness.received();
    expect(liveness.missed()).toBe(false);
    expect(liveness.missed()).toBe(true);
  });
});
