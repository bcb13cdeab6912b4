/** Two real browser clients and nothing of our own client: the sandbox has to be a deployment that both take for real. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { type LibJitsiMeet, openLibJitsiMeet } from '../support/lib-jitsi-meet.ts';

let browser: Browser;
let sandbox: Sandbox;

beforeAll(async () => {
  [browser, sandbox] = await Promise.all([launchBrowser(), createSandbox()]);
});
afterAll(async () => {
  await browser.close();
  await sandbox.close();
});

function open(room: string, name: string): Promise<LibJitsiMeet> {
  const websocketUrl = `${sandbox.url.replace('http:', 'ws:')}/xmpp-websocket`;
  const { mucDomain } = sandbox;
  return openLibJitsiMeet(browser, {
    websocketUrl,
    domain: 'meet.jitsi',
    mucDomain,
    focus: 'focus.meet.jitsi',
    room,
    name,
  });
}

it('lets two browsers meet, talk, raise hands, rename themselves and leave', async () => {
  await using alice = await open('standup', 'Alice');
  const aliceId = await alice.joined();
  await using bob = await open('standup', 'Bob');
  const bobId = await bob.joined();
  expect(await bob.waitFor('userJoined')).toMatchObject({ id: aliceId, name: 'Alice' });
  expect(await alice.waitFor('userJoined')).toMatchObject({ id: bobId, name: 'Bob' });

  await alice.sendChat('hello Bob');
  expect(await bob.waitFor('message', ({ id }) => id === aliceId)).toMatchObject({ text: 'hello Bob' });
  await bob.setHand(true);
  const raised = await alice.waitFor('property', ({ property }) => property === 'raisedHand');
  expect(raised).toMatchObject({ id: bobId, value: expect.stringMatching(/^\d+$/) });
  await bob.setDisplayName('Robert');
  await alice.waitFor('displayName', ({ id, name }) => id === bobId && name === 'Robert');

  await bob.leave();
  await alice.waitFor('userLeft', ({ id }) => id === bobId);
  await alice.leave();
});

it('offers them a media session that they take', async () => {
  await using alice = await open('media', 'Alice');
  await using bob = await open('media', 'Bob');
  const sessions = await Promise.all([alice.waitFor('mediaSession'), bob.waitFor('mediaSession')]);
  expect(sessions.map(({ p2p }) => p2p)).toEqual([false, false]);
});
