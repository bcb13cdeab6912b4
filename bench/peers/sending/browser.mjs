/** Headless Chromium with lib-jitsi-meet, as the sender of a film or as the receiver of it. `look`: what its peer connection says of itself. */
import { chromium } from 'playwright-core';
import { files, html } from '../../../test/support/lib-jitsi-meet-site.mjs';
import { serve } from '../media/lines.mjs';

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--allow-loopback-in-peer-connection',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

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
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      headless: true,
      timeout: 120_000,
      args: film === undefined ? args : [...args, `--use-file-for-fake-video-capture=${film}`],
    });
    const context = await browser.newContext({ permissions: ['local-network-access'] });
    page = await context.newPage();
    const joined = new Promise((resolve, reject) => {
      void page.exposeFunction('report', ({ type, ...event }) => {
        if (type === 'joined') resolve();
        if (/failed/i.test(type)) reject(new Error(JSON.stringify({ type, ...event })));
      });
    });
    const place = `${host}/page/`;
    await page.route(`${place}**`, (route) => {
      const path = files[route.request().url().slice(place.length)];
      return route.fulfill(path === undefined ? { contentType: 'text/html', body: html } : { path });
    });
    await page.goto(place);
    await page.evaluate((options) => globalThis.participant.join(options), {
      websocketUrl: `${host.replace('http:', 'ws:')}/xmpp-websocket`,
      domain: 'meet.jitsi',
      mucDomain,
      focus: 'focus.meet.jitsi',
      room,
      name: 'browser',
      sends: film === undefined ? [] : ['video'],
      height,
    });
    await joined;
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
