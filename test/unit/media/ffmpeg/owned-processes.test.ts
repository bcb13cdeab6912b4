import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { kill, own } from '../../../../src/media/ffmpeg/owned-processes.ts';

it('leaves the end to a program that listens once for it', async () => {
  const child = spawn('sleep', ['60'], { detached: true });
  await once(child, 'spawn');
  let heard = 0;
  // It was there before: Node takes it away before it calls it.
  process.once('SIGTERM', () => (heard += 1));
  own(child);
  process.emit('SIGTERM', 'SIGTERM');
  expect([heard, child.exitCode, child.signalCode]).toEqual([1, null, null]);
  kill(child);
  await once(child, 'exit');
  expect(process.listenerCount('SIGTERM')).toBe(0);
});

it('kills what a shell has begun, too', async () => {
  const child = spawn('sleep 60 | cat; true', {
    shell: true,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child, 'spawn');
  kill(child);
  // Its stdout is closed once nobody has it any more.
  await once(child, 'close');
  expect(child.signalCode).toBe('SIGKILL');
});
