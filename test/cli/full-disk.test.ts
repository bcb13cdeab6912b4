/** What cannot be written ends a command with a sentence, and in order: the others see it leave. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { jcli, jcliPath, startSandbox } from '../support/jcli.ts';
import { Program } from '../support/process.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'full-disk-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** `jcli` with `redirection` of a shell. */
function jcliWith(redirection: string, args: readonly string[]): Program {
  const command = `exec "$@" ${redirection}`;
  const program = new Program('sh', ['-c', command, 'sh', process.execPath, jcliPath, ...args]);
  onTestFinished(async () => void (await program.stop('SIGKILL')));
  return program;
}

async function watcherIn(url: string): Promise<Program> {
  const watcher = jcli(['chat', `${url}/room`, '--nick', 'watcher', '--json']);
  await watcher.waitForObject({ type: 'joined' });
  return watcher;
}

const full = 'the disk is full; make room and run it again';

describe('a full disk', () => {
  it.each(['chat', 'dc', 'media'])('below the stdout of %s', async (command) => {
    const { url } = await startSandbox();
    const watcher = await watcherIn(url);
    const args = [command, `${url}/room`, '--endpoint-id', 'bot', '--json'];
    const bot = jcliWith('>/dev/full', args);
    expect(await bot.waitForExit()).toEqual({ code: 1, signal: null });
    const error = `writing to stdout: ${full}`;
    expect(bot.errorLines.map((line) => JSON.parse(line) as unknown)).toEqual([
      { type: 'error', code: 'output-failed', kind: 'output', message: error },
    ]);
    await watcher.waitForObject({ type: 'participant-left', id: 'bot', reason: 'left' });
  });

  it('below bytes', async () => {
    const { url } = await startSandbox();
    const raw = jcliWith('>/dev/full', ['dc-raw', `${url}/room`, '--nick', 'raw', '--quiet']);
    const giver = jcli(['dc-raw', `${url}/room`, '--to', 'raw']);
    giver.process.stdin.write('some bytes');
    expect(await raw.waitForExit()).toEqual({ code: 1, signal: null });
    expect(raw.errorLines).toEqual([`error: writing to stdout: ${full} [output-failed]`]);
  });

  it.each(['--help', 'info'])('below what %s prints', async (word) => {
    const { url } = await startSandbox('--min-participants', '1');
    const args = word === '--help' ? ['chat', word] : [word, `${url}/room`, '--quiet'];
    const bot = jcliWith('>/dev/full', args);
    expect(await bot.waitForExit()).toEqual({ code: 1, signal: null });
    expect(bot.errorLines).toEqual([`error: writing to stdout: ${full} [output-failed]`]);
  });

  it('below the wire file', async () => {
    const { url } = await startSandbox();
    const bot = jcli(['chat', `${url}/room`, '--wire', '/dev/full', '--quiet']);
    expect(await bot.waitForExit()).toEqual({ code: 1, signal: null });
    expect(bot.errorLines).toEqual([`error: writing to the wire file /dev/full: ${full} [output-failed]`]);
  });

  it('below the report', async () => {
    const { url } = await startSandbox('--bridge', 'ws');
    const watcher = await watcherIn(url);
    const ears = jcli(['bench', `${url}/room`, '--nick', 'ears', '--quiet']);
    const args = ['--bench-size', '100', '--bench-secs', '1', '--role', 'send', '--report', '/dev/full'];
    const mouth = jcli(['bench', `${url}/room`, ...args, '--endpoint-id', 'mouth', '--quiet']);
    expect(await mouth.waitForExit()).toEqual({ code: 1, signal: null });
    expect(mouth.errorLines.at(-1)).toBe(`error: writing to the report /dev/full: ${full} [output-failed]`);
    // What it found is not lost with it.
    expect(JSON.parse(mouth.lines.at(-1) ?? '')).toMatchObject({ type: 'summary' });
    await watcher.waitForObject({ type: 'participant-left', id: 'mouth', reason: 'left' });
    await ears.stop('SIGKILL');
  });

  it('below both streams leaves the exit code', async () => {
    const bot = jcliWith('>/dev/full 2>&1', ['--help']);
    expect(await bot.waitForExit()).toEqual({ code: 1, signal: null });
  });
});

describe('the files of --wire and --report', () => {
  it('are refused before joining when nobody reads the pipe', async () => {
    const pipe = join(folder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const [args, code] of [
      [['chat', '--wire', pipe], 'wire-file'],
      [['bench', '--report', pipe], 'report-file'],
    ] as const) {
      const bot = jcli([...args, '--host', 'h.invalid', '--room', 'r', '--quiet']);
      expect((await bot.waitForExit()).code).toBe(2);
      expect(bot.errorLines).toEqual([
        expect.stringMatching(new RegExp(`nobody reads ${pipe}: start its reader first; .* \\[${code}\\]$`)),
      ]);
    }
  });

  it('may be a pipe, as long as somebody reads it', async () => {
    const { url } = await startSandbox();
    const pipe = join(folder(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    // Opened both ways, it has a reader at once.
    const reader = new Program('sh', ['-c', 'exec 3<>"$1"; echo open; exec cat <&3', 'sh', pipe]);
    onTestFinished(async () => void (await reader.stop('SIGKILL')));
    await reader.waitForLine('open');
    const bot = jcli(['chat', `${url}/room`, '--wire', pipe, '--quiet']);
    await reader.waitForLine(/"channel":"xmpp"/);
    await reader.stop('SIGKILL');
    bot.writeLine('something to be written');
    expect(await bot.waitForExit()).toEqual({ code: 1, signal: null });
    expect(bot.errorLines).toEqual([
      `error: writing to the wire file ${pipe}: nobody reads it any more [output-failed]`,
    ]);
  });

  it('may be our own stderr', async () => {
    const { url } = await startSandbox();
    const bot = jcli(['chat', `${url}/room`, '--wire', '/dev/stderr', '--quiet']);
    bot.endInput();
    expect((await bot.waitForExit()).code).toBe(0);
    const entries = bot.errorLines.map((line) => JSON.parse(line) as { channel: string });
    expect(entries.map(({ channel }) => channel)).toContain('xmpp');
  });

  it('are for us alone, also when they were not', async () => {
    const { url } = await startSandbox();
    const file = join(folder(), 'wire');
    writeFileSync(file, 'old');
    chmodSync(file, 0o644);
    const bot = jcli(['chat', `${url}/room`, '--wire', file, '--quiet']);
    bot.endInput();
    expect((await bot.waitForExit()).code, bot.stderr).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ channel: 'http', direction: 'sent' });
  });
});
