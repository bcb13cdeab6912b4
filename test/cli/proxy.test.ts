/** `jcli` takes its proxy from the environment, as curl and the Go program do, unless it is told otherwise. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { type ConnectProxy, startConnectProxy } from '../support/connect-proxy.ts';
import { jcli } from '../support/jcli.ts';
import { shownCertificate } from '../support/shown-certificate.ts';

let sandbox: Sandbox;
let proxy: ConnectProxy;
const login = 'user:geheim-1234';
/** Nobody finds it but the proxy. */
const room = 'http://nowhere.invalid/room';

beforeAll(async () => {
  sandbox = await createSandbox({ origins: ['*'] });
  const { hostname: host, port } = new URL(sandbox.url);
  proxy = await startConnectProxy(undefined, { login, upstream: { host, port: Number(port) } });
});
afterAll(async () => {
  await proxy.close();
  await sandbox.close();
});

function chat(url: string, env: Record<string, string>, ...flags: string[]): ReturnType<typeof jcli> {
  const none = { HTTP_PROXY: '', http_proxy: '', NO_PROXY: '', no_proxy: '', ALL_PROXY: '', all_proxy: '' };
  return jcli(['chat', url, '--json', '--debug', ...flags], { env: { ...none, ...env } });
}

it.each<[string, () => Record<string, string>, () => string[]]>([
  ['HTTP_PROXY', () => ({ HTTP_PROXY: `http://${login}@127.0.0.1:${proxy.port}` }), () => []],
  ['http_proxy without a scheme', () => ({ http_proxy: `${login}@127.0.0.1:${proxy.port}` }), () => []],
  ['ALL_PROXY', () => ({ ALL_PROXY: `http://${login}@127.0.0.1:${proxy.port}` }), () => []],
  [
    '--proxy, and not the environment',
    () => ({ HTTP_PROXY: 'http://127.0.0.1:1' }),
    () => ['--proxy', `http://${login}@127.0.0.1:${proxy.port}`],
  ],
])('by %s', async (_, env, flags) => {
  const program = chat(room, env(), ...flags());
  await program.waitForObject({ type: 'joined' });
  program.process.kill('SIGINT');
  expect((await program.waitForExit()).code).toBe(130);
  expect(program.stdout + program.stderr).not.toContain('geheim-1234');
});

it.each<[string, Record<string, string>, string[]]>([
  ['what NO_PROXY names', { HTTP_PROXY: 'http://127.0.0.1:1', NO_PROXY: 'nowhere.invalid' }, []],
  ['anything with --proxy none', { HTTP_PROXY: 'http://127.0.0.1:1' }, ['--proxy', 'none']],
])('not for %s', async (_, env, flags) => {
  const program = chat(room, env, ...flags);
  expect((await program.waitForExit()).code).not.toBe(0);
  expect(program.stderr).toContain('host-not-found');
});

it('not for what is on this machine', async () => {
  const program = chat(`${sandbox.url}/room`, { HTTP_PROXY: 'http://127.0.0.1:1' });
  await program.waitForObject({ type: 'joined' });
});

it('says that the proxy does not let it', async () => {
  const program = chat(room, { HTTP_PROXY: `http://user:geheim-5678@127.0.0.1:${proxy.port}` });
  expect((await program.waitForExit()).code).toBe(3);
  expect(program.stderr).toContain('proxy-refused');
  expect(program.stderr).toContain(`the proxy http://127.0.0.1:${proxy.port}/`);
  expect(program.stdout + program.stderr).not.toContain('geheim-5678');
});

it('takes authorities and keys of its own', async () => {
  await using secure = await createSandbox({ tls: true });
  const directory = await mkdtemp(join(tmpdir(), 'ca-'));
  const file = join(directory, 'ca.pem');
  await writeFile(file, await shownCertificate(secure.url));
  const url = `${secure.url}/room`;
  const program = chat(url, {}, '--ca', file);
  await program.waitForObject({ type: 'joined' });
  const pin = `sha256//${Buffer.alloc(32, 1).toString('base64')}`;
  const pinned = chat(url, {}, '--ca', file, '--pinned-keys', pin);
  expect((await pinned.waitForExit()).code).toBe(3);
  const [, seen = ''] = /its key is (sha256\/\/[\w+/]{43}=)/.exec(pinned.stderr) ?? [];
  expect(seen).not.toBe('');
  const known = chat(url, {}, '--ca', file, '--pinned-keys', `${pin},${seen}`);
  await known.waitForObject({ type: 'joined' });
  for (const [flags, code] of [
    [['--ca', join(directory, 'none.pem')], 'ca-unreadable'],
    [['--pinned-keys', 'abc'], 'usage'],
    [['--proxy', 'socks5://127.0.0.1'], 'proxy-invalid'],
  ] as const) {
    const wrong = chat(url, {}, ...flags);
    expect((await wrong.waitForExit()).code).toBe(2);
    expect(wrong.stderr).toContain(code);
  }
  await rm(directory, { recursive: true });
});
