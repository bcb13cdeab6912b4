/** The bot of the README, as it stands there, in a process of its own: whatever happens to its connection, it ends as it should. */
import { readFileSync } from 'node:fs';
import { join as path } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Conference, joinRoom } from '../../../src/index.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { startSandbox } from '../../support/jcli.ts';
import { nextEvent } from '../../support/next-event.ts';
import { Program } from '../../support/process.ts';

const root = path(import.meta.dirname, '../../..');

/**
 * Started, and in the room: it does what it is told. That it is seen says less, for the room tells the others first (XEP-0045, 7.2.2), and a connection
 * that is lost before it tells the newcomer is a join that has failed.
 */
async function startBot(url: string, other: Conference): Promise<Program> {
  const [, snippet = ''] =
    /## A bot\n+```ts\n(.*?)```/s.exec(readFileSync(path(root, 'README.md'), 'utf8')) ?? [];
  const library = pathToFileURL(path(root, 'dist/index.js')).href;
  const script = snippet
    .replace("'jitsi-headless'", JSON.stringify(library))
    .replace("'https://meet.example.com/standup'", JSON.stringify(`${url}/standup`));
  expect(script).toContain(url);
  const joined = nextEvent(other, 'participantJoined');
  const bot = new Program(process.execPath, ['--input-type=module', '--eval', script]);
  onTestFinished(async () => {
    await bot.stop('SIGKILL');
  });
  expect((await bot.whileAlive(joined)).participant.displayName).toBe('bot');
  const raised = nextEvent(other, 'handRaised');
  await other.chat.send('!hand');
  await bot.whileAlive(raised);
  return bot;
}

/** It is told to go, and goes as it should. */
async function expectWhole(bot: Program, other: Conference): Promise<void> {
  await other.chat.send('!bye');
  expect(await bot.waitForExit()).toEqual({ code: 0, signal: null });
  expect([bot.stdout, bot.stderr]).toEqual(["{ reason: 'left' }\n", '']);
}

/** Resolves when the bot is in the room. */
async function botIsIn(bot: Program, other: Conference): Promise<void> {
  while (![...other.participants.values()].some(({ displayName }) => displayName === 'bot'))
    await bot.whileAlive(nextEvent(other, 'participantJoined'));
}

async function openSandbox(): Promise<{ sandbox: Sandbox; other: Conference }> {
  const sandbox = await createSandbox({ resumptionTime: 0 });
  onTestFinished(() => sandbox.close());
  const other = await joinRoom(`${sandbox.url}/standup`);
  onTestFinished(() => other.leave());
  return { sandbox, other };
}

describe("the README's bot", () => {
  it('answers, and leaves when it is told to', async () => {
    const { sandbox, other } = await openSandbox();
    const bot = await startBot(sandbox.url, other);
    const welcome = nextEvent(other, 'messageReceived');
    const third = await joinRoom(`${sandbox.url}/standup`, { nick: 'Carol' });
    expect((await welcome).message.text).toBe('welcome, Carol');
    await expectWhole(bot, other);
    await third.leave();
  });

  it('comes back when its socket is dropped while it welcomes somebody', async () => {
    const { sandbox, other } = await openSandbox();
    const bot = await startBot(sandbox.url, other);
    const botId = [...other.participants.keys()][0] ?? '';
    // What it says is not reflected any more, so its listener waits when the socket goes.
    const dropped = nextEvent(other, 'participantLeft');
    other.once('messageReceived', () => sandbox.faults.dropSocket(botId));
    const third = await joinRoom(`${sandbox.url}/standup`, { nick: 'Carol' });
    await dropped;
    await botIsIn(bot, other);
    await third.leave();
    await expectWhole(bot, other);
  });

  it('comes back when its socket is dropped before it has answered', async () => {
    const { sandbox, other } = await openSandbox();
    const bot = await startBot(sandbox.url, other);
    const botId = [...other.participants.keys()][0] ?? '';
    const seen = nextEvent(other, 'participantJoined');
    sandbox.faults.delay(300);
    const joining = joinRoom(`${sandbox.url}/standup`, { nick: 'Carol' });
    await seen;
    const left = nextEvent(other, 'participantLeft');
    sandbox.faults.dropSocket(botId);
    await left;
    sandbox.faults.delay(0);
    await botIsIn(bot, other);
    await (await joining).leave();
    await expectWhole(bot, other);
  });

  it('comes back when the whole deployment was gone, and everybody else does', async () => {
    const { program, url } = await startSandbox();
    const other = await joinRoom(`${url}/standup`);
    onTestFinished(() => other.leave());
    const bot = await startBot(url, other);
    const lost = nextEvent(other, 'reconnecting');
    const back = nextEvent(other, 'reconnected');
    program.process.kill('SIGKILL');
    await Promise.all([program.waitForExit(), lost]);
    await startSandbox('--listen', new URL(url).host);
    await back;
    await botIsIn(bot, other);
    await expectWhole(bot, other);
  });
});
