import { expect, it } from 'vitest';
import { answersLimit, ReadingPace } from '../../../src/net/reading-pace.ts';
import { ManualClock } from '../../support/manual-clock.ts';

function started(): {
  clock: ManualClock;
  calls: string[];
  socket: { bufferedAmount: number };
  pace: ReadingPace;
} {
  const clock = new ManualClock();
  const calls: string[] = [];
  const socket = {
    bufferedAmount: 0,
    pause: () => void calls.push('pause'),
    resume: () => void calls.push('resume'),
  };
  return { clock, calls, socket, pace: new ReadingPace(clock, socket) };
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

it('stops reading for the rest of a turn that frames have had their share of', async () => {
  const { clock, calls, pace } = started();
  for (let frame = 0; frame < 10; frame += 1) pace.frame(() => clock.advance(3));
  expect(calls).toEqual(['pause']);
  await turn();
  expect(calls).toEqual(['pause', 'resume']);
  pace.frame(() => clock.advance(3));
  expect(calls).toEqual(['pause', 'resume']);
});

it('stops reading while the server does not take our answers', async () => {
  const { calls, socket, pace } = started();
  socket.bufferedAmount = answersLimit - 1;
  pace.sent();
  expect(calls).toEqual([]);
  socket.bufferedAmount = answersLimit;
  pace.frame(() => pace.sent());
  pace.sent();
  expect(calls).toEqual(['pause']);
  await turn();
  expect(calls).toEqual(['pause']);
  pace.drained();
  expect(calls).toEqual(['pause', 'resume']);
});

it('goes on only when whoever takes it wants more', async () => {
  const { clock, calls, pace } = started();
  pace.hold();
  pace.frame(() => clock.advance(30));
  await turn();
  expect(calls).not.toContain('resume');
  pace.release();
  expect(calls.at(-1)).toBe('resume');
});
