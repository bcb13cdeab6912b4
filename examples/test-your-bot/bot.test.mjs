/** Its tests, with vitest: each has a room of its own in one embedded deployment, which can also do to it what happens to real ones. */
import { join } from 'jitsi-headless';
import { createSandbox } from 'jitsi-headless/sandbox';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { greet } from './bot.mjs';

let sandbox;
const here = [];
beforeAll(async () => {
  sandbox = await createSandbox();
});
afterEach(() => Promise.all(here.splice(0).map((conference) => conference.leave())));
afterAll(() => sandbox.close());

async function meet(room) {
  const bot = await greet(`${sandbox.url}/${room}`);
  const guest = await join(`${sandbox.url}/${room}`, { nick: 'Ada', media: false });
  here.push(bot, guest);
  return { bot, guest, messages: guest.chat.messages() };
}

it('greets who comes', async () => {
  const { messages } = await meet('greeting');
  expect((await messages.next()).value).toMatchObject({ text: 'Hello, Ada!', displayName: 'Greeter' });
});

it('goes when it is asked to', async () => {
  const { bot, guest } = await meet('leaving');
  await guest.chat.send('!bye');
  expect(await bot.closed).toMatchObject({ reason: 'left' });
});

it('greets on after its connection was lost', async () => {
  const { bot } = await meet('reconnecting');
  const reconnected = new Promise((resolve) => bot.once('reconnected', resolve));
  sandbox.faults.dropSocket(bot.endpointId);
  await reconnected;
  const grace = await join(`${sandbox.url}/reconnecting`, { nick: 'Grace', media: false });
  here.push(grace);
  for await (const { text } of grace.chat.messages()) if (text === 'Hello, Grace!') break;
});
