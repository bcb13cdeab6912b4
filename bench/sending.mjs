/**
 * npm run bench:sending: one film over one bad link, sent by headless Chromium with lib-jitsi-meet and by us, each alone, to the same receiver, a Chromium of its own; through the
 * sandbox's bridge, which does to the way there what it is told. Both send VP8 in two sizes (simulcast). Prints what arrives, and draws it second by second.
 *
 * --link bad (1 Mbit/s, 3 % loss, 100 ms) or steps (the capacities of RFC 8867, 5.1)  --seconds S  --pictures FOLDER
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build } from '../scripts/lib/build.mjs';
import { installLibJitsiMeet, installNodeModules } from '../scripts/lib/install.mjs';
import { root, run } from '../scripts/lib/run.mjs';
import { LineProcess } from './bridge/line-process.mjs';

const links = {
  bad: { loss: 0.03, delay: 100, seconds: 60, rates: [[0, 1e6]] },
  steps: {
    loss: 0,
    delay: 50,
    seconds: 100,
    rates: [
      [0, 1e6],
      [40, 2.5e6],
      [60, 0.6e6],
      [80, 1e6],
    ],
  },
};
const { values: flags } = parseArgs({
  options: {
    link: { type: 'string', default: 'bad' },
    seconds: { type: 'string' },
    pictures: { type: 'string' },
  },
});
const link = links[flags.link];
if (!link) throw new Error(`--link ${flags.link}: ${Object.keys(links).join(' or ')} is needed`);
const seconds = Number(flags.seconds ?? link.seconds);
const patience = 180_000;
const size = { width: 640, height: 360, frameRate: 20 };
/** As lib-jitsi-meet sends a picture of that size. */
const layers = [
  { height: 180, maxBitrate: 200_000 },
  { height: 360, maxBitrate: 700_000 },
];

await installNodeModules();
await installLibJitsiMeet();
await build();
const { chartPicture } = await import('../dist/cli/bench/report/chart.js');

const folder = mkdtempSync(join(tmpdir(), 'bench-sending-'));
const film = join(folder, 'film.mjpeg');
const runs = [
  { name: 'Chromium', className: 'sent', peer: 'browser.mjs' },
  { name: 'ours', className: 'received', peer: 'ours.mjs' },
];
try {
  await makeFilm();
  for (const each of runs) Object.assign(each, await measure(each));
} finally {
  rmSync(folder, { recursive: true });
}
for (const each of runs) print(each);
if (flags.pictures !== undefined)
  for (const [what, title] of [
    ['received', 'Video that arrives'],
    ['estimate', 'What the sender believes that it may send'],
  ])
    writeFileSync(
      join(flags.pictures, `sending-${flags.link}-${what}.svg`),
      chartPicture(chart(what, title)),
    );

/** Twelve seconds in which something moves everywhere. */
async function makeFilm() {
  const picture = `testsrc2=size=${size.width}x${size.height}:rate=${size.frameRate}`;
  const output = [
    '-vf',
    'noise=alls=8:allf=t',
    '-t',
    '12',
    '-c:v',
    'mjpeg',
    '-q:v',
    '4',
    '-f',
    'mjpeg',
    film,
  ];
  await run('ffmpeg', ['-v', 'fatal', '-nostdin', '-f', 'lavfi', '-i', picture, ...output]);
}

async function measure({ name, peer }) {
  const start = (file) =>
    new LineProcess(`${name}: ${file}`, process.execPath, [`${root}bench/peers/sending/${file}`]);
  const [deployment, receiver, sender] = [start('deployment.mjs'), start('browser.mjs'), start(peer)];
  try {
    const { url: host, mucDomain } = await deployment.request({ type: 'open' }, patience);
    const here = { type: 'join', host, mucDomain, room: 'link', ...size };
    await receiver.request(here, patience);
    await deployment.request({ type: 'faults', ...link, rate: link.rates[0][1] });
    await sender.request({ ...here, film, layers }, patience);
    const samples = [];
    const began = performance.now();
    for (let second = 0; second < seconds; second++) {
      const change = link.rates.find(([at]) => at === second);
      if (change) await deployment.request({ type: 'faults', ...link, rate: change[1] });
      await sleep(began + (second + 1) * 1_000 - performance.now());
      const [received, sent] = [
        await receiver.request({ type: 'look' }, patience),
        await sender.request({ type: 'look' }, patience),
      ];
      samples.push({ ...received, estimate: sent.estimate, layers: sent.layers, codec: sent.codec });
    }
    process.stderr.write(`${name}: done\n`);
    return { samples, version: samples[0].version };
  } finally {
    await Promise.allSettled(
      [sender, receiver, deployment].map((each) => each.request({ type: 'stop' }, patience)),
    );
    await Promise.all([sender, receiver, deployment].map((each) => each.close()));
  }
}

/** Mbit/s of each second. */
function ratesOf(samples) {
  return samples.map(({ bytes }, index) => Math.max(0, bytes - (samples[index - 1]?.bytes ?? 0)) * 8e-6);
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

function print({ name, samples, version }) {
  const { frames, freezes, frozen, keyFrames } = samples.at(-1);
  const rates = ratesOf(samples);
  const first = samples.findIndex((sample) => sample.frames > 0) + 1;
  const later = (values) => mean(values.slice(Math.floor(values.length / 3)));
  console.log(
    `${name} (receiver: Chromium ${version}): ${later(rates).toFixed(2)} Mbit/s of video in the last two thirds, estimate ${(later(samples.map(({ estimate }) => estimate ?? 0)) / 1e6).toFixed(2)} Mbit/s; ` +
      `${freezes} freezes, ${frozen.toFixed(1)} s; ${keyFrames} key frames; ${(frames / seconds).toFixed(1)} frames/s; first picture in second ${first}`,
  );
  console.log(`  Mbit/s: ${rates.map((rate) => rate.toFixed(2)).join(' ')}`);
  console.log(`  lines:  ${samples.map(({ height }) => height).join(' ')}`);
  console.log(`  estimate: ${samples.map(({ estimate = 0 }) => (estimate / 1e6).toFixed(2)).join(' ')}`);
}

function chart(what, title) {
  const capacity = runs[0].samples.map(
    (_, second) => (link.rates.findLast(([at]) => at <= second)?.[1] ?? 0) / 1e6,
  );
  const values = ({ samples }) =>
    what === 'received' ? ratesOf(samples) : samples.map(({ estimate }) => estimate && estimate / 1e6);
  return {
    title,
    unit: 'Mbit/s',
    times: capacity.map((_, second) => second + 1),
    series: [
      { name: 'the link', className: 'p50', values: capacity },
      ...runs.map((each) => ({ name: each.name, className: each.className, values: values(each) })),
    ],
    format: (value) => `${value.toFixed(2)} Mbit/s`,
  };
}
