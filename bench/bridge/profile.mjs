/** Where the time went in a CPU profile as Node writes it. */
import { readdirSync, readFileSync } from 'node:fs';
import { root } from '../../scripts/lib/run.mjs';

export function printProfiles(directory) {
  for (const name of readdirSync(directory)
    .filter((file) => file.endsWith('.cpuprofile'))
    .sort()) {
    console.log(`\n${name.replace('.cpuprofile', '')}`);
    for (const { share, label } of hottest(JSON.parse(readFileSync(`${directory}/${name}`, 'utf8'))))
      console.log(`  ${(share * 100).toFixed(1).padStart(5)} %  ${label}`);
  }
}

/** Functions by the time in themselves, as shares of the time that was not idle. */
function hottest({ nodes, samples, timeDeltas }) {
  const labels = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      url === ''
        ? functionName
        : `${functionName || '(anonymous)'} ${url.replace(`file://${root}`, '')}:${lineNumber + 1}`,
    ]),
  );
  const times = new Map();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const label = labels.get(id);
    if (label === '(idle)' || label === '(root)') continue;
    total += timeDeltas[index];
    times.set(label, (times.get(label) ?? 0) + timeDeltas[index]);
  }
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 12)
    .map(([label, time]) => ({ label, share: time / total }));
}
