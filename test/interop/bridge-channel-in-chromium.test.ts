/** The bridge channel seen from a real browser: its WebSocket at the sandbox's colibri address, beside a participant of ours. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Conference, join, joinSession } from '../../src/index.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { launchBrowser } from '../support/browser.ts';

interface Channel {
  messages: { colibriClass: string; from?: string }[];
  end?: { code: number; reason: string };
  socket: WebSocket;
}

let browser: Browser;
let sandbox: Sandbox;
let page: Page;
let ours: Conference;
let theirs: Conference;

beforeAll(async () => {
  [browser, sandbox] = await Promise.all([launchBrowser(), createSandbox({ bridge: 'ws' })]);
  page = await pageOfSandbox();
  const meeting = { host: sandbox.url, room: 'browser', sessionTimeout: 30_000 };
  // The browser takes the channel of a participant whose XMPP is ours.
  [ours, theirs] = await Promise.all([join(meeting), joinSession(meeting)]);
  await ours.bridge.opened({ timeout: 60_000 });
});
afterAll(async () => {
  await Promise.all([ours.leave(), theirs.leave()]);
  await Promise.all([browser.close(), sandbox.close()]);
});

/** One whose origin may open WebSockets to it. */
async function pageOfSandbox(): Promise<Page> {
  const opened = await browser.newPage();
  await opened.goto(sandbox.url);
  return opened;
}

async function open(): Promise<void> {
  await page.evaluate((url) => {
    const socket = new WebSocket(url);
    const channel: Channel = { messages: [], socket };
    socket.addEventListener('message', ({ data }) => channel.messages.push(JSON.parse(data as string)));
    socket.addEventListener('close', ({ code, reason }) => (channel.end = { code, reason }));
    Object.assign(globalThis, { channel });
    return new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('close', ({ code }) => reject(new Error(`closed with ${code}`)));
    });
  }, theirs.session?.colibriWs ?? '');
}

const send = (text: string): Promise<void> =>
  page.evaluate(
    (message) => (globalThis as unknown as { channel: Channel }).channel.socket.send(message),
    text,
  );

/** Once `fits` is true of the channel in the page. */
async function channelWith(
  what: 'EndpointMessage' | 'ServerHello' | 'end',
): Promise<Omit<Channel, 'socket'>> {
  await page.waitForFunction((wanted) => {
    const { channel } = globalThis as unknown as { channel: Channel };
    return wanted === 'end'
      ? channel.end
      : channel.messages.some(({ colibriClass }) => colibriClass === wanted);
  }, what);
  return page.evaluate(() => {
    const { messages, end } = (globalThis as unknown as { channel: Channel }).channel;
    return { messages, ...(end ? { end } : {}) };
  });
}

describe("Chromium's WebSocket to the bridge", () => {
  it('is greeted, and exchanges messages with our participant', async () => {
    await open();
    expect((await channelWith('ServerHello')).messages[0]).toMatchObject({ colibriClass: 'ServerHello' });
    const atOurs = ours.bridge.messages();
    await send('{"colibriClass":"EndpointMessage","msgPayload":{"n":1},"to":""}');
    for await (const message of atOurs) {
      if (message.colibriClass !== 'EndpointMessage') continue;
      expect(message).toMatchObject({ from: theirs.endpointId, msgPayload: { n: 1 } });
      break;
    }
    ours.bridge.sendMessage(theirs.endpointId, { n: 2 });
    const { messages } = await channelWith('EndpointMessage');
    expect(messages.at(-1)).toMatchObject({ from: ours.endpointId, msgPayload: { n: 2 } });
  });

  it('is closed with 1009 when a message is too large, in the words of the real bridge', async () => {
    await open();
    await send('x'.repeat(65_537));
    expect((await channelWith('end')).end).toEqual({
      code: 1009,
      reason: 'Text message too large: 65,537 > 65,536',
    });
  });

  it('is replaced by another one of the same endpoint', async () => {
    await open();
    const other = await pageOfSandbox();
    await other.evaluate((url) => {
      Object.assign(globalThis, { kept: new WebSocket(url) });
    }, theirs.session?.colibriWs ?? '');
    expect((await channelWith('end')).end).toEqual({ code: 1000, reason: 'replaced' });
    await other.close();
  });
});
