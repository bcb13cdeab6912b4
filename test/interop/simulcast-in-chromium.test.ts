/**
 * A camera in three sizes, from one real browser client to another, through the sandbox: the receiver sees the size that it asks for, and the one that its
 * downlink carries.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { type LibJitsiMeet, openInSandbox, type RtcReport } from '../support/lib-jitsi-meet.ts';
import { waitFor } from '../support/wait.ts';

/** Few pictures a second: three encoders and a decoder share this machine with others. */
const fakeCamera = '--use-fake-device-for-media-stream=fps=10';

let browser: Browser;
let sandbox: Sandbox;

beforeAll(async () => {
  [browser, sandbox] = await Promise.all([
    launchBrowser(
      '--allow-loopback-in-peer-connection',
      '--autoplay-policy=no-user-gesture-required',
      fakeCamera,
    ),
    createSandbox(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await sandbox.close();
});

/** What the receiver decodes. */
async function seen(receiver: LibJitsiMeet): Promise<RtcReport | undefined> {
  const reports = await receiver.statistics();
  return reports.find(({ kind, type }) => type === 'inbound-rtp' && kind === 'video');
}

/** Waits until pictures of this height are decoded, one after another. */
async function untilHeight(receiver: LibJitsiMeet, height: number, what: string): Promise<RtcReport> {
  let last: RtcReport | undefined;
  const first = await waitFor(
    async () => {
      last = await seen(receiver);
      return last?.frameHeight === height && last;
    },
    { what: `${height} lines ${what}`, explain: () => JSON.stringify([last, describe()]), timeout: 120_000 },
  );
  return waitFor(
    async () => {
      last = await seen(receiver);
      return last?.frameHeight === height && (last.framesDecoded ?? 0) > (first.framesDecoded ?? 0) + 10 && last;
    },
    { what: `${height} lines go on ${what}`, explain: () => JSON.stringify([last, describe()]), timeout: 120_000 },
  );
}

const describe = (): unknown =>
  [...sandbox.bridge.endpoints.values()].map(({ id, sources, wantedHeights }) => ({
    id,
    wanted: [...wantedHeights],
    sources: [...sources],
  }));

it('shows what is asked for, and what fits', { timeout: 600_000 }, async () => {
  await using sender = await openInSandbox(browser, sandbox, {
    room: 'simulcast',
    name: 'Sender',
    sends: ['video'],
    height: 720,
    codec: 'VP8',
  });
  const id = await sender.joined();
  await using receiver = await openInSandbox(browser, sandbox, {
    room: 'simulcast',
    name: 'Receiver',
    codec: 'VP8',
  });
  await receiver.joined();
  await receiver.waitFor('channelOpened');
  await receiver.requestVideo(720);
  await receiver.video(id);
  for (const height of [720, 180, 360, 720, 180]) {
    await receiver.requestVideo(height);
    const report = await untilHeight(receiver, height, 'that were asked for');
    process.stdout.write(`${JSON.stringify(report)}\n`);
    expect(report.packetsLost).toBe(0);
  }
});
