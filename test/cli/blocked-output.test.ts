/** Commands whose output nobody reads: what waits is bounded, and they end when they are told to. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { jcli, startSandbox } from '../support/jcli.ts';
import type { Program } from '../support/process.ts';
import { waitFor } from '../support/wait.ts';

/** Less than what waiting for the connections to close takes, and far more than what is allowed. */
const soon = 8_000;

/** Somebody whose stdout is read no more once it is in the room. */
async function blocked(command: string, url: string, ...args: string[]): Promise<Program> {
  const program = jcli([command, `${url}/room`, '--nick', 'blocked', '--endpoint-id', 'blocked', ...args]);
  if (args.includes('--json')) await program.waitForObject({ type: 'joined' });
  else await program.waitForErrorLine(/^\* in room as blocked/);
  program.process.stdout.pause();
  return program;
}

/** Brings more lines over the bridge than pipe and program hold. */
async function flood(url: string): Promise<void> {
  const line = 'x'.repeat(40_000);
  const flooder = jcli(['dc', `${url}/room`, '--nick', 'flooder', '--quiet']);
  flooder.process.stdin.end(Array.from({ length: 60 }, (_, number) => `${number} ${line}\n`).join(''));
  expect((await flooder.waitForExit()).code, flooder.stderr).toBe(0);
}

async function endsSoon(program: Program, signal: NodeJS.Signals): Promise<void> {
  const began = performance.now();
  program.process.kill(signal);
  // What is in the pipe does not matter to the exit, but to being seen: the end of a pipe comes behind its data.
  const exit = new Promise((resolve) => program.process.once('exit', (code) => resolve(code)));
  expect(await exit).toBe(130);
  expect(performance.now() - began).toBeLessThan(soon);
}

describe('a stdout that nobody reads', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('bounds what dc keeps, which goes at %s', async (signal) => {
    const { url } = await startSandbox('--bridge', 'ws');
    const watcher = jcli(['dc', `${url}/room`, '--json']);
    await watcher.waitForObject({ type: 'joined' });
    const dc = await blocked('dc', url, '--json');
    await flood(url);
    await endsSoon(dc, signal);
    await watcher.waitForObject({ type: 'participant-left', id: 'blocked', reason: 'left' });
    dc.process.stdout.resume();
    await dc.waitForExit();
    const told = dc.errorLines.map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(told).toEqual([{ type: 'dropped', lines: expect.any(Number), message: expect.any(String) }]);
    expect(Number(told[0]?.lines)).toBeGreaterThan(10);
  });

  it('loses the oldest lines, and tells how many where they are missing', async () => {
    const { url } = await startSandbox('--bridge', 'ws');
    const dc = await blocked('dc', url, '--json');
    await flood(url);
    dc.process.stdout.resume();
    await dc.waitForObject({ type: 'participant-left' });
    dc.process.kill('SIGTERM');
    expect((await dc.waitForExit()).code).toBe(130);
    const texts = dc.objects.filter(({ type }) => type === 'message');
    const gaps = dc.objects.filter(({ type }) => type === 'dropped');
    expect(gaps.length).toBeGreaterThan(0);
    const missing = gaps.reduce((sum, { lines }) => sum + Number(lines), 0);
    // What is told of the connection may be among what is missing.
    expect(texts.length + missing).toBeGreaterThanOrEqual(60);
    expect(texts.length + missing).toBeLessThan(65);
    // Each that is there once, and in order.
    const numbers = texts.map(({ text }) => Number.parseInt(String(text), 10));
    expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
    expect(String(texts.at(-1)?.text)).toMatch(/^59 /);
    expect(JSON.parse(dc.errorLines[0] ?? '')).toEqual(gaps[0]);
  });

  it('is said to people in words', async () => {
    const { url } = await startSandbox('--bridge', 'ws');
    const dc = await blocked('dc', url);
    await flood(url);
    await endsSoon(dc, 'SIGTERM');
    dc.process.stdout.resume();
    await dc.waitForExit();
    expect(dc.errorLines).toContainEqual(
      expect.stringMatching(/^warning: stdout is not read fast enough: \d+ lines are missing$/),
    );
  });

  it.each(['ws', 'sctp'] as const)('lets dc-raw go at once over %s', async (channel) => {
    const { url } = await startSandbox('--bridge', channel);
    const raw = await blocked('dc-raw', url);
    const giver = jcli(['dc-raw', `${url}/room`, '--nick', 'giver', '--to', 'blocked', '--quiet']);
    giver.process.stdin.write(randomBytes(2_000_000));
    await waitFor(() => raw.process.stdout.readableLength > 0, { what: 'the first bytes' });
    await endsSoon(raw, 'SIGTERM');
  });
});
