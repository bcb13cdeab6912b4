/**
 * npm run bench:bridge: what the bridge channel carries through a relay (a sandbox), beside the limit, the obvious way, and a peer in
 * Go. Every peer and the relay are processes of their own; the paths take turns, in changing order, so that ratios hold where
 * figures drift. Figures are printed, never judged by the exit code.
 *
 * --sizes 1024,8192  --only a,b  --rounds N  --seconds S (of each measurement)  --json  --profile DIRECTORY
 */
import { mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../scripts/lib/build.mjs';
import { installNodeModules } from '../scripts/lib/install.mjs';
import { root } from '../scripts/lib/run.mjs';
import { buildGoPeer } from './bridge/go-peer.mjs';
import { LineProcess } from './bridge/line-process.mjs';
import { Pair } from './bridge/pair.mjs';
import { groups } from './bridge/paths.mjs';
import { printProfiles } from './bridge/profile.mjs';
import { spread } from './bridge/statistics.mjs';
import { printTable } from './bridge/table.mjs';

/** 48 KiB would be 65 536 characters in base64, and with what is around it beyond what a bridge's WebSocket takes. */
const defaultSizes = '1024,8192,16384,48000';
/** ms after which no further round begins. */
const longest = 330_000;

const { values: flags } = parseArgs({
  options: {
    sizes: { type: 'string', default: defaultSizes },
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '1.2' },
    json: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});
const sizes = flags.sizes.split(',').map(Number);
const rounds = Number(flags.rounds);
const duration = Number(flags.seconds) * 1000;
const isWanted = ({ id }) => flags.only === undefined || flags.only.split(',').includes(id);
const say = (text) => process.stderr.write(`${text}\n`);

await installNodeModules();
await build();
const profiles = flags.profile === undefined ? undefined : resolve(flags.profile);
if (profiles !== undefined) mkdirSync(profiles, { recursive: true });
const nodeOptions = (name) =>
  profiles === undefined
    ? []
    : ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${name}.cpuprofile`];

const notRun = [];
const goPeer = await buildGoPeer();
if (goPeer.reason !== undefined)
  notRun.push({ id: 'd', title: 'Go, coder/websocket, encoding/json', reason: goPeer.reason });

const deadline = performance.now() + longest;
const relay = new LineProcess('relay', process.execPath, [
  ...nodeOptions('relay'),
  `${root}bench/peers/relay.mjs`,
]);
const { url: host } = await relay.request({ type: 'open' });
const channels = [];
try {
  for (const group of groups(goPeer.program)) {
    const paths = group.paths.filter(isWanted);
    if (paths.length > 0) channels.push(await measureGroup({ ...group, paths }));
  }
} finally {
  await relay.close();
}

const machine = { node: process.versions.node, processors: cpus().length, model: cpus()[0]?.model };
if (flags.json) console.log(JSON.stringify({ machine, sizes, rounds, duration, channels, notRun }));
else printTable({ channels, notRun, machine });
if (profiles !== undefined) printProfiles(profiles);

async function measureGroup({ channel, paths, ratios }) {
  const open = [];
  for (const path of paths) {
    try {
      open.push({ path, results: [], pair: await Pair.open(path, { host, relay, nodeOptions }) });
    } catch (error) {
      notRun.push({ id: path.id, title: path.title, reason: error.message });
    }
  }
  const share = (deadline - performance.now()) / (channel === 'ws' ? 2 : 1);
  const end = performance.now() + share;
  for (let round = 0; round < rounds && performance.now() < end; round++) {
    for (const size of sizes) await measureRound(open, size, round);
  }
  await Promise.all(open.map(({ pair }) => pair?.close()));
  return {
    channel,
    sizes,
    paths: open.map(({ path: { id, title }, results }) => ({ id, title, results })),
    ratios: ratios.map((ratio) => ({
      ...ratio,
      values: sizes.flatMap((size) => ratioAt(open, ratio, size)),
    })),
  };
}

/** Each path once, forwards in even rounds and backwards in odd ones. */
async function measureRound(open, size, round) {
  for (const entry of round % 2 === 0 ? open : open.toReversed()) {
    if (!entry.pair) continue;
    const { id, title } = entry.path;
    try {
      const result = await entry.pair.measure(size, duration);
      entry.results.push({ size, round, ...result });
      say(`round ${round + 1}/${rounds}  ${size} bytes  (${id}) ${result.mbps.toFixed(0)} Mbit/s`);
    } catch (error) {
      notRun.push({ id, title, reason: `at ${size} bytes: ${error.message}` });
      await entry.pair.close();
      entry.pair = undefined;
    }
  }
}

/** Of the two measurements of each round, which are the closest in time. */
function ratioAt(open, { of, to }, size) {
  const rates = (id) =>
    new Map(
      open
        .find(({ path }) => path.id === id)
        ?.results.filter((result) => result.size === size)
        .map(({ round, mbps }) => [round, mbps]),
    );
  const [above, below] = [rates(of), rates(to)];
  const ratios = [...above].flatMap(([round, mbps]) => (below.has(round) ? [mbps / below.get(round)] : []));
  const found = spread(ratios);
  return found ? [{ size, ...found }] : [];
}
