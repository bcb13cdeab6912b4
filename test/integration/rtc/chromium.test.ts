/** A real browser's peer connection against the bridge's end: its ICE, its DTLS, its SCTP. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IceTransport } from '../../../src/jingle/model.ts';
import { dataOffer } from '../../../src/rtc/node-datachannel/offer.ts';
import { answerTransport } from '../../../src/sdp/answer.ts';
import { parseSdp } from '../../../src/sdp/sdp.ts';
import { launchBrowser } from '../../support/browser.ts';
import { waitFor } from '../../support/wait.ts';
import { End } from './ends.ts';

let browser: Browser;
beforeAll(async () => {
  // The bridge is on this machine, and on no other address of it.
  browser = await launchBrowser('--allow-loopback-in-peer-connection');
});
afterAll(() => browser.close());

describe("Chromium's peer connection", () => {
  it('connects to a bridge that knows none of its addresses', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    await using peer = await Peer.open(browser);
    bridge.transport.connect(await peer.answer(bridge.local));
    await peer.reaches('first', 'open');
    await bridge.reaches('connected');
    const theirs = await bridge.channel();
    expect(theirs.channel).toMatchObject({ label: 'first', protocol: 'http://jitsi.org/protocols/colibri' });

    const texts = ['', 'hello', 'é'.repeat(131_072)];
    for (const text of texts) {
      await peer.call('sendText', 'first', text);
      theirs.channel.send(text);
    }
    theirs.channel.send(Buffer.from('bytes'));
    await theirs.has(texts.length);
    expect(theirs.texts).toEqual(texts);
    const received = await peer.received('first', texts.length + 1);
    expect(received).toEqual([...texts, 'bytes']);

    await peer.call('sendBytes', 'first');
    await waitFor(() => theirs.binaries.length > 0, { what: 'binary message' });
    await peer.call('closeChannel', 'first');
    await waitFor(() => theirs.closed.length > 0, { what: 'closed channel' });
  });

  it('never hears of its second data channel, and believes it to be open (media 11, R6)', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    await using peer = await Peer.open(browser);
    bridge.transport.connect(await peer.answer(bridge.local));
    await peer.reaches('first', 'open');
    const theirs = await bridge.channel();
    await peer.call('openChannel', 'second');
    await peer.reaches('second', 'open');
    await peer.call('sendText', 'second', 'lost');
    await peer.call('sendText', 'first', 'kept');
    await theirs.has(1);
    theirs.channel.send('answer');
    expect(await peer.received('first', 1)).toEqual(['answer']);
    expect(theirs.texts).toEqual(['kept']);
    expect(bridge.channels).toHaveLength(1);
  });

  it('sees the bridge go', async () => {
    const bridge = await End.create({ end: 'bridge' });
    await using peer = await Peer.open(browser);
    bridge.transport.connect(await peer.answer(bridge.local));
    await peer.reaches('first', 'open');
    await bridge.transport.close();
    await peer.reaches('first', 'closed');
  });

  it('is refused with a certificate that was not signalled', async () => {
    await using bridge = await End.create({ end: 'bridge' });
    await using peer = await Peer.open(browser);
    const answer = await peer.answer(bridge.local);
    const [fingerprint] = bridge.local.fingerprints;
    if (!fingerprint) throw new Error('the bridge has no fingerprint');
    bridge.transport.connect({ ...answer, fingerprints: [{ ...fingerprint, setup: 'active' }] });
    await bridge.reaches('failed');
    expect(bridge.channels).toEqual([]);
  });
});

/** The functions of data-channel-page.js. */
interface PageScope {
  openChannel(label: string): void;
  answerOffer(sdp: string): Promise<string>;
  stateOf(label: string): string;
  messagesOf(label: string): string[];
  sendText(label: string, text: string): void;
  sendBytes(label: string): void;
  closeChannel(label: string): void;
}

const script = readFileSync(join(import.meta.dirname, '../../support/data-channel-page.js'), 'utf8');

/** A page with one connection, and the channel `first`. */
class Peer implements AsyncDisposable {
  readonly #page: Page;

  static async open(chromium: Browser): Promise<Peer> {
    const page = await chromium.newPage();
    await page.addScriptTag({ content: script });
    const peer = new Peer(page);
    await peer.call('openChannel', 'first');
    return peer;
  }

  private constructor(page: Page) {
    this.#page = page;
  }

  async call<Name extends keyof PageScope>(
    name: Name,
    ...args: Parameters<PageScope[Name]>
  ): Promise<Awaited<ReturnType<PageScope[Name]>>> {
    const result = await this.#page.evaluate(
      ([called, given]) =>
        (globalThis as unknown as Record<string, (...all: unknown[]) => unknown>)[called]?.(...given),
      [name, args] as const,
    );
    return result as Awaited<ReturnType<PageScope[Name]>>;
  }

  /** Its answer to a bridge's offer, without candidates. */
  async answer(bridge: IceTransport): Promise<IceTransport> {
    const offer = dataOffer(bridge, { sctpPort: 5000, maxMessageSize: 262_144 });
    const answer = await this.call('answerOffer', offer);
    return { ...answerTransport(parseSdp(answer)), candidates: [] };
  }

  async reaches(label: string, state: string): Promise<void> {
    await waitFor(async () => (await this.call('stateOf', label)) === state, {
      what: `${state} data channel`,
    });
  }

  /** The messages, once there are so many. */
  received(label: string, count: number): Promise<string[]> {
    return waitFor(
      async () => {
        const messages = await this.call('messagesOf', label);
        return messages.length >= count && messages;
      },
      { what: `${count} messages` },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#page.close();
  }
}
