/**
 * Headless Chromium with lib-jitsi-meet as one participant, for comparison: it hears all, or records each track with a MediaRecorder, as recorders in a browser
 * do. Requests as in listener.mjs; figures are of all its processes, not of this one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { joinByBrowser, launchChromium } from '../chromium.mjs';
import { serve } from '../media/lines.mjs';

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
    browser = await launchChromium();
    page = await joinByBrowser(browser, host, { mucDomain, room });
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
