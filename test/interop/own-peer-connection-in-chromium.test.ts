/** Sessions on a peer connection that the caller made, here that of a real browser. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isPlanBError, join, joinSession } from '../../src/index.ts';
import { createSandbox } from '../../src/sandbox/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { describePeerConnections } from '../support/peer-connection-cases.ts';
import { nextEvent } from '../support/next-event.ts';
import { waitFor } from '../support/wait.ts';
import { openRemotePeerConnection } from '../support/remote-peer-connection.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

describePeerConnections("Chromium's RTCPeerConnection", () => ({
  open: () => openRemotePeerConnection(browser),
}));

it('does not take Plan B: told when a second track comes, and the next session is Unified Plan', async () => {
  const sandbox = await createSandbox();
  const meeting = { host: sandbox.url, room: 'planb', sessionTimeout: 30_000 };
  const bob = await join({ ...meeting, nick: 'Bob' });
  bob.addTrack({ kind: 'audio' });
  const alice = await joinSession({ ...meeting, nick: 'Alice' });
  const { session } = alice;
  if (!session) throw new Error('there is no session');
  const pc = await openRemotePeerConnection(browser);
  const warned = nextEvent(alice, 'warning');
  // The bridge's own source alone is no difference; bob's comes after the accept.
  await session.negotiator(pc, { semantics: 'plan-b' }).accept();
  const { error } = await warned;
  expect(error).toSatisfy(isPlanBError);
  expect(error.message).toMatch(/more than one track/);
  await session.restart();
  const next = await alice.nextSession();
  // Now bob's source is in the offer.
  const refused = next.negotiator(pc, { semantics: 'plan-b' }).accept();
  await expect(refused).rejects.toSatisfy(isPlanBError);
  const another = await openRemotePeerConnection(browser);
  await next.negotiator(another).accept();
  await waitFor(() => another.connectionState === 'connected', { what: 'the connection' });
  await Promise.all([alice.leave(), bob.leave(), pc.close(), another.close()]);
  await sandbox.close();
});
