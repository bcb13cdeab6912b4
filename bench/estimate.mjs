/**
 * npm run bench:estimate: what Chromium believes it may send to us, second by second, while our program computes twice a second and while it does not, with the network
 * thread and without; and to itself. One after the other, to a process of its own each. Prints a table, and draws the curves.
 *
 * --seconds S (of each)  --busy MS  --loops N (others that compute all the time)  --picture FILE
 */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build } from '../scripts/lib/build.mjs';
import { installNodeModules } from '../scripts/lib/install.mjs';
import { root } from '../scripts/lib/run.mjs';
import { LineProcess } from './bridge/line-process.mjs';

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    busy: { type: 'string', default: '200' },
    loops: { type: 'string', default: '0' },
    picture: { type: 'string' },
  },
});
const seconds = Number(flags.seconds);
const busy = Number(flags.busy);

await installNodeModules();
await build();
const { launchSender } = await import('./estimate/chromium-sender.mjs');
const { chartPicture } = await import('../dist/cli/bench/report/chart.js');

const runs = [
  { name: 'Chromium', className: 'lost', browser: true },
  { name: 'thread', className: 'received', thread: true, busy: 0 },
  { name: 'thread, busy', className: 'p50', thread: true, busy },
  { name: 'none', className: 'p99', thread: false, busy: 0 },
  { name: 'none, busy', className: 'sent', thread: false, busy },
];
const loops = Array.from({ length: Number(flags.loops) }, () => spawn(process.execPath, ['-e', 'for (;;);']));
const sender = await launchSender();
try {
  console.log(
    `Chromium ${sender.version} sends noise as VP8; busy: ${busy} ms twice a second; ${flags.loops} others compute`,
  );
  for (const run of runs) Object.assign(run, await measure(run));
} finally {
  await sender.close();
  for (const loop of loops) loop.kill('SIGKILL');
}
if (flags.picture !== undefined) writeFileSync(flags.picture, chartPicture(chart()));

async function measure({ browser, name, ...how }) {
  const receiver = browser
    ? undefined
    : new LineProcess(name, process.execPath, [`${root}bench/peers/media/busy-receiver.mjs`]);
  try {
    const connection = await sender.connect(receiver, how);
    const values = [];
    for (let second = 0; second < seconds; second += 1) {
      await sleep(1_000);
      values.push((await connection.estimate()) / 1e6);
    }
    const { lost, packets, recovered } = await connection.received();
    await connection.close();
    const later = values.slice(Math.floor(values.length / 2)).sort((a, b) => a - b);
    const median = later[Math.floor(later.length / 2)];
    console.log(
      `${name.padEnd(14)} median of the second half ${median.toFixed(2)} Mbit/s, lowest ${later[0].toFixed(2)}; ${packets} packets, ${recovered} repaired, ${lost} lost`,
    );
    console.log(`  Mbit/s, every second: ${values.map((value) => value.toFixed(1)).join(' ')}`);
    return { values };
  } finally {
    await receiver?.close();
  }
}

function chart() {
  return {
    title: 'What Chromium believes it may send',
    unit: 'Mbit/s',
    times: runs[0].values.map((_, index) => index + 1),
    series: runs,
    format: (value) => `${value.toFixed(2)} Mbit/s`,
  };
}
