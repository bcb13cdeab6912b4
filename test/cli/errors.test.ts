/** What goes wrong while joining: an exit code, a code of its own and one sentence each. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ChildOptions } from '../support/child.ts';
import { jcli, startSandbox } from '../support/jcli.ts';
import { freePort } from '../support/ports.ts';

interface Failure {
  exit: number | null;
  code: unknown;
  kind: unknown;
  message: string;
}

/** Runs a command that has to fail, once for programs and once for people: both are told the same. */
async function failureOf(args: readonly string[], options: ChildOptions = {}): Promise<Failure> {
  const json = jcli([...args, '--json'], options);
  json.endInput();
  const { code: exit } = await json.waitForExit();
  expect(json.stdout).toBe('');
  const failure = JSON.parse(json.errorLines.at(-1) ?? '') as Record<string, unknown>;
  const { code, kind, message } = failure;
  expect(failure).toEqual({ type: 'error', code, kind, message });

  const text = jcli([...args, '--quiet'], options);
  text.endInput();
  expect((await text.waitForExit()).code).toBe(exit);
  expect(text.stdout).toBe('');
  expect(text.errorLines.at(-1)).toBe(`error: ${String(message)} [${String(code)}]`);
  return { exit, code, kind, message: String(message) };
}

async function webServer(answer: { status: number; body: string }): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(answer.status).end(answer.body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('jcli info tells what is wrong', () => {
  it('with a host that is down', async () => {
    const failure = await failureOf(['info', `http://127.0.0.1:${await freePort()}/room`]);
    expect(failure).toMatchObject({ exit: 3, code: 'connection-refused', kind: 'connection' });
    expect(failure.message).toContain('nothing listens there');
  });

  it('with a name that does not exist', async () => {
    const failure = await failureOf(['info', 'https://no-such-host.invalid/room']);
    expect(failure).toMatchObject({ exit: 3, code: 'host-not-found' });
  });

  it('with a certificate that is not valid, unless --insecure', async () => {
    const { url } = await startSandbox('--tls', '--min-participants', '1');
    expect(url).toMatch(/^https:/);
    const failure = await failureOf(['info', `${url}/room`]);
    expect(failure).toMatchObject({ exit: 3, code: 'certificate-invalid' });
    expect(failure.message).toContain('insecure');

    const insecure = jcli(['info', `${url}/room`, '--insecure', '--quiet']);
    expect(await insecure.waitForExit(), insecure.stderr).toEqual({ code: 0, signal: null });
    expect(insecure.errorLines).toEqual([expect.stringMatching(/^warning: certificates are not checked/)]);
    expect(JSON.parse(insecure.stdout)).toMatchObject({ host: url.replace('https://', '') });
  });

  it('with a web server that has no Jitsi', async () => {
    const url = await webServer({ status: 404, body: 'no such page' });
    const failure = await failureOf(['info', `${url}/room`]);
    expect(failure).toMatchObject({ exit: 3, code: 'not-jitsi', kind: 'connection' });
    expect(failure.message).toContain('does not look like a Jitsi Meet deployment');

    // What was guessed before is told too, and how to say it better.
    const quiet = jcli(['info', `${url}/room`, '--quiet']);
    expect((await quiet.waitForExit()).code).toBe(3);
    expect(quiet.errorLines.filter((line) => line.startsWith('warning: ')).join('\n')).toMatch(/config\.js/);
  });

  it('with a web server that has a page for everything', async () => {
    const url = await webServer({ status: 200, body: '<!doctype html><title>Welcome</title>' });
    const failure = await failureOf(['info', `${url}/room`]);
    expect(failure).toMatchObject({ exit: 3, kind: 'connection' });
    expect(failure.message).toContain('config.js');
  });

  it('with a room that wants a password', async () => {
    const secret = 'open sesame';
    const { url } = await startSandbox('--password-room', `vault=${secret}`, '--min-participants', '1');
    const vault = ['info', `${url}/vault`];
    expect(await failureOf(vault)).toMatchObject({ exit: 4, code: 'password-required', kind: 'refused' });
    const wrong = { env: { JCLI_PASSWORD: 'guessed' } };
    expect(await failureOf(vault, wrong)).toMatchObject({ exit: 4, code: 'password-wrong' });

    const right = jcli([...vault, '--debug'], { env: { JCLI_PASSWORD: secret } });
    expect(await right.waitForExit()).toEqual({ code: 0, signal: null });
    expect(right.stderr).toContain('<password');
    expect(right.stderr).not.toContain(secret);
    const flag = jcli([...vault, '--password', secret], { env: { JCLI_PASSWORD: 'the flag wins' } });
    expect((await flag.waitForExit()).code).toBe(0);
  });

  it('when alone in the room until --timeout', async () => {
    const { url } = await startSandbox();
    const failure = await failureOf(['info', `${url}/room`, '--timeout', '6s']);
    expect(failure).toMatchObject({ exit: 6, code: 'no-session', kind: 'timeout' });
    expect(failure.message).toContain('we are alone in the room');
  });

  it.each([
    [
      'an unknown flag',
      ['info', '--hots', 'x'],
      'unknown-option',
      '(did you mean --host?); see jcli info --help',
    ],
    [
      'a flag of another command',
      ['-chat', '-last-n', '1'],
      'unknown-option',
      '(a flag of media); see jcli chat',
    ],
    ['a mode mistyped', ['-host', 'h', '-caht'], 'unknown-option', '(did you mean -chat?); see jcli --help'],
    ['a flag without a mode', ['-hots', 'h'], 'unknown-option', '(did you mean -host?); see jcli --help'],
    ['help for nothing', ['help', 'bogus'], 'unknown-command', "unknown command 'bogus'; see jcli --help"],
    ['help for a mistake', ['help', 'caht'], 'unknown-command', 'did you mean chat?'],
    ['too many words', ['chat', 'a/b', 'c'], 'excess-arguments', 'see jcli chat --help'],
    ['an unknown command', ['caht'], 'unknown-command', 'chat'],
    ['no meeting', ['info'], 'host-missing', 'meet.example.com'],
    ['no room', ['info', '--host', 'h.invalid'], 'room-missing', 'standup'],
    [
      'a bad duration',
      ['info', '--timeout', '5'],
      'invalid-argument',
      'argument \'5\' is invalid: "5" is no duration',
    ],
    ['a wire file that cannot be written', ['info', 'h.invalid/r', '--wire', '/'], 'wire-file', 'wire file'],
  ])('with %s', async (_, args, code, words) => {
    const failure = await failureOf(args);
    expect(failure).toMatchObject({ exit: 2, code, kind: 'usage' });
    expect(failure.message).toContain(words);
  });
});
