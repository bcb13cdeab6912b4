/**
 * A server that says something as fast as it is read, and listens no more. The client is a process of its own: what it keeps is bounded, its own
 * code still runs, and it leaves when told.
 */
import { readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { join } from '../../../src/index.ts';
import { createSandbox } from '../../../src/sandbox/index.ts';
import { bridgeFloods, xmppFloods } from '../../support/floods.mjs';
import { jcli } from '../../support/jcli.ts';
import { Program } from '../../support/process.ts';

const support = (name: string): string => joinPath(import.meta.dirname, '../../support', name);
/** ms; from `leave()` to the end. That nothing is answered costs 4.5 of it by our own limits; the rest is for the machine. */
const patience = 15_000;
/** MB that a client may grow by. It needs a tenth to a third: what is kept of a room, and what V8 has not thrown away yet. */
const growth = 400;
/** ms of flood. What grows without end takes 10 to 20 MB a second. */
const floodTime = 2_000;

interface Flooded {
  client: Program;
  grown(): number;
}

/** @param start what takes part before the hostile server, at the URL */
async function flooded(
  kind: string,
  start: (url: string) => Program,
  check: (flooded: Flooded) => Promise<void>,
): Promise<void> {
  await using sandbox = await createSandbox();
  await using server = new Program(process.execPath, [support('flooding-proxy.mjs'), sandbox.url, kind]);
  const url = await server.waitForLine(/^http/);
  await using _other = await join({ host: sandbox.url, room: 'room' });
  await using client = start(`${url}/room`);
  await server.waitForLine('flooding');
  const before = residentMegabytes(client);
  await check({ client, grown: () => residentMegabytes(client) - before });
}

function residentMegabytes({ process: { pid } }: Program): number {
  const [, kilobytes = ''] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1_024;
}

const onLibrary =
  (options: object = {}) =>
  (url: string): Program =>
    new Program(process.execPath, [support('flooded-client.mjs'), url, JSON.stringify(options)]);

async function left({ client }: Flooded): Promise<Record<string, unknown>> {
  client.writeLine('leave');
  const words = await client.waitForObject({ type: 'left' });
  expect(words).toMatchObject({ reason: 'left' });
  expect(words['ms']).toBeLessThan(patience);
  expect(await client.waitForExit()).toEqual({ code: 0, signal: null });
  return words;
}

/** Several at a time: each mostly waits until it may give up. */
function batches(kinds: Readonly<Record<string, unknown>>): [words: string, kinds: string[]][] {
  const names = Object.keys(kinds);
  return Array.from({ length: Math.ceil(names.length / 5) }, (_, at) => {
    const some = names.slice(5 * at, 5 * at + 5);
    return [some.join(', '), some];
  });
}

describe.runIf(process.platform === 'linux')('a flood', () => {
  it.each(batches(xmppFloods))('of XMPP: %s', async (_, kinds) => {
    const survive = async (each: Flooded): Promise<void> => {
      await pause(floodTime);
      expect(each.grown()).toBeLessThan(growth);
      const { offers, seconds } = (await left(each)) as { offers: number; seconds: number };
      // Each costs a transport: four at once, then one a second.
      expect(offers).toBeLessThanOrEqual(6 + seconds);
    };
    await Promise.all(kinds.map((kind) => flooded(kind, onLibrary(), survive)));
  });

  it.each(batches(bridgeFloods))('from the bridge: %s', async (_, kinds) => {
    const survive = async (each: Flooded): Promise<void> => {
      await pause(floodTime);
      expect(each.grown()).toBeLessThan(growth);
      await left(each);
    };
    await Promise.all(kinds.map((kind) => flooded(kind, onLibrary({ ssrcRewriting: true }), survive)));
  });

  it('that would fill the memory reaches a limit, which is told', async () => {
    const limits = {
      'participants that stay': 'room-too-large',
      'large participants': 'room-too-large',
      'sources that stay': 'sources-too-many',
    };
    const check = async (each: Flooded, code: string): Promise<void> => {
      await each.client.waitForObject({ type: 'warning', code });
      expect(each.grown()).toBeLessThan(growth);
      const { participants, tracks } = (await left(each)) as { participants: number; tracks: number };
      expect(participants).toBeLessThanOrEqual(10_000);
      expect(tracks).toBeLessThanOrEqual(20_000);
    };
    await Promise.all(
      Object.entries(limits).map(([kind, code]) => flooded(kind, onLibrary(), (each) => check(each, code))),
    );
  });

  it('does not keep jcli from ending on a signal', async () => {
    const end = async ({ client, grown }: Flooded): Promise<void> => {
      await pause(floodTime);
      expect(grown()).toBeLessThan(growth);
      const asked = Date.now();
      client.process.kill('SIGTERM');
      expect(await client.waitForExit()).toEqual({ code: 130, signal: null });
      expect(Date.now() - asked).toBeLessThan(patience);
    };
    const command = (url: string): Program => jcli(['media', url, '--json', '--debug']);
    const kinds = ['chat', 'participants that come and go', 'bridge messages'];
    await Promise.all(kinds.map((kind) => flooded(kind, command, end)));
  });
});
