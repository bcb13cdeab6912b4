/** RTCPeerConnections of a real Chromium, each on its own, all on one page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser.ts';

export interface Negotiation {
  /** SDP offers; each is answered before the next is set. */
  offers: readonly string[];
  /** Sends a microphone and a camera. Default false. */
  tracks?: boolean;
  /** Changes the answer so that the camera is sent in three layers, as lib-jitsi-meet does. Default false. */
  simulcast?: boolean;
}

export interface Negotiated {
  /** One for each offer, until one was refused. */
  answers: Answer[];
  /** Why the offer after the last answer was refused. */
  error?: { name: string; message: string };
}

export interface Answer {
  /** The local description. */
  sdp: string;
  /** The tracks that are received then, each with the stream of its msid. */
  receiving: { mid: string; kind: string; stream: string }[];
}

interface PageScope {
  negotiate(negotiation: Negotiation): Promise<Negotiated>;
}

export interface ChromiumPeers extends AsyncDisposable {
  version: string;
  negotiate(negotiation: Negotiation): Promise<Negotiated>;
}

const script = readFileSync(join(import.meta.dirname, 'peer-connections-page.js'), 'utf8');

export async function openChromiumPeers(): Promise<ChromiumPeers> {
  const browser: Browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    // Cameras are for pages of this machine; this one never leaves the browser.
    await page.route('http://localhost/', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
    );
    await page.goto('http://localhost/');
    await page.addScriptTag({ content: script });
    return {
      version: browser.version(),
      negotiate: (negotiation) =>
        page.evaluate((call) => (globalThis as unknown as PageScope).negotiate(call), negotiation),
      [Symbol.asyncDispose]: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
