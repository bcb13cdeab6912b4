/** One participant who hears or records so many: headless Chromium with lib-jitsi-meet, and ours, in turns. */
import { existsSync } from 'node:fs';
import { installLibJitsiMeet } from '../../scripts/lib/install.mjs';
import { spread } from '../bridge/statistics.mjs';
import { measure, onStage } from './stage.mjs';

const program = '/usr/bin/chromium';
const kinds = [
  { id: 'ours, listening', peer: 'ours', use: 'listen' },
  { id: 'ours, recording', peer: 'ours', use: 'record' },
  { id: 'Chromium, listening', peer: 'chromium', use: 'listen' },
  { id: 'Chromium, recording', peer: 'chromium', use: 'record' },
];

/** @returns for each number of people what each of them took, a measurement a round; or why it was not done */
export async function measureBrowser(counts, picture, { rounds, seconds, say }) {
  if (!existsSync(program)) return { reason: `${program} is missing` };
  await installLibJitsiMeet();
  const results = [];
  for (const count of counts) {
    const found = await onStage({ count, picture }, async (start) => {
      const peers = {
        ours: await start('toolkit/listener.mjs', '--expose-gc'),
        chromium: await start('toolkit/browser.mjs'),
      };
      const measured = Object.fromEntries(kinds.map(({ id }) => [id, []]));
      // What is not measured rests.
      for (let round = 0; round < Math.min(rounds, 3); round++)
        for (const { id, peer, use } of kinds) {
          const result = await measure(peers[peer], use, seconds);
          measured[id].push(result);
          await peers[peer].request({ type: 'use', what: 'nothing' }, 60_000);
          say(`${count} people, round ${round + 1}, ${id}: ${(result.cpu * 100).toFixed(0)} % of a core`);
        }
      return measured;
    });
    results.push({ count, measured: found });
  }
  return { results };
}

export function printBrowser({ reason, results = [] }) {
  if (reason !== undefined) console.log(`\nChromium: not run: ${reason}`);
  for (const { count, measured } of results) {
    console.log(
      `\n${count} people with camera and microphone: % of a core, MB (Chromium: all its processes, what they share once)`,
    );
    for (const [id, rounds] of Object.entries(measured)) {
      const { median, min, max } = spread(rounds.map(({ cpu }) => cpu * 100));
      const memory = spread(rounds.map((each) => each.memory.rss / 1e6)).median;
      const lost = rounds.reduce((sum, each) => sum + each.lost, 0);
      console.log(
        `  ${id.padEnd(20)} ${median.toFixed(1)} % (${min.toFixed(1)}–${max.toFixed(1)})  ${memory.toFixed(0)} MB  ${lost} lost`,
      );
    }
  }
}
