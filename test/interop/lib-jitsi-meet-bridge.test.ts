/** A real browser client's bridge channel in the sandbox, over either transport, and ours at its other side. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join } from '../../src/index.ts';
import { createSandbox } from '../../src/sandbox/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { openInSandbox } from '../support/lib-jitsi-meet.ts';

let browser: Browser;

beforeAll(async () => {
  // The bridge is on this machine.
  browser = await launchBrowser('--allow-loopback-in-peer-connection');
});
afterAll(() => browser.close());

describe.each(['ws', 'sctp'] as const)('over %s', (channel) => {
  it('a browser opens it, hears our messages and answers them', async () => {
    await using sandbox = await createSandbox({ bridge: channel });
    await using browserClient = await openInSandbox(browser, sandbox, {
      room: 'together',
      name: 'Browser',
    });
    const browserId = await browserClient.joined();
    await using bot = await join({ host: sandbox.url, room: 'together', nick: 'Bot', media: false });
    const { bridge } = bot;
    if (!bridge) throw new Error('there is no bridge');
    await Promise.all([bridge.opened({ timeout: 30_000 }), browserClient.waitFor('channelOpened')]);

    const messages = bridge.messages();
    const greeting = 'hello <&> 👋';
    bridge.sendMessage(browserId, { greeting });
    // It also pings whoever is there, and is answered.
    await browserClient.waitFor(
      'endpointMessage',
      ({ id, payload }) => id === bot.endpointId && (payload as { greeting?: string }).greeting === greeting,
    );
    await browserClient.sendEndpointMessage(bot.endpointId, { type: 'answer', list: [1, 'two'] });
    await browserClient.sendEndpointMessage('', { type: 'to all' });
    const heard: unknown[] = [];
    for await (const message of messages) {
      if (message.colibriClass !== 'EndpointMessage' || isPing(message.msgPayload)) continue;
      heard.push(message);
      if (heard.length === 2) break;
    }
    expect(heard).toMatchObject([
      { to: bot.endpointId, msgPayload: { type: 'answer', list: [1, 'two'] } },
      { to: '', msgPayload: { type: 'to all' } },
    ]);
    expect(bridge.transport).toBe(channel);
  });
});

function isPing(payload: unknown): boolean {
  return String((payload as { type?: unknown } | undefined)?.type).startsWith('e2e-ping-');
}
