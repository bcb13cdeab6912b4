/** What `--debug` and `--wire` show of a conversation, and that no text of somebody else's stops them. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startAlteringProxy } from '../support/altering-proxy.ts';
import { jcli, startSandbox } from '../support/jcli.ts';

async function wireFile(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'jcli-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return join(directory, 'wire.jsonl');
}

/** The sandbox's WebSocket with every frame changed. */
async function altered(url: string, alter: (frame: string) => string): Promise<string> {
  const proxy = await startAlteringProxy(`${url.replace('http', 'ws')}/xmpp-websocket`, alter);
  onTestFinished(() => proxy.close());
  return proxy.url;
}

/** Quotes as some servers write them in text. */
const withEntities = (frame: string): string =>
  frame.replace(/<body>[^<]*/, (body) => body.replaceAll('"', '&quot;'));

describe('a chat line made for redaction', () => {
  it.each([
    ['as it is', (frame: string) => frame],
    ['with entities', withEntities],
  ])('stops nobody, %s', async (_, alter) => {
    const { url } = await startSandbox();
    const wire = await wireFile();
    const websocket = await altered(url, alter);
    const common = ['chat', `${url}/room`, '--json', '--debug'];
    const ears = jcli([...common, '--nick', 'ears', '--websocket', websocket, '--wire', wire]);
    await ears.waitForObject({ type: 'joined' });
    const mouth = jcli([...common, '--nick', 'mouth']);
    await mouth.waitForObject({ type: 'joined' });
    const attack = `"pwd":"${'\\"'.repeat(26)}`;
    mouth.writeLine(attack);
    mouth.writeLine(`"pwd":"${'\\"'.repeat(5_000)}`);
    mouth.writeLine('still here?');
    await ears.waitForObject({ type: 'message', text: attack });
    await ears.waitForObject({ type: 'message', text: 'still here?' });
    for (const program of [ears, mouth]) {
      program.writeLine('/quit');
      expect(await program.waitForExit()).toEqual({ code: 0, signal: null });
    }
    expect(readFileSync(wire, 'utf8')).toContain('still here?');
    expect(ears.stderr).toContain('still here?');
  });
});

describe('secrets that a server says in words of its own', () => {
  it('are in no log and no wire file', async () => {
    const { url } = await startSandbox();
    const wire = await wireFile();
    const token = 'eyJhbGciOiJub25lIn0.c2VjcmV0.x-y_z';
    const password = 'tea & <two>';
    const said = `who has ${token} and tea &amp; &lt;two>?`;
    const websocket = await altered(url, (frame) => frame.replace('PLEASE ECHO', said));
    const ears = jcli(
      [
        'chat',
        `${url}/room`,
        '--json',
        '--nick',
        'ears',
        '--websocket',
        websocket,
        '--debug',
        '--wire',
        wire,
      ],
      { env: { JCLI_TOKEN: token, JCLI_PASSWORD: password } },
    );
    await ears.waitForObject({ type: 'joined' });
    const mouth = jcli(['chat', `${url}/room`, '--json', '--nick', 'mouth']);
    await mouth.waitForObject({ type: 'joined' });
    mouth.writeLine('PLEASE ECHO');
    // To the program it is a text like any other.
    await ears.waitForObject({ type: 'message', text: `who has ${token} and ${password}?` });
    ears.writeLine('/quit');
    expect(await ears.waitForExit()).toEqual({ code: 0, signal: null });
    for (const log of [ears.stderr, readFileSync(wire, 'utf8')]) {
      expect(log).toContain('who has … and');
      expect(log).not.toMatch(/eyJhbGciOiJub25lIn0|tea /);
    }
  });

  it('are in no error', async () => {
    const { url } = await startSandbox();
    const token = 'eyJhbGciOiJub25lIn0.c2VjcmV0.x-y_z';
    const failure =
      '<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><not-allowed/>' +
      `<text>the token ${token} has expired</text></failure>`;
    const websocket = await altered(url, (frame) => (frame.includes('<success') ? failure : frame));
    const bot = jcli(['chat', `${url}/room`, '--websocket', websocket], { env: { JCLI_TOKEN: token } });
    expect((await bot.waitForExit()).code).not.toBe(0);
    expect(bot.stderr).toContain('the token … has expired');
    expect(bot.stderr).not.toContain(token);
  });
});
