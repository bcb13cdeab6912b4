/**
 * Secrets come in by every way there is, and out by none: programs as processes of their own, before a deployment that says back what it
 * knows, and everything that they write.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Conference, join } from '../../src/index.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { jcli } from '../support/jcli.ts';
import { Parrot } from '../support/parrot.ts';
import { parrotWays } from '../support/parrot-ways.ts';
import { plantedSecrets, secretsIn } from '../support/planted-secrets.ts';
import { Program } from '../support/process.ts';
import { serve } from '../support/web-servers.ts';

const { token, password, account, turn } = plantedSecrets;
const login = { username: 'alice', password: account };
const env = { JCLI_TOKEN: token, JCLI_PASSWORD: password, JCLI_LOGIN_PASSWORD: account };

let sandbox: Sandbox;
let other: Conference;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(joinPath(tmpdir(), 'planted-'));
  sandbox = await createSandbox({
    // What is said over SCTP does not come past the parrot, and a slow machine's programs take whichever opens first.
    bridge: 'ws',
    tokens: [token],
    accounts: { alice: account },
    rooms: { room: { password } },
    externalServices: [{ type: 'turn', host: '127.0.0.1', port: '9', username: 'user', password: turn }],
  });
  other = await join({ host: sandbox.url, room: 'room', token, password, login });
});
afterAll(async () => {
  await other?.leave();
  await sandbox?.close();
  await rm(directory, { recursive: true, force: true });
});

/** What a program wrote, by the name of the place. */
async function outputs(program: Program, files: readonly string[] = []): Promise<Record<string, string>> {
  await program.waitForExit();
  const written = files.filter((path) => existsSync(path)).map((path) => [path, readFileSync(path, 'utf8')]);
  return { stdout: program.stdout, stderr: program.stderr, ...Object.fromEntries(written) };
}

function expectNone(written: Readonly<Record<string, string>>, found: Iterable<string> = []): void {
  for (const [place, text] of Object.entries(written)) expect(secretsIn(text, found), place).toEqual([]);
}

const user = joinPath(import.meta.dirname, '../support/secret-user.mjs');
const options = JSON.stringify({ token, password, login, joinTimeout: 20_000 });
const shared = ['--login', 'alice', '--debug'];

describe('a deployment that says secrets in', () => {
  it.each(Object.keys(parrotWays))('%s', async (way) => {
    const wire = joinPath(directory, `${way.replaceAll(/\W/g, '-')}.jsonl`);
    // Nobody knows how long it takes to reach a bridge.
    const isBridge = way.includes('bridge');
    const stay = isBridge ? 150_000 : 1_000;
    const flags = [...shared, '--duration', `${stay / 1_000}s`];
    const programs: ((url: string) => Program)[] = [
      (url) => jcli(['media', url, ...flags, '--json', '--wire', wire], { env }),
      (url) =>
        new Program(process.execPath, [user, url], {
          env: { ...process.env, OPTIONS: options, STAY: String(stay) },
        }),
    ];
    if (!isBridge)
      programs.push((url) => {
        const chat = jcli(['chat', url, ...flags], { env });
        chat.writeLine('PLEASE ECHO');
        return chat;
      });
    const heard = await Promise.all(
      programs.map(async (start, index) => {
        // What one is told, another does not know.
        await using parrot = await Parrot.before(sandbox.url, parrotWays[way]);
        await using program = start(`${parrot.url}/room`);
        if (isBridge) {
          while (parrot.said === 0 && program.process.exitCode === null) await pause(20);
          expect(parrot.said, program.stderr).toBeGreaterThan(0);
          await pause(500);
          if (index === 0) program.process.kill('SIGTERM');
          else program.endInput();
        }
        expectNone(await outputs(program, [wire]), parrot.found);
        return parrot.said;
      }),
    );
    if (way !== 'not at all') expect(Math.max(...heard)).toBeGreaterThan(0);
  });
});

describe('no secret is in what is written by', () => {
  let recordings = 0;
  const commands: Record<string, (files: { wire: string; report: string }) => string[]> = {
    info: () => ['info'],
    chat: () => ['chat', '--duration', '1s'],
    dc: () => ['dc', '--duration', '1s'],
    'dc-raw': () => ['dc-raw', '--duration', '1s'],
    media: () => ['media', '--duration', '1s'],
    play: () => ['play', joinPath(import.meta.dirname, '../../clips/tone.ogg'), '--duration', '1s'],
    listen: ({ report }) => ['listen', '--duration', '1s', '--output', report],
    record: ({ report }) => ['record', '--duration', '1s', '--directory', `${report}-${(recordings += 1)}`],
    snapshot: ({ report }) => ['snapshot', '--duration', '1s', '--format', 'webp', '--output', report],
    say: () => ['say', '--rate', '16000', '--duration', '1s'],
    transcribe: () => ['transcribe', '--duration', '1s', '--recognizer', 'cat'],
    bench: ({ report }) => ['bench', '--duration', '1s', '--report', report],
  };

  it.each(Object.entries(commands))('%s', async (name, args) => {
    const wire = joinPath(directory, `${name}.jsonl`);
    const report = joinPath(directory, `${name}.html`);
    for (const more of [[], ['--json']]) {
      await using parrot = await Parrot.before(sandbox.url);
      const [command = '', ...rest] = args({ wire, report });
      // The token in the address, as it is in links that people are sent.
      const url = `${parrot.url}/room?jwt=${encodeURIComponent(token)}`;
      const flags = ['--login', 'alice', '--debug', '--wire', wire, ...rest, ...more];
      const program = jcli([command, url, ...flags], { env: { ...env, JCLI_TOKEN: '' } });
      program.endInput();
      const written = await outputs(program, [wire, report]);
      // `info` is asked for the credentials of the session.
      if (name === 'info') delete written['stdout'];
      expectNone(written, parrot.found);
      expect(readFileSync(wire, 'utf8')).toContain('session-initiate');
    }
  });
});

