/** A caller's own peer connection and a real browser client in one room: each sees the other's camera. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { joinSession } from '../../src/index.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { openInSandbox } from '../support/lib-jitsi-meet.ts';
import { waitFor } from '../support/wait.ts';
import { openWrtcPeerConnection } from '../support/wrtc-peer-connection.ts';

let browser: Browser;
let sandbox: Sandbox;

beforeAll(async () => {
  // The bridge is on this machine.
  [browser, sandbox] = await Promise.all([
    launchBrowser('--allow-loopback-in-peer-connection', '--autoplay-policy=no-user-gesture-required'),
    createSandbox(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await sandbox.close();
});

it('sees a track that was announced with syncSources, and is seen', async () => {
  await using client = await openInSandbox(browser, sandbox, {
    room: 'own',
    name: 'Browser',
    sends: ['audio', 'video'],
  });
  const browserId = await client.joined();
  const alice = await joinSession({
    host: sandbox.url,
    room: 'own',
    nick: 'Alice',
    congestionControl: true,
    sessionTimeout: 60_000,
  });
  const { session } = alice;
  if (!session) throw new Error('there is no session');
  const pc = openWrtcPeerConnection();
  const negotiator = session.negotiator(pc);
  await negotiator.accept();
  await session.requestVideo(720, { timeout: 60_000 });
  await pc.send('video');
  await negotiator.syncSources();

  await client.waitFor('channelOpened');
  await client.requestVideo(720);
  // In its <video>, which a client shows for what presence calls unmuted.
  expect(await client.video(alice.endpointId)).toMatchObject({ width: 320, height: 180 });
  const decoded = await waitFor(
    async () =>
      (await client.statistics()).find(
        ({ framesDecoded = 0, kind, type }) =>
          type === 'inbound-rtp' && kind === 'video' && framesDecoded > 30,
      ),
    { what: 'a stream that is decoded' },
  );
  expect(decoded).toMatchObject({ frameWidth: 320, frameHeight: 180 });

  const camera = await waitFor(
    () => session.sources.find(({ mediaType, owner }) => owner === browserId && mediaType === 'video'),
    { what: "the browser's camera" },
  );
  await waitFor(async () => ((await pc.received(camera.ssrc)).pictures ?? 0) > 30, {
    what: "the browser's pictures",
  });
  await alice.leave();
  await pc.close();
});
