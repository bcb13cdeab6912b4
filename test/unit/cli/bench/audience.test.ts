import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Audience } from '../../../../src/cli/bench/audience.ts';
import type { Control } from '../../../../src/cli/bench/control.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

function rig(): {
  audience: Audience;
  peers: string[];
  said: { control: Control; to: string | undefined }[];
  doneAfter(promise: Promise<unknown>, ms: number): Promise<boolean>;
} {
  const clock = new ManualClock();
  const peers: string[] = [];
  const said: { control: Control; to: string | undefined }[] = [];
  const audience = new Audience({
    peers: () => peers,
    now: () => 5,
    say: (control, to) => said.push({ control, to }),
    signal: new AbortController().signal,
    clock,
  });
  const doneAfter = async (promise: Promise<unknown>, ms: number): Promise<boolean> => {
    let done = false;
    void promise.then(() => (done = true));
    for (let passed = 0; passed < ms; passed += 50) {
      await turn();
      clock.advance(50);
    }
    await turn();
    return done;
  };
  return { audience, peers, said, doneAfter };
}

const report: Control = {
  event: 'report',
  run: 7,
  final: false,
  messages: 90,
  bytes: 9000,
  lost: 10,
  duplicated: 0,
  reordered: 0,
};

describe('an audience', () => {
  it('is complete when everybody counts', async () => {
    const { audience, peers, said, doneAfter } = rig();
    const gathered = audience.gather();
    expect(await doneAfter(gathered, 5_000)).toBe(false);
    expect(said).toEqual([]);
    peers.push('a', 'b');
    expect(await doneAfter(gathered, 500)).toBe(false);
    expect(said.at(-1)?.control).toEqual({ event: 'hello' });
    audience.control('a', { event: 'here' });
    expect(await doneAfter(gathered, 500)).toBe(false);
    audience.control('b', { event: 'here' });
    expect(await doneAfter(gathered, 500)).toBe(true);
  });

  it('does not wait for long for those who do not know how to count', async () => {
    const { audience, peers, doneAfter } = rig();
    peers.push('browser');
    const gathered = audience.gather();
    expect(await doneAfter(gathered, 2_500)).toBe(false);
    expect(await doneAfter(gathered, 1_000)).toBe(true);
  });

  it('is told the time', () => {
    const { audience, said } = rig();
    audience.control('a', { event: 'clock', at: 3 });
    expect(said).toEqual([{ to: 'a', control: { event: 'time', at: 3, now: 5 } }]);
  });

  it('is asked until everybody has reported', async () => {
    const { audience, peers, said, doneAfter } = rig();
    peers.push('a', 'b');
    audience.control('a', { event: 'here' });
    audience.control('b', { event: 'here' });
    audience.begin(7, 10);
    expect(said.at(-1)?.control).toEqual({ event: 'start', run: 7, seconds: 10 });
    audience.control('a', report);
    const ended = audience.end(7, 100);
    audience.control('a', { ...report, final: true });
    audience.control('b', { ...report, run: 6, final: true });
    expect(await doneAfter(ended, 2_000)).toBe(false);
    expect(said.filter(({ control }) => control.event === 'end').length).toBeGreaterThan(5);
    audience.left('b');
    expect(await doneAfter(ended, 500)).toBe(true);
    const { event: _event, run: _run, final: _final, ...counts } = report;
    expect([...audience.reports]).toEqual([['a', counts]]);
  });

  it('has four seconds if nobody counts, and fifteen to report', async () => {
    const nobody = rig();
    const ended = nobody.audience.end(7, 100);
    expect(await nobody.doneAfter(ended, 3_500)).toBe(false);
    expect(await nobody.doneAfter(ended, 1_000)).toBe(true);

    const silent = rig();
    silent.audience.control('a', { event: 'here' });
    const late = silent.audience.end(7, 100);
    expect(await silent.doneAfter(late, 14_000)).toBe(false);
    expect(await silent.doneAfter(late, 2_000)).toBe(true);
  });
});
