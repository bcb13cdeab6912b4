/** Music bots, by play.mjs. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { root } from '../../scripts/lib/run.mjs';

export async function measureMusic({ bots, seconds }) {
  const args = [`${root}bench/toolkit/play.mjs`, '--json', '--bots', bots, '--seconds', seconds].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  return JSON.parse(stdout);
}

export function printMusic({ bots, framesPerSecond, underruns, cpu, rss }, goal = 1) {
  console.log(
    `\n${bots} music bots in one process: ${(cpu * 100).toFixed(1)} % of a core (goal 100 %: ${cpu < goal ? 'met' : 'missed'}), ${(rss / 1e6).toFixed(0)} MB, ` +
      `${framesPerSecond.toFixed(1)} frames a second of each (50 are due), ${underruns} underruns`,
  );
}
