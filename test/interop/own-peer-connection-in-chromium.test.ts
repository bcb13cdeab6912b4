/** Sessions on a peer connection that the caller made, here that of a real browser. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { describePeerConnections } from '../support/peer-connection-cases.ts';
import { openRemotePeerConnection } from '../support/remote-peer-connection.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

describePeerConnections("Chromium's RTCPeerConnection", () => ({
  open: () => openRemotePeerConnection(browser),
}));
