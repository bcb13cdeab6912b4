/**
 * npm run bench:media: what media costs. Every peer is a process of its own; those that are compared take turns, so that ratios hold
 * where figures drift. Figures are printed, never judged by the exit code.
 *
 * --only engines,forwarding,listeners,first-frame,sources  --rounds N  --seconds S (of each measurement)  --rate PACKETS  --json
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { build } from '../scripts/lib/build.mjs';
import { installNodeModules } from '../scripts/lib/install.mjs';
import { buildGoPeer } from './bridge/go-peer.mjs';
import { enginePeers, measureEngines, printEngines } from './media/engines.mjs';
import { measureFirstFrame, measureForwarding, measureListeners, printRooms } from './media/rooms.mjs';

const { values: flags } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '4' },
    rate: { type: 'string', default: '2000' },
    size: { type: 'string', default: '1100' },
    json: { type: 'boolean', default: false },
  },
});
const isWanted = (part) => flags.only === undefined || flags.only.split(',').includes(part);
const options = {
  rounds: Number(flags.rounds),
  seconds: Number(flags.seconds),
  perSecond: Number(flags.rate),
  size: Number(flags.size),
  say: (text) => process.stderr.write(`${text}\n`),
};

await installNodeModules();
await build();
const results = {
  machine: { node: process.versions.node, processors: cpus().length, model: cpus()[0]?.model },
};
if (!flags.json)
  console.log(`Node ${process.versions.node}, ${cpus().length} processors (${cpus()[0]?.model})`);

if (isWanted('engines')) {
  const pion = await buildGoPeer('pion');
  const peers = enginePeers(pion.program);
  results.engines = await measureEngines(peers, options);
  if (!flags.json) printEngines(results.engines, peers, options);
  if (pion.reason !== undefined) options.say(`pion: not run: ${pion.reason}`);
}
const rooms = {};
if (isWanted('forwarding')) {
  rooms.forwarding = [];
  for (const receivers of [3, 20]) rooms.forwarding.push(await measureForwarding(receivers, options.seconds));
}
if (isWanted('listeners')) {
  rooms.listeners = [];
  for (const count of [1, 50, 100]) rooms.listeners.push(await measureListeners(count, options.seconds));
}
if (isWanted('first-frame')) rooms.firstFrame = await measureFirstFrame(options.rounds * 3);
if (!flags.json) printRooms(rooms);
if (isWanted('sources') && !flags.json) {
  console.log('');
  await import('./source-changes.bench.mjs');
}
results.rooms = rooms;
if (flags.json) console.log(JSON.stringify(results));
