/** Headless Chromium with lib-jitsi-meet, as the sender of a film or as the receiver of it. `look`: what its peer connection says of itself. */
import { joinByBrowser, launchChromium } from '../chromium.mjs';
import { serve } from '../media/lines.mjs';

const devices = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];

let browser;
let page;

/** In the page: shows all videos, for what is not shown is not decoded. */
function showAll() {
  for (const member of globalThis.conference?.getParticipants() ?? [])
    for (const track of member.getTracks()) {
      if (track.getType() !== 'video' || document.getElementById(track.getId())) continue;
      const element = document.createElement('video');
      Object.assign(element, { id: track.getId(), autoplay: true, muted: true });
      document.body.append(element);
      track.attach(element);
    }
}

await serve({
  async join({ film, height, host, mucDomain, room }) {
    const camera = film === undefined ? [] : [`--use-file-for-fake-video-capture=${film}`];
    browser = await launchChromium([...devices, ...camera]);
    const sends = film === undefined ? [] : ['video'];
    page = await joinByBrowser(browser, host, { mucDomain, room, sends, height });
    if (film === undefined)
      await page.evaluate((lines) => globalThis.participant.requestVideo(lines), height);
  },
  async look() {
    await page.evaluate(showAll);
    const reports = await page.evaluate(() => globalThis.participant.statistics());
    const inbound = reports.find(({ framesDecoded, kind }) => kind === 'video' && framesDecoded > 0) ?? {};
    const outbound = reports.filter(({ kind, type }) => kind === 'video' && type === 'outbound-rtp');
    return {
      version: browser.version(),
      estimate: reports.find(({ availableOutgoingBitrate }) => availableOutgoingBitrate)
        ?.availableOutgoingBitrate,
      layers: outbound.filter(({ active, frameHeight }) => active && frameHeight).length,
      codec: outbound[0]?.codecId,
      bytes: inbound.bytesReceived ?? 0,
      frames: inbound.framesDecoded ?? 0,
      keyFrames: inbound.keyFramesDecoded ?? 0,
      freezes: inbound.freezeCount ?? 0,
      frozen: inbound.totalFreezesDuration ?? 0,
      height: inbound.frameHeight ?? 0,
    };
  },
  async stop() {
    await browser?.close();
  },
});
