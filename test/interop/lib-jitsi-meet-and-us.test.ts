/** A real browser client and our participant in one room of the sandbox: each must take the other for a participant like any. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { join } from '../../src/index.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { openInSandbox } from '../support/lib-jitsi-meet.ts';
import { nextEvent } from '../support/next-event.ts';

let browser: Browser;
let sandbox: Sandbox;

beforeAll(async () => {
  [browser, sandbox] = await Promise.all([launchBrowser(), createSandbox()]);
});
afterAll(async () => {
  await browser.close();
  await sandbox.close();
});

it('a browser sees our participant, talks with it, sees its hand and name, and sees it leave', async () => {
  await using browserClient = await openInSandbox(browser, sandbox, {
    room: 'together',
    name: 'Browser',
  });
  const browserId = await browserClient.joined();
  const bot = await join({ host: sandbox.url, room: 'together', nick: 'Bot' });
  expect(await browserClient.waitFor('userJoined')).toMatchObject({ id: bot.endpointId, name: 'Bot' });
  expect(bot.participants.get(browserId)).toMatchObject({ displayName: 'Browser', role: 'moderator' });

  const heard = bot.chat.messages().next();
  await browserClient.sendChat('hello bot <&>');
  expect((await heard).value).toMatchObject({
    text: 'hello bot <&>',
    from: browserId,
    displayName: 'Browser',
  });
  await bot.chat.send('hello browser <&> 👋');
  const message = await browserClient.waitFor('message', ({ id }) => id === bot.endpointId);
  expect(message).toMatchObject({ text: 'hello browser <&> 👋' });

  bot.raiseHand();
  const raised = await browserClient.waitFor(
    'property',
    ({ id, property }) => id === bot.endpointId && property === 'raisedHand',
  );
  expect(Number(raised['value'])).toBeGreaterThan(0);
  bot.lowerHand();
  await browserClient.waitFor(
    'property',
    ({ property, value }) => property === 'raisedHand' && value === '0',
  );
  bot.setNick('Robot');
  await browserClient.waitFor('displayName', ({ id, name }) => id === bot.endpointId && name === 'Robot');

  const browserHand = nextEvent(bot, 'handRaised');
  await browserClient.setHand(true);
  expect((await browserHand).participant.id).toBe(browserId);

  await bot.leave();
  await browserClient.waitFor('userLeft', ({ id }) => id === bot.endpointId);
});
