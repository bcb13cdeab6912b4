/**
 * Headless Chromium with lib-jitsi-meet as one participant, for comparison: it hears all, or records each track with a MediaRecorder, as recorders in a browser
 * do. Requests as in listener.mjs; figures are of all its processes, not of this one.
 */
import { readdirSync, readFileSync } from 'node:fs';
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
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];
/** Clock ticks of Linux in a second. */
const ticks = 100;
const height = 360;

let browser;
let page;

/** In the page: what it does with all tracks from now on. The bytes of recordings are counted, and dropped. */
function use(what) {
  globalThis.endUse?.();
  const ends = [];
  globalThis.endUse = undefined;
  globalThis.recordedBytes = 0;
  if (what === 'nothing') return;
  for (const member of conference.getParticipants())
    for (const track of member.getTracks()) {
      const element = document.createElement(track.getType());
      Object.assign(element, { autoplay: true, muted: track.getType() === 'video' });
      document.body.append(element);
      // What is not attached is not decoded, nor recorded.
      track.attach(element);
      ends.push(() => (track.detach(element), element.remove()));
      if (what !== 'record') continue;
      const recorder = new MediaRecorder(track.getOriginalStream());
      recorder.ondataavailable = ({ data }) => (globalThis.recordedBytes += data.size);
      recorder.start(1_000);
      ends.unshift(() => recorder.stop());
    }
  globalThis.endUse = () => ends.forEach((end) => end());
}

/** This process' children and theirs. */
function descendants() {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [[Number(pid), Number(statOf(pid)[1])]];
      } catch {
        return []; // it has ended
      }
    });
  const found = new Set([process.pid]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  found.delete(process.pid);
  return [...found];
}

/** From its state on (proc(5)). */
function statOf(pid) {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
}

function usageOfAll() {
  let [cpu, pss] = [0, 0];
  for (const pid of descendants()) {
    try {
      const stat = statOf(pid);
      cpu += (Number(stat[11]) + Number(stat[12])) / ticks;
      // What several of them share is counted once.
      pss +=
        Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) * 1024;
    } catch {
      // it has ended
    }
  }
  return { at: performance.now(), cpu, pss };
}

await serve({
  async join({ host, room, mucDomain }) {
    browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      headless: true,
      timeout: 120_000,
      args,
    });
    const context = await browser.newContext({ permissions: ['local-network-access'] });
    page = await context.newPage();
    const joined = new Promise((resolve, reject) => {
      void page.exposeFunction('report', ({ type, ...event }) => {
        if (type === 'joined') resolve();
        if (/failed/i.test(type)) reject(new Error(JSON.stringify({ type, ...event })));
      });
    });
    // The page has the deployment's origin, as Jitsi Meet's has.
    const place = `${host}/page/`;
    await page.route(`${place}**`, (route) => {
      const path = files[route.request().url().slice(place.length)];
      return route.fulfill(path === undefined ? { contentType: 'text/html', body: html } : { path });
    });
    await page.goto(place);
    const [websocketUrl, domain] = [`${host.replace('http:', 'ws:')}/xmpp-websocket`, 'meet.jitsi'];
    await page.evaluate((options) => globalThis.participant.join(options), {
      websocketUrl,
      domain,
      mucDomain,
      focus: `focus.${domain}`,
      room,
      name: 'browser',
    });
    await joined;
    await page.evaluate((lines) => globalThis.participant.requestVideo(lines), height);
  },
  async use({ what }) {
    await page.evaluate(use, what);
  },
  async look() {
    const reports = await page.evaluate(() => globalThis.participant.statistics());
    const inbound = reports.filter(({ type }) => type === 'inbound-rtp');
    const sum = (name) => inbound.reduce((all, report) => all + (report[name] ?? 0), 0);
    return {
      receiving: inbound.filter(({ packetsReceived }) => packetsReceived > 0).length,
      packets: sum('packetsReceived'),
      lost: sum('packetsLost'),
      framesDecoded: sum('framesDecoded'),
      ...usageOfAll(),
    };
  },
  async collect() {
    const recordedBytes = await page.evaluate(() => globalThis.recordedBytes);
    return { rss: usageOfAll().pss, recordedBytes };
  },
  async stop() {
    await browser?.close();
  },
});
