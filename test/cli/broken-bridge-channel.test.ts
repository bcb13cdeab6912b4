/** Bridge channels that do not open, between separate processes (shared cases 05 and 06). */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createSandbox,
  type Sandbox,
  type SandboxEndpoint,
  type SandboxOptions,
} from '../../src/sandbox/index.ts';
import { jcli } from '../support/jcli.ts';
import type { Program } from '../support/process.ts';
import { waitFor } from '../support/wait.ts';

async function sandboxWith(options: SandboxOptions): Promise<Sandbox> {
  const sandbox = await createSandbox(options);
  onTestFinished(() => sandbox.close());
  return sandbox;
}

interface Dc extends Program {
  /** Sessions that were offered so far, by what it wrote down of the wire. */
  sessions(): number;
}

async function dc(url: string, nick: string): Promise<Dc> {
  const folder = mkdtempSync(join(tmpdir(), 'jcli-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const wire = join(folder, 'wire');
  const program = jcli(['dc', `${url}/room`, '--nick', nick, '--json', '--wire', wire]);
  await program.waitForObject({ type: 'joined' });
  const sessions = (): number => readFileSync(wire, 'utf8').split('session-initiate').length - 1;
  return Object.assign(program, { sessions });
}

/** Its warnings, which are objects on stderr. */
function warnings(program: Program): string[] {
  return program.errorLines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { type: string; message: string })
    .flatMap(({ type, message }) => (type === 'warning' ? [message] : []));
}

describe('a colibri WebSocket that never opens beside an SCTP channel', () => {
  it.each([200, 403, 404, 502, 504, 'hang'] as const)(
    'answers with %s: messages flow over SCTP in the first session, and it is told once',
    async (how) => {
      const sandbox = await sandboxWith({ bridge: 'both' });
      const { faults, url } = sandbox;
      faults.refuseBridgeChannel(how);
      const alice = await dc(url, 'alice');
      const began = performance.now();
      const bob = await dc(url, 'bob');
      await Promise.all(
        [alice, bob].map((program) =>
          program.waitForObject({ type: 'bridge', state: 'open', transport: 'sctp' }),
        ),
      );
      alice.writeLine('over the other one');
      await bob.waitForObject({ type: 'message', text: 'over the other one' });
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.info(`${how}: ${seconds} s from the second participant to the first message`);
      bob.writeLine('and back');
      await alice.waitForObject({ type: 'message', text: 'and back' });
      for (const program of [alice, bob]) {
        expect(warnings(program)).toEqual([expect.stringContaining("the bridge's WebSocket did not open")]);
        expect(warnings(program)[0]).toContain(how === 'hang' ? 'not open after' : `HTTP status ${how}`);
      }
      expect([...sandbox.bridge.endpoints.values()].map(({ channels }) => channels)).toEqual([
        ['sctp'],
        ['sctp'],
      ]);
      expect([alice.sessions(), bob.sessions()]).toEqual([1, 1]);
    },
  );
});

describe('a colibri WebSocket that is refused, with no other channel', () => {
  it('is told of once and opens when it can, while audio goes on in the same session', async () => {
    const sandbox = await sandboxWith({ bridge: 'ws' });
    sandbox.faults.refuseBridgeChannel(404);
    const [alice, bob] = ['alice', 'bob'].map((nick) =>
      jcli(['media', `${sandbox.url}/room`, '--nick', nick, '--send-audio', '--json']),
    ) as [Program, Program];
    const endpoints = (): SandboxEndpoint[] => [...sandbox.bridge.endpoints.values()];
    // A new session was asked for within five seconds, again and again; fifty packets are a second.
    await waitFor(
      () =>
        endpoints().length === 2 &&
        endpoints().every(({ sources }) => [...sources.values()].some(({ packets }) => packets >= 750)),
      { what: '750 packets of audio of both', timeout: 150_000 },
    );
    sandbox.faults.refuseBridgeChannel(false);
    await waitFor(() => endpoints().every(({ channel }) => channel === 'ws'), {
      what: 'bridge channel of both',
      timeout: 150_000,
    });
    for (const program of [alice, bob]) program.process.kill('SIGINT');
    for (const program of [alice, bob]) {
      await program.waitForExit();
      const summary = program.objects.at(-1);
      expect(summary).toMatchObject({ type: 'summary', sessions: 1, restarts: 0, received: [{ lost: 0 }] });
      expect(warnings(program)).toEqual([expect.stringContaining('the bridge channel cannot be opened')]);
    }
  });
});
