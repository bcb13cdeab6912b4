/** Ctrl-C at every stage of every command: it is gone soon, with exit code 130, and has left the room. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { jcli, startSandbox } from '../support/jcli.ts';
import type { Program } from '../support/process.ts';

/** ms: less than the time limits of joining and of a server's answer to our leaving, and far more than is needed. */
const soon = 9_900;

async function interrupted(program: Program, codes: readonly number[] = [130]): Promise<void> {
  const began = performance.now();
  program.process.kill('SIGINT');
  const { code, signal } = await program.waitForExit();
  // Who may end by itself may have done so when the signal came: then nobody was left to handle it.
  if (signal === 'SIGINT' && codes.includes(0)) return;
  expect(signal, program.stderr).toBe(null);
  expect(codes, program.stderr).toContain(code);
  expect(performance.now() - began).toBeLessThan(soon);
  expect(program.stderr).not.toMatch(/^error: /m);
}

/** A server that takes connections and says nothing. */
async function silentServer(): Promise<string> {
  const server = createServer((socket) => void socket.on('error', () => {}));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const joining = ['info', 'chat', 'dc', 'dc-raw', 'media', 'bench'];
const clip = ['--send-video', '--send-audio'];
const sends = ['--bench-size', '1000', '--bench-secs', '60', '--rate', '1'];

describe('Ctrl-C', () => {
  it.each(joining)('while %s connects to who says nothing', async (command) => {
    const url = await silentServer();
    const program = jcli([command, `${url}/room`, '--debug']);
    await program.waitForErrorLine(/config\.js/);
    await interrupted(program);
  });

  it.each([
    ['info', ['info']],
    ['chat', ['chat']],
    ['dc', ['dc']],
    ['dc with lines to send', ['dc', '--to', 'nobody']],
    ['dc-raw', ['dc-raw']],
    ['dc-raw with bytes to send', ['dc-raw', '--to', 'nobody']],
    ['media', ['media', ...clip]],
    ['bench', ['bench', ...sends]],
  ] as const)('while %s is alone', async (name, [command = '', ...args]) => {
    const { url } = await startSandbox();
    const program = jcli([command, `${url}/room`, '--endpoint-id', 'bot', '--debug', ...args]);
    if (name.includes('to send')) program.process.stdin.write('something\n');
    await program.waitForErrorLine(/entering → joined/);
    await interrupted(program);
    expect(program.stderr).toMatch(/>>> .*type=.?"unavailable/);
  });

  it.each([
    ['chat', ['chat'], /^\* in room/],
    ['dc', ['dc'], /bridge channel open/],
    ['dc-raw that sends', ['dc-raw', '--rate', '0.1'], /^\* in room/],
    ['media', ['media', ...clip], /media session begun/],
    ['bench that sends', ['bench', ...sends], /bridge channel open/],
    ['bench with more endpoints', ['bench', ...sends, '--parallel', '2'], /bridge channel open/],
  ] as const)('in the midst of %s', async (_, [command = '', ...args], state) => {
    const { url } = await startSandbox();
    const other = jcli([command, `${url}/room`, '--nick', 'other', '--endpoint-id', 'other']);
    const watcher = jcli(['chat', `${url}/room`, '--json']);
    await watcher.waitForObject({ type: 'joined' });
    const program = jcli([command, `${url}/room`, '--nick', 'bot', ...args]);
    program.process.stdin.write('x'.repeat(100_000));
    await program.waitForErrorLine(state);
    await watcher.waitForObject({ type: 'participant-joined', name: 'bot' });
    await interrupted(program);
    await watcher.waitForObject({ type: 'participant-left', name: 'bot', reason: 'left' });
    // A bench that listens ends by itself, too, when who sends has left.
    await interrupted(other, command === 'bench' ? [0, 130] : [130]);
  });

  it.each(['chat', 'dc', 'dc-raw', 'media', 'bench'])(
    'when the server of %s says nothing any more',
    async (command) => {
      const { url, program: server } = await startSandbox();
      const program = jcli([command, `${url}/room`]);
      await program.waitForErrorLine(/^\* in room/);
      server.process.kill('SIGSTOP');
      program.writeLine('who hears this?');
      await interrupted(program);
    },
  );

  it.each([
    ['alone', []],
    ['with robots', ['--robots', '2']],
  ])('ends a sandbox %s', async (_, args) => {
    const { program } = await startSandbox(...args);
    await interrupted(program);
  });

  it('ends a sandbox whose robots are just coming', async () => {
    const program = jcli(['sandbox', '--robots', '20', '--debug']);
    await program.waitForErrorLine(/robot/);
    await interrupted(program);
  });

  it('twice ends at once', async () => {
    const { url, program: server } = await startSandbox();
    const program = jcli(['chat', `${url}/room`]);
    await program.waitForErrorLine(/^\* in room/);
    server.process.kill('SIGSTOP');
    program.process.kill('SIGINT');
    program.process.kill('SIGTERM');
    expect(await program.waitForExit()).toEqual({ code: 130, signal: null });
  });
});
