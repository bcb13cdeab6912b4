/** Our video in three sizes, through the sandbox's bridge, as lib-jitsi-meet in Chromium sees it when it asks for more and for less. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { join } from '../../src/index.ts';
import { createSandbox } from '../../src/sandbox/index.ts';
import { launchBrowser } from '../support/browser.ts';
import { layeredCamera } from '../support/layered-camera.ts';
import { openInSandbox } from '../support/lib-jitsi-meet.ts';
import { waitFor } from '../support/wait.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser('--allow-loopback-in-peer-connection');
});
afterAll(() => browser.close());

describe.each(['vp8', 'vp9'] as const)('layers of %s', (codec) => {
  it('are switched at a browser as it asks, and stop when nobody looks', { timeout: 300_000 }, async () => {
    await using sandbox = await createSandbox();
    const room = `layers-${codec}`;
    await using us = await join({ host: sandbox.url, room, nick: 'Camera' });
    using camera = await layeredCamera(us, codec);
    const { track } = camera;
    await using viewer = await openInSandbox(browser, sandbox, { room, name: 'Viewer' });
    await viewer.joined();
    await waitFor(() => track.isReady, { what: 'a session' });

    const seen = async (wanted: number): Promise<void> => {
      await viewer.requestVideo(wanted);
      await waitFor(async () => (await viewer.video(us.endpointId)).height === wanted, {
        what: `${wanted} lines in the browser`,
        explain: () => JSON.stringify(track.layers),
      });
      const { currentTime } = await viewer.video(us.endpointId);
      await waitFor(async () => (await viewer.video(us.endpointId)).currentTime > currentTime + 0.5, {
        what: `moving pictures of ${wanted} lines`,
      });
    };
    const wanted = (): string =>
      track.layers.flatMap(({ isWanted }, layer) => (isWanted ? layer : [])).join();
    const packets = (layer: number): number => track.layers[layer]?.statistics.packets ?? 0;

    await seen(720);
    await seen(180);
    await waitFor(() => wanted() === '0', { what: 'the end of the larger layers' });
    const before = [packets(1), packets(2)];
    await seen(360);
    expect(wanted()).toBe('0,1');
    expect(packets(1)).toBeGreaterThan(before[0] ?? 0);
    expect(packets(2)).toBe(before[1]);
    await seen(720);
  });
});
