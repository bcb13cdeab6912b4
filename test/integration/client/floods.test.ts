/** A server that says something as fast as it is read, and does not listen: the program's own code still runs, and leaving works. */
import { join as joinPath } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { join } from '../../../src/index.ts';
import { createSandbox } from '../../../src/sandbox/index.ts';
import { Program } from '../../support/process.ts';

const script = joinPath(import.meta.dirname, '../../support/flooding-proxy.mjs');
/** ms; from `leave()` to the end. That nothing is answered costs 4.5 of it by our own limits; the rest is for the machine. */
const patience = 15_000;

it.each(['offers', 'sources', 'chat', 'presence', 'queries'])('of %s', async (kind) => {
  await using sandbox = await createSandbox();
  await using server = new Program(process.execPath, [script, sandbox.url, kind]);
  const url = await server.waitForLine(/^http/);
  await using _other = await join({ host: sandbox.url, room: 'room' });
  const conference = await join({ host: url, room: 'room' });
  const start = Date.now();
  let offers = 0;
  conference.on('sessionOffered', () => (offers += 1));
  await server.waitForLine('flooding');
  await pause(2_000);
  const left = Date.now();
  await conference.leave();
  const end = Date.now();
  expect(await conference.closed).toMatchObject({ reason: 'left' });
  expect(end - left).toBeLessThan(patience);
  // Each costs a transport: four at once, then one a second.
  expect(offers).toBeLessThanOrEqual(5 + (end - start) / 1_000);
});
