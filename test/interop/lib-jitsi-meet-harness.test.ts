/** The browser harness by itself: lib-jitsi-meet and a hand-written focus and participant on a real Prosody. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { type BrowserClientOptions, openLibJitsiMeet } from '../support/lib-jitsi-meet.ts';
import { freePort } from '../support/ports.ts';
import { type Prosody, startProsody } from '../support/prosody.ts';
import { RawXmpp } from '../support/raw-xmpp.ts';

let browser: Browser;
let prosody: Prosody;
let focus: RawXmpp;
let options: BrowserClientOptions;

beforeAll(async () => {
  [browser, prosody] = await Promise.all([launchBrowser(), startProsody()]);
  focus = await RawXmpp.login(prosody.websocketUrl, prosody.authDomain, {
    mechanism: 'PLAIN',
    initialResponse: `\0focus\0${prosody.focusPassword}`,
    resource: 'focus',
  });
  const { websocketUrl, domain, mucDomain } = prosody;
  options = { websocketUrl, domain, mucDomain, focus: focus.jid, room: 'standup', name: 'Browser' };
});
afterAll(async () => {
  await browser.close();
  await prosody.stop();
});

const joinRoom = (nick: string): string =>
  `<presence xmlns='jabber:client' to='standup@${prosody.mucDomain}/${nick}'>` +
  `<x xmlns='http://jabber.org/protocol/muc'/>` +
  `<nick xmlns='http://jabber.org/protocol/nick'>Raw ${nick}</nick></presence>`;

it('joins a room, talks in it and leaves', async () => {
  await using raw = await RawXmpp.login(prosody.websocketUrl, prosody.domain, {
    mechanism: 'ANONYMOUS',
    resource: 'raw',
  });
  focus.send(joinRoom('focus'));
  await focus.next((frame) => frame.includes(`code='110'`));
  raw.send(joinRoom('alice'));

  await using client = await openLibJitsiMeet(browser, options);
  const request = await focus.next((frame) => frame.includes('http://jitsi.org/protocol/focus'));
  const attribute = (name: string): string =>
    new RegExp(`^<iq[^>]*\\s${name}='([^']*)'`).exec(request)?.[1] ?? '';
  focus.send(
    `<iq xmlns='jabber:client' type='result' id='${attribute('id')}' to='${attribute('from')}'>` +
      `<conference xmlns='http://jitsi.org/protocol/focus' ready='true' focusjid='${prosody.focusJid}'/></iq>`,
  );
  const id = await client.joined();
  expect(await client.waitFor('userJoined')).toMatchObject({ id: 'alice', name: 'Raw alice' });

  await client.sendChat('hello from the browser');
  const fromBrowser = await raw.next((frame) => frame.includes('hello from the browser'));
  expect(fromBrowser).toContain(`from='standup@${prosody.mucDomain}/${id}'`);
  raw.send(
    `<message xmlns='jabber:client' type='groupchat' to='standup@${prosody.mucDomain}'><body>hello</body></message>`,
  );
  expect(await client.waitFor('message', (event) => event.id === 'alice')).toMatchObject({ text: 'hello' });

  await client.setHand(true);
  await raw.next((frame) => frame.includes('raisedHand'));
  await client.leave();
  const left = await raw.next((frame) => frame.includes(`type='unavailable'`));
  expect(left).toContain(`/${id}'`);
});

it('reports that a server cannot be reached', async () => {
  await using client = await openLibJitsiMeet(browser, {
    ...options,
    websocketUrl: `ws://127.0.0.1:${await freePort()}/xmpp-websocket`,
  });
  expect(await client.waitFor('connectionFailed')).toHaveProperty('reason');
});