describe('no secret is in the words of a command that', () => {
  const secretFlags = ['--token', token, '--password', password];
  it.each([
    ['finds nobody', ['chat', 'http://127.0.0.1:1/room', ...secretFlags]],
    ['finds no host', ['chat', 'https://no-such-host.invalid/room', ...secretFlags]],
    ['is given no room', ['chat', `https://localhost/?jwt=${token}`]],
    ['is given two rooms', ['chat', `https://localhost/a?jwt=${token}`, '--room', 'b']],
    ['is given a password in the address', ['chat', `https://alice:${account}@localhost/room`]],
    ['is given another scheme', ['chat', `ftp://alice:${account}@localhost/room?jwt=${token}`]],
    ['is given a mistyped flag', ['chat', 'https://localhost/room', `--tokn=${token}`]],
    ['is given a mistyped flag and a word', ['chat', 'https://localhost/room', '--tokn', token]],
    ['is given too many words', ['chat', 'https://localhost/room', token]],
    ['is given two commands', ['-chat', '-dc', '--token', token]],
    [
      'is given a broken WebSocket',
      ['chat', 'https://localhost/room', '--websocket', `wss://a b/?token=${token}`],
    ],
    [
      'is given a WebSocket',
      [
        'chat',
        'http://127.0.0.1:1/room',
        '--websocket',
        `ws://127.0.0.1:1/?token=${encodeURIComponent(token)}`,
      ],
    ],
    ['is given a room without a name', ['sandbox', '--password-room', `=${password}`]],
    [
      'is given a URL for requests',
      ['chat', 'http://127.0.0.1:1/r', '--conference-request-url', `x:?token=${token}`],
    ],
  ])('%s', async (_, args) => {
    for (const more of [[], ['--json', '--debug']]) {
      const program = jcli([...args, ...more]);
      const written = await outputs(program);
      expect(program.stderr).not.toBe('');
      expectNone(written);
    }
  });
});

describe('the password of a proxy', () => {
  const proxySays: Record<string, string> = {
    'which refuses it': 'HTTP/1.1 407 it is WORDS\r\nContent-Length: 0\r\n\r\n',
    'which says it in no HTTP': 'HTTP/1.1 WORDS\r\n\r\n',
  };

  it.each(Object.entries(proxySays))('is not said by us %s', async (_, answer) => {
    const proxy = await serve(() => {});
    onTestFinished(() => proxy.close());
    let said = 0;
    proxy.server.on('connect', ({ headers }, socket) => {
      said += 1;
      socket.on('error', () => {});
      const { authorization = '' } = { authorization: headers['proxy-authorization'] };
      const known = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString('latin1');
      socket.end(answer.replace('WORDS', `${authorization} ${known}`));
    });
    const wire = joinPath(directory, 'proxy.jsonl');
    const address = proxy.origin.replace('//', `//user:${encodeURIComponent(plantedSecrets.proxy)}@`);
    for (const [more, environment] of [
      [[], { HTTPS_PROXY: address }],
      [['--proxy', address], {}],
    ] as const) {
      const program = jcli(['chat', 'https://meet.invalid/room', '--debug', '--wire', wire, ...more], {
        env: environment,
      });
      expectNone(await outputs(program, [wire]));
    }
    expect(said).toBeGreaterThan(1);
  });
});

describe.runIf(process.platform === 'linux')('what process lists show', () => {
  it('has no secret of the command line, once the program runs', async () => {
    const url = `${sandbox.url}/room?jwt=${encodeURIComponent(token)}`;
    const program = jcli(
      ['chat', url, '--json', `--token=${token}`, '--password', password, '--login', 'alice'],
      {
        env: { JCLI_LOGIN_PASSWORD: account },
      },
    );
    await program.waitForObject({ type: 'joined' });
    const shown = readFileSync(`/proc/${program.process.pid}/cmdline`, 'utf8');
    expect(shown).toContain(`jcli chat ${sandbox.url}/room?… --json --token=… --password … --login alice`);
    expect(secretsIn(shown)).toEqual([]);
    // Everybody may read the one; the other belongs to whoever runs the program.
    expect(statSync(`/proc/${program.process.pid}/environ`).mode & 0o077).toBe(0);
    program.endInput();
    await program.waitForExit();
  });
});
