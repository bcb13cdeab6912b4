/** A real browser client with its (made-up) camera and microphone in the sandbox, and our participant: each sees and hears the other. */
import { mkdirSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { steadyClock } from '../../src/base/clock.ts';
import { type Conference, join, type LocalTrack, type RemoteTrack } from '../../src/index.ts';
import { builtInClip } from '../../src/media/clips/load-clip.ts';
import { sendClip } from '../../src/media/clips/send-clip.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { jcli } from '../support/jcli.ts';
import { type LibJitsiMeet, openInSandbox, type RtcReport } from '../support/lib-jitsi-meet.ts';
import { waitFor } from '../support/wait.ts';

const [picture, speech] = await Promise.all([builtInClip('picture'), builtInClip('speech')]);

const pictures = joinPath(import.meta.dirname, '../../.cache/screenshots');
let browser: Browser;
let sandbox: Sandbox;

beforeAll(async () => {
  // The bridge is on this machine.
  [browser, sandbox] = await Promise.all([
    launchBrowser('--allow-loopback-in-peer-connection', '--autoplay-policy=no-user-gesture-required'),
    createSandbox(),
  ]);
  mkdirSync(pictures, { recursive: true });
});
afterAll(async () => {
  await browser.close();
  await sandbox.close();
});

function openBrowser(room: string): Promise<LibJitsiMeet> {
  return openInSandbox(browser, sandbox, {
    room,
    name: 'Browser',
    sends: ['audio', 'video'],
  });
}

/** Sends the clip for as long as the conference lasts. */
function play(conference: Conference, kind: 'audio' | 'video'): LocalTrack {
  const track = conference.addTrack(kind === 'video' ? { kind, codec: 'vp8' } : { kind });
  const player = sendClip(track, kind === 'video' ? picture : speech, steadyClock);
  void conference.closed.then(() => player.stop());
  return track;
}

function trackOf(conference: Conference, endpointId: string, kind: 'audio' | 'video'): Promise<RemoteTrack> {
  return waitFor(() => conference.tracksOf(endpointId).find((track) => track.kind === kind), {
    what: `${kind} of ${endpointId}`,
  });
}

/** What the browser says of a stream that it receives, once it fits. */
function inbound(browserClient: LibJitsiMeet, fits: (report: RtcReport) => boolean): Promise<RtcReport> {
  return waitFor(
    async () =>
      (await browserClient.statistics()).find((report) => report.type === 'inbound-rtp' && fits(report)),
    {
      what: 'a stream that is received',
      explain: () => browserClient.events.map((each) => each.type).join(),
    },
  );
}

it('sees and hears us, as we do it', async () => {
  await using browserClient = await openBrowser('both-ways');
  const browserId = await browserClient.joined();
  await using bot = await join({ host: sandbox.url, room: 'both-ways', nick: 'Bot' });
  bot.requestVideo(720);
  play(bot, 'video');
  play(bot, 'audio');

  // Its camera, by us.
  const camera = await trackOf(bot, browserId, 'video');
  const frames = [];
  for await (const frame of camera.frames()) if (frames.push(frame) === 60) break;
  // Which of the codecs that both take is the browser's choice, and it changes its mind where it is short of CPU.
  const codecs = ['av1', 'vp9', 'vp8', 'h264'];
  for (const { codec } of frames) expect(codecs).toContain(codec);
  expect(frames[0]?.keyFrame).toBe(true);
  expect(frames[0]?.width).toBeGreaterThanOrEqual(320);
  const times = frames.map(({ timestamp }) => timestamp);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  // By its own sender reports, as soon as there are some.
  const captured = frames.map(({ captureTime }) => captureTime);
  expect(captured).toEqual(captured.toSorted((a, b) => a - b));
  expect(captured.at(-1)).toBeLessThan(Date.now() + 1_000);
  expect(camera.statistics.lost).toBe(0);
  expect(codecs).toContain(camera.statistics.codec);
  const microphone = await trackOf(bot, browserId, 'audio');
  await waitFor(() => microphone.statistics.packets > 100, { what: 'sound of the browser' });
  expect(microphone.statistics).toMatchObject({ lost: 0, codec: 'opus' });

  // Our clip, in its <video>.
  await browserClient.waitFor('channelOpened');
  await browserClient.requestVideo(720);
  const first = await browserClient.video(bot.endpointId);
  expect(first).toMatchObject({ width: 640, height: 360 });
  expect(new Set(first.pixels).size).toBeGreaterThan(20);
  const later = await waitFor(
    async () => {
      const shown = await browserClient.video(bot.endpointId);
      return shown.pixels.join() !== first.pixels.join() && shown;
    },
    { what: 'a moving picture' },
  );
  expect(later.currentTime).toBeGreaterThan(first.currentTime);
  await browserClient.screenshot(joinPath(pictures, 'our-clip-in-chromium.png'));
  const video = await inbound(
    browserClient,
    ({ kind, framesDecoded = 0 }) => kind === 'video' && framesDecoded > 30,
  );
  expect(video).toMatchObject({ packetsLost: 0, frameWidth: 640 });
  // It is not silence that it has decoded.
  await inbound(browserClient, ({ kind, totalAudioEnergy = 0 }) => kind === 'audio' && totalAudioEnergy > 0);
});

it('has the frames of its camera counted by the command', async () => {
  await using browserClient = await openBrowser('counted');
  const browserId = await browserClient.joined();
  const counting = jcli([
    'media',
    `${sandbox.url}/counted`,
    '--nick',
    'Counter',
    '--max-height',
    '720',
    '--json',
  ]);
  const isCounted = ({ received = [] }: { received?: readonly Record<string, unknown>[] }): boolean =>
    received.some(({ kind, frames }) => kind === 'video' && Number(frames) > 60) &&
    received.some(({ kind, packets }) => kind === 'audio' && Number(packets) > 100);
  await counting.waitFor(() => counting.objects.find(isCounted), '60 frames and 100 packets of sound');
  counting.process.kill('SIGINT');
  expect(await counting.waitForExit()).toEqual({ code: 130, signal: null });
  const { received } = JSON.parse(counting.lines.at(-1) ?? '') as {
    received: readonly Record<string, unknown>[];
  };
  const [camera, microphone] = ['video', 'audio'].map((kind) =>
    received.find((figures) => figures['kind'] === kind),
  );
  expect(camera).toMatchObject({
    participant: 'Browser',
    endpointId: browserId,
    source: `${browserId}-v0`,
    lost: 0,
  });
  expect(camera?.['frames']).toBeGreaterThan(60);
  expect(microphone).toMatchObject({ participant: 'Browser', codec: 'opus', lost: 0 });
  expect(microphone?.['packets']).toBeGreaterThan(100);
});
