/**
 * A camera in three sizes, from one real browser client to another, through the sandbox: the receiver sees the size that it asks for, and the one that its
 * downlink carries. VP8 has an encoding for each size (simulcast), VP9 spatial layers in one (L3T3_KEY).
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

/** What the receiver decodes; padding comes on an SSRC of its own. */
async function seen(receiver: LibJitsiMeet): Promise<RtcReport | undefined> {
  const reports = await receiver.statistics();
  return reports.find(
    ({ framesDecoded = 0, kind, type }) => type === 'inbound-rtp' && kind === 'video' && framesDecoded > 0,
  );
}

function until(
  receiver: LibJitsiMeet,
  fits: (report: RtcReport) => boolean,
  what: string,
): Promise<RtcReport> {
  let last: RtcReport | undefined;
  return waitFor(
    async () => {
      last = await seen(receiver);
      return last && fits(last) && last;
    },
    { what, explain: () => JSON.stringify([last, describe()]), timeout: 120_000 },
  );
}

/** Waits until pictures of this height are decoded, one after another. */
async function untilHeight(receiver: LibJitsiMeet, height: number, why: string): Promise<RtcReport> {
  const isSo = ({ frameHeight }: RtcReport): boolean => frameHeight === height;
  const { framesDecoded = 0 } = await until(receiver, isSo, `${height} lines ${why}`);
  return until(
    receiver,
    (report) => isSo(report) && (report.framesDecoded ?? 0) > framesDecoded + 10,
    `${height} lines that go on, ${why}`,
  );
}

function figures({
  framesDecoded,
  freezeCount,
  keyFramesDecoded,
  nackCount,
  pliCount,
  totalFreezesDuration,
}: RtcReport): object {
  return { framesDecoded, keyFramesDecoded, freezeCount, totalFreezesDuration, nackCount, pliCount };
}

const describe = (): unknown =>
  [...sandbox.bridge.endpoints.values()].map(
    ({ estimatedDownlink, forwardedHeights, id, sources, wantedHeights }) => ({
      id,
      wanted: [...wantedHeights],
      forwarded: [...forwardedHeights],
      estimatedDownlink,
      sources: [...sources],
    }),
  );

it.each(['VP8', 'VP9'])('shows what is asked for, and what fits: %s', { timeout: 600_000 }, async (codec) => {
  await using sender = await openInSandbox(browser, sandbox, {
    room: `sizes-${codec.toLowerCase()}`,
    name: 'Sender',
    sends: ['video'],
    height: 720,
    codec,
  });
  const id = await sender.joined();
  await using receiver = await openInSandbox(browser, sandbox, {
    room: `sizes-${codec.toLowerCase()}`,
    name: 'Receiver',
    codec,
  });
  await receiver.joined();
  await receiver.waitFor('channelOpened');
  await receiver.requestVideo(720);
  await receiver.video(id);
  const table: object[] = [];
  for (const height of [720, 180, 360, 720, 180, 720]) {
    await receiver.requestVideo(height);
    const report = await untilHeight(receiver, height, 'that were asked for');
    table.push({ what: `asked for ${height}`, ...figures(report) });
    expect(report.packetsLost).toBe(0);
  }
  sandbox.faults.mediaRate(250_000, 'down');
  const lower = await until(
    receiver,
    ({ frameHeight = 720 }) => frameHeight < 720,
    'a lower layer, over a narrow way',
  );
  table.push({ what: '250 kbit/s', ...figures(lower) });
  sandbox.faults.mediaRate(Number.POSITIVE_INFINITY, 'down');
  table.push({ what: 'wide again', ...figures(await untilHeight(receiver, 720, 'over a wide way')) });
  console.table(table);
});
