/** A real browser client's bridge channel in the sandbox, over either transport, and ours at its other side. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join } from '../../src/index.ts';
import { createSandbox } from '../../src/sandbox/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { jcli } from '../support/jcli.ts';
import { openInSandbox } from '../support/lib-jitsi-meet.ts';
import type { Program } from '../support/process.ts';

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
    await Promise.all([bridge.opened({ timeout: 60_000 }), browserClient.waitFor('channelOpened')]);

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

  it('a line of dc is read by a browser, and one of the browser by dc', async () => {
    await using sandbox = await createSandbox({ bridge: channel });
    await using browserClient = await openInSandbox(browser, sandbox, { room: 'lines', name: 'Browser' });
    const browserId = await browserClient.joined();
    const dc = jcli(['dc', `${sandbox.url}/lines`, '--nick', 'dc', '--endpoint-id', 'dc1', '--json']);
    await dc.waitForObject({ type: 'bridge', state: 'open', transport: channel });
    await browserClient.waitFor('channelOpened');
    const [line, answer] = ['a line of dc: <&> ☎', 'a line of the browser'];
    dc.writeLine(line);
    await browserClient.waitFor(
      'endpointMessage',
      ({ id, payload }) => id === 'dc1' && textIn(payload) === line,
    );
    await browserClient.sendEndpointMessage('dc1', { text: answer });
    await dc.waitForObject({ type: 'message', from: browserId, to: 'dc1', text: answer });
    await browserClient.sendEndpointMessage('', { text: `${answer} to all` });
    await dc.waitForObject({ type: 'message', from: browserId, to: '', text: `${answer} to all` });
    const texts = browserClient.events.filter(
      (event) => event.type === 'endpointMessage' && textIn(event.payload) !== undefined,
    );
    expect(texts).toHaveLength(1);
    expect(dc.objects.filter(({ type }) => type === 'message')).toHaveLength(2);
  });

  it('bytes of dc-raw are dropped by a browser, which the sender is told, or reach it in the other form', async () => {
    await using sandbox = await createSandbox({ bridge: channel });
    await using browserClient = await openInSandbox(browser, sandbox, { room: 'bytes', name: 'Browser' });
    await browserClient.joined();
    const send = async (form: 'field' | 'payload'): Promise<Program> => {
      const program = jcli(['dc-raw', `${sandbox.url}/bytes`, '--nick', form, '--raw-form', form]);
      program.process.stdin.end(form);
      expect(await program.waitForExit(), program.stderr).toEqual({ code: 0, signal: null });
      return program;
    };
    const deaf =
      /^warning: Browser seems to be a browser, which drops bytes in this form; --raw-form payload /;
    expect((await send('field')).stderr).toMatch(new RegExp(deaf, 'm'));
    expect((await send('payload')).stderr).not.toContain('warning');
    const raw = Buffer.from('payload').toString('base64');
    await browserClient.waitFor(
      'endpointMessage',
      ({ payload }) => (payload as { raw?: unknown }).raw === raw,
    );
  });
});

function textIn(payload: unknown): unknown {
  return (payload as { text?: unknown } | undefined)?.text;
}

function isPing(payload: unknown): boolean {
  return String((payload as { type?: unknown } | undefined)?.type).startsWith('e2e-ping-');
}
