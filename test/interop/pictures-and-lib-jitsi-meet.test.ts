/** A picture of a real browser client's (made-up) camera, and a film of ours on its screen. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { join, type RemoteTrack } from '../../src/index.ts';
import { ffmpegOutput } from '../../src/media/ffmpeg/run-ffmpeg.ts';
import { showVideo, snapshot } from '../../src/media/index.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { openInSandbox } from '../support/lib-jitsi-meet.ts';
import { waitFor } from '../support/wait.ts';

const pictures = joinPath(import.meta.dirname, '../../.cache/screenshots');
const run = { purpose: 'to test', timeout: 120_000 };
let browser: Browser;
let sandbox: Sandbox;

beforeAll(async () => {
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

/** Share of the pixels that are as green as Chromium's made-up camera. */
async function greenShare(picture: Uint8Array): Promise<number> {
  const output = ['-vf', 'scale=64:48', '-pix_fmt', 'rgb24', '-f', 'rawvideo'];
  const raw = await ffmpegOutput({ ...run, inputs: [{ data: picture }], output });
  let green = 0;
  for (let offset = 0; offset < raw.length; offset += 3) {
    const [red = 0, level = 0, blue = 0] = raw.subarray(offset, offset + 3);
    if (level > red + 40 && level > blue + 40) green += 1;
  }
  return (green * 3) / raw.length;
}

it('are seen on both sides', async () => {
  await using browserClient = await openInSandbox(browser, sandbox, {
    room: 'pictures',
    name: 'Browser',
    sends: ['audio', 'video'],
  });
  const browserId = await browserClient.joined();
  await using bot = await join({ host: sandbox.url, room: 'pictures', nick: 'Bot' });
  const camera = await waitFor(
    (): RemoteTrack | undefined =>
      bot.tracksOf(browserId).find(({ kind, muted }) => kind === 'video' && !muted),
    { what: 'its camera' },
  );
  const png = await snapshot(camera, { format: 'png', timeout: 60_000 });
  writeFileSync(joinPath(pictures, 'chromium-camera.png'), png.data);
  expect(png).toMatchObject({ format: 'png', participant: { displayName: 'Browser' } });
  expect(png.width).toBeGreaterThanOrEqual(320);
  expect(await greenShare(png.data)).toBeGreaterThan(0.5);
  // What it sends is its choice; as a picture it is the same.
  const native = await snapshot(camera, {
    format: camera.codec === 'av1' ? 'avif' : 'webp',
    timeout: 60_000,
  });
  writeFileSync(joinPath(pictures, `chromium-camera.${native.format}`), native.data);
  expect(await greenShare(native.data)).toBeGreaterThan(0.5);

  const encoding =
    '-t 4 -pix_fmt yuv420p -c:v libx264 -profile:v baseline -g 25 -movflags +frag_keyframe+empty_moov -f mp4';
  const film = await ffmpegOutput({
    ...run,
    inputs: [{ lavfi: 'testsrc=size=640x360:rate=25' }],
    output: encoding.split(' '),
  });
  using shown = await showVideo(bot, film, { loop: true });
  expect(shown.video.codec).toBe('h264');
  await browserClient.waitFor('channelOpened');
  await browserClient.requestVideo(720);
  const first = await browserClient.video(bot.endpointId);
  expect(first).toMatchObject({ width: 640, height: 360 });
  expect(new Set(first.pixels).size).toBeGreaterThan(20);
  await waitFor(
    async () => (await browserClient.video(bot.endpointId)).pixels.join() !== first.pixels.join(),
    { what: 'a moving picture' },
  );
  await browserClient.screenshot(joinPath(pictures, 'our-film-in-chromium.png'));
});
