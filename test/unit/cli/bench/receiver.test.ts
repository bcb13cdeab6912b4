import { describe, expect, it } from 'vitest';
import type { Control } from '../../../../src/cli/bench/control.ts';
import { headerSize, writeHeader } from '../../../../src/cli/bench/header.ts';
import { BenchReceiver } from '../../../../src/cli/bench/receiver.ts';

function rig(): {
  receiver: BenchReceiver;
  said: { to: string; control: Control }[];
  /** ms from now on */
  pass(ms: number): void;
  now(): number;
  message(from: string, run: number, sequence: number, sentAt?: number): void;
} {
  let now = 1_000_000;
  const said: { to: string; control: Control }[] = [];
  const receiver = new BenchReceiver({ now: () => now, say: (to, control) => said.push({ to, control }) });
  return {
    receiver,
    said,
    pass: (ms) => void (now += ms),
    now: () => now,
    message(from, run, sequence, sentAt = now) {
      const bytes = Buffer.alloc(100);
      writeHeader(bytes, { run, sequence, sentAt });
      receiver.raw(from, bytes);
    },
  };
}

describe('the receiving half', () => {
  it('says that it is there when it knows the sender’s clock', () => {
    const { receiver, said, pass, now } = rig();
    receiver.control('s', { event: 'hello' });
    for (let count = 0; count < 5; count += 1) {
      const { control } = said.at(-1) ?? {};
      expect(control).toMatchObject({ event: 'clock', at: now() });
      const asked = now();
      pass(4);
      receiver.control('s', { event: 'time', at: asked, now: asked + 500_002 });
    }
    expect(said.at(-1)).toEqual({ to: 's', control: { event: 'here' } });
    expect(receiver.clockError).toBe(2);
    // An answer that was lost is given again.
    receiver.control('s', { event: 'hello' });
    expect(said.at(-1)).toEqual({ to: 's', control: { event: 'here' } });
  });

  it('counts exactly when it was there from the beginning', () => {
    const { receiver, said, pass, message } = rig();
    receiver.control('s', { event: 'start', run: 7, seconds: 10 });
    for (const sequence of [1, 2, 2, 5, 4]) {
      message('s', 7, sequence);
      pass(250);
    }
    receiver.control('s', { event: 'end', run: 7, messages: 8 });
    const counts = { messages: 4, bytes: 400, lost: 4, duplicated: 1, reordered: 1 };
    expect(receiver.counts).toEqual(counts);
    expect(receiver.seconds).toBe(1);
    const report = { to: 's', control: { event: 'report', run: 7, final: true, ...counts } };
    expect(said.at(-1)).toEqual(report);
    // The report may be lost.
    receiver.control('s', { event: 'end', run: 7, messages: 8 });
    expect(said.at(-1)).toEqual(report);
  });

  it('counts what came before its first message as lost where it was there, whatever it heard of the start', () => {
    const { receiver, message } = rig();
    receiver.control('s', { event: 'hello' });
    expect(receiver.isRunning).toBe(false);
    message('s', 7, 3);
    expect(receiver.counts).toMatchObject({ messages: 1, lost: 3 });
    expect([receiver.before, receiver.isRunning]).toEqual([0, true]);
    // Whoever heard a run of it was there at the next.
    message('t', 1, 100);
    message('t', 2, 2);
    expect(receiver.counts).toMatchObject({ messages: 3, lost: 5 });
    expect(receiver.before).toBe(100);
    receiver.control('s', { event: 'end', run: 7, messages: 4 });
    receiver.control('t', { event: 'end', run: 2, messages: 3 });
    expect(receiver.isRunning).toBe(false);
  });

  it('blames nobody for what was sent before it came, and says how much', () => {
    const { receiver, said, message } = rig();
    message('s', 7, 1000);
    message('s', 7, 1003);
    expect(receiver.counts).toMatchObject({ messages: 2, lost: 2 });
    expect(receiver.before).toBe(1000);
    // It has not heard of that one.
    receiver.control('s', { event: 'end', run: 6, messages: 500 });
    expect(said.at(-1)?.control).toMatchObject({ run: 6, messages: 0, lost: 0, final: true });
  });

  it('tells senders and their runs apart', () => {
    const { receiver, message } = rig();
    message('a', 1, 0);
    message('b', 1, 0);
    message('a', 1, 1);
    message('a', 2, 0);
    message('a', 2, 2);
    // Of a run that is over.
    message('a', 1, 2);
    expect(receiver.counts).toMatchObject({ messages: 5, lost: 1, duplicated: 0 });
  });

  it('counts bytes of other programs too', () => {
    const { receiver } = rig();
    receiver.raw('x', new Uint8Array(1000));
    receiver.raw('x', new Uint8Array(headerSize - 1));
    expect(receiver.counts).toMatchObject({ messages: 2, bytes: 1000 + headerSize - 1, lost: 0 });
    expect(receiver.latency.count).toBe(0);
    expect(receiver.knowsSenders).toBe(false);
  });

  it('measures latency with the sender’s clock, and not before it is known', () => {
    const { receiver, message, now, pass } = rig();
    message('s', 7, 0);
    expect(receiver.latency.count).toBe(0);
    receiver.control('s', { event: 'time', at: now(), now: now() + 60_001 });
    pass(2);
    receiver.control('s', { event: 'time', at: now() - 2, now: now() - 1 + 60_000 });
    message('s', 7, 1, now() - 30 + 60_001);
    const { p50 = 0 } = receiver.latency.percentiles() ?? {};
    expect(p50).toBeCloseTo(30, 0);
  });

  it('reports to those who send', () => {
    const { receiver, said, message } = rig();
    receiver.report();
    receiver.control('quiet', { event: 'hello' });
    message('s', 7, 0);
    message('gone', 8, 0);
    receiver.left('gone');
    said.length = 0;
    receiver.report();
    expect(said).toEqual([{ to: 's', control: expect.objectContaining({ event: 'report', final: false }) }]);
  });
});

describe('a bench is over', () => {
  it('so long after the first message, however long one waited for it', () => {
    const { receiver, pass, message } = rig();
    pass(60_000);
    expect(receiver.isOver(10)).toBe(false);
    message('s', 7, 0);
    pass(9_999);
    expect(receiver.isOver(10)).toBe(false);
    pass(1);
    expect(receiver.isOver(10)).toBe(true);
  });

  it('when all senders have finished, or have left', () => {
    const { receiver, message } = rig();
    message('a', 1, 0);
    message('b', 2, 0);
    receiver.control('a', { event: 'finished' });
    expect(receiver.isOver(10)).toBe(false);
    receiver.left('b');
    expect(receiver.isOver(10)).toBe(true);
    message('a', 3, 0);
    expect(receiver.isOver(10)).toBe(false);
  });

  it('a little later when a run of that length is about to tell its total', () => {
    const { receiver, pass, message } = rig();
    receiver.control('s', { event: 'start', run: 7, seconds: 10 });
    message('s', 7, 0);
    pass(11_000);
    expect(receiver.isOver(10)).toBe(false);
    expect(receiver.isOver(5)).toBe(true);
    pass(5_000);
    expect(receiver.isOver(10)).toBe(true);
  });

  it('when a search says so', () => {
    const { receiver, pass, message } = rig();
    receiver.control('s', { event: 'start', run: 7 });
    message('s', 7, 0);
    pass(600_000);
    expect(receiver.isOver(10)).toBe(false);
    receiver.control('s', { event: 'finished' });
    expect(receiver.isOver(10)).toBe(true);
  });
});
