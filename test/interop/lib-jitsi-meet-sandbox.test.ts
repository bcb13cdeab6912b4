/** Two real browser clients and nothing of our own client: the sandbox has to be a deployment that both take for real. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { type BrowserClientEvent, type LibJitsiMeet, openInSandbox } from '../support/lib-jitsi-meet.ts';
import { waitFor } from '../support/wait.ts';

let browser: Browser;
let sandbox: Sandbox;

beforeAll(async () => {
  [browser, sandbox] = await Promise.all([launchBrowser(), createSandbox()]);
});
afterAll(async () => {
  await browser.close();
  await sandbox.close();
});

function open(room: string, name: string, sends: readonly ('audio' | 'video')[] = []): Promise<LibJitsiMeet> {
  return openInSandbox(browser, sandbox, { room, name, sends });
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

it('lets no page in that is of another origin, unless it is told of it', async () => {
  const pageOrigin = 'http://127.0.0.1:9';
  await using stranger = await openInSandbox(browser, sandbox, { room: 'origins', name: 'Eve', pageOrigin });
  await stranger.waitFor('connectionFailed');
  await using other = await createSandbox({ origins: [pageOrigin] });
  await using friend = await openInSandbox(browser, other, { room: 'origins', name: 'Ann', pageOrigin });
  await friend.joined();
});

it('offers them a media session that they take', async () => {
  await using alice = await open('media', 'Alice');
  await using bob = await open('media', 'Bob');
  const sessions = await Promise.all([alice.waitFor('mediaSession'), bob.waitFor('mediaSession')]);
  expect(sessions.map(({ p2p }) => p2p)).toEqual([false, false]);
});

it('moves them: they take the new offer, and have each other again', async () => {
  await using alice = await open('moved', 'Alice', ['audio']);
  const aliceId = await alice.joined();
  await using bob = await open('moved', 'Bob', ['audio']);
  await Promise.all([alice.acceptAnswer(), bob.acceptAnswer()]);
  await bob.waitFor('trackAdded', ({ id }) => id === aliceId);
  expect(sandbox.faults.moveBridge('moved')).toBe(2);
  for (const who of [alice, bob]) expect(await who.acceptAnswer(2)).toContain('type="result"');
  await bob.waitFor('trackRemoved', ({ id }) => id === aliceId);
  const isAlices = (event: BrowserClientEvent): boolean =>
    event.type === 'trackAdded' && event.id === aliceId;
  await waitFor(() => bob.events.filter(isAlices).length === 2, { what: "second audio track of Alice's" });
});

it('relays the sources of three among them, who come and go', async () => {
  const openSending = (name: string): Promise<LibJitsiMeet> => open('three', name, ['audio', 'video']);
  await using alice = await openSending('Alice');
  const aliceId = await alice.joined();
  await using bob = await openSending('Bob');
  const bobId = await bob.joined();
  /** Both tracks of `id` have come, or are gone. */
  const tracks = async (
    who: LibJitsiMeet,
    type: 'trackAdded' | 'trackRemoved',
    id: string,
  ): Promise<void> => {
    for (const media of ['audio', 'video']) {
      await who.waitFor(type, (event) => event.id === id && event.media === media);
    }
  };
  for (const who of [alice, bob]) expect(await who.acceptAnswer()).toContain('type="result"');
  await tracks(alice, 'trackAdded', bobId);
  await tracks(bob, 'trackAdded', aliceId);

  await using carol = await openSending('Carol');
  const carolId = await carol.joined();
  expect(await carol.acceptAnswer()).toContain('type="result"');
  await tracks(carol, 'trackAdded', aliceId);
  await tracks(carol, 'trackAdded', bobId);
  for (const who of [alice, bob]) await tracks(who, 'trackAdded', carolId);

  await carol.leave();
  for (const who of [alice, bob]) {
    await who.waitFor('userLeft', ({ id }) => id === carolId);
    await tracks(who, 'trackRemoved', carolId);
  }
  // Their sessions have gone on: nobody lost anybody else.
  for (const [who, other] of [
    [alice, bobId],
    [bob, aliceId],
  ] as const) {
    expect(who.events.filter(({ type }) => type === 'mediaSession')).toHaveLength(1);
    expect(who.events).not.toContainEqual(expect.objectContaining({ type: 'trackRemoved', id: other }));
    expect(who.events.filter(({ type }) => type === 'failed' || type === 'pageError')).toEqual([]);
  }
});
