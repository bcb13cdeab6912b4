/** The tarball as users get it: installed elsewhere, imported, type-checked, its commands run. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const execute = promisify(execFile);
const root = join(import.meta.dirname, '../..');
let directory: string;

/** Runs a command in the user's project; rejects unless it exits with 0. */
async function run(command: string, ...args: string[]): Promise<string> {
  return (await execute(command, args, { cwd: directory })).stdout;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'jitsi-headless-user-'));
  await execute('npm', ['pack', '--pack-destination', directory], { cwd: root });
  const tarball = (await readdir(directory)).find((name) => name.endsWith('.tgz'));
  await writeFile(join(directory, 'package.json'), '{ "type": "module", "private": true }');
  await run('npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`);
}, 600_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('the installed package', () => {
  it.each([
    ['jitsi-headless', ['join', 'joinRoom', 'joinSession', 'JitsiError']],
    ['jitsi-headless/media', ['soundLevel', 'pcm', 'mix', 'utterances']],
    ['jitsi-headless/sandbox', ['createSandbox']],
  ])('exports from %s what is promised', async (name, promised) => {
    const script = `console.log(JSON.stringify(Object.keys(await import('${name}'))))`;
    const names: unknown = JSON.parse(await run(process.execPath, '--input-type=module', '-e', script));
    expect(names).toEqual(expect.arrayContaining(promised));
  });

  it('lets nothing else be imported', async () => {
    const script = `await import('jitsi-headless/dist/index.js')`;
    await expect(run(process.execPath, '--input-type=module', '-e', script)).rejects.toThrow(
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
    );
  });

  it.each(['jcli', 'jitsi-headless'])('brings the command %s', async (command) => {
    expect(await run(join(directory, 'node_modules/.bin', command), '--help')).toMatch(/usage/i);
  });

  it('holds no sources, tests or scripts', async () => {
    const installed = await readdir(join(directory, 'node_modules/jitsi-headless'));
    expect(installed).toEqual(expect.arrayContaining(['dist', 'clips', 'package.json']));
    for (const name of ['src', 'test', 'scripts', '.ci']) expect(installed).not.toContain(name);
  });

  it("joins its own sandbox in a user's program", async () => {
    await writeFile(join(directory, 'bot.js'), bot);
    expect(await run(process.execPath, 'bot.js')).toBe('joined standup\n');
  });

  it('has types that a strict project accepts', async () => {
    await writeFile(join(directory, 'bot.ts'), bot);
    await writeFile(join(directory, 'tsconfig.json'), JSON.stringify(userConfig));
    await run(join(root, 'node_modules/.bin/tsc'), '-p', '.');
  });

  it('has types that refuse wrong use', async () => {
    await writeFile(join(directory, 'bot.ts'), `${bot}conference.on('nosuchevent', () => {});\n`);
    await expect(run(join(root, 'node_modules/.bin/tsc'), '-p', '.')).rejects.toMatchObject({
      stdout: expect.stringContaining('nosuchevent'),
    });
  });
});

/** Plain JavaScript and well-typed TypeScript at once. */
const bot = `
import { joinRoom } from 'jitsi-headless';
import { createSandbox } from 'jitsi-headless/sandbox';

const sandbox = await createSandbox();
const conference = await joinRoom({ host: sandbox.url, room: 'standup', nick: 'bot' });
conference.on('participantJoined', ({ participant }) => console.log(participant.displayName));
await conference.chat.send('hello');
console.log('joined ' + [...sandbox.rooms.keys()].join());
await conference.leave();
await sandbox.close();
`;

const userConfig = {
  compilerOptions: {
    target: 'ES2023',
    lib: ['ES2023', 'ESNext.Disposable'],
    module: 'NodeNext',
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
  },
  include: ['bot.ts'],
};
