/**
 * Joins with media, and tells what that took. Requests: `load`, `join` (into a room each or all into one, until each hears the speaker),
 * `look`, `leave`, `firstFrame`. Its arguments: which build it runs, and `no-thread`.
 */
import { Session } from 'node:inspector/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { partsOf } from '../../join/parts.mjs';
import { usage } from '../usage.mjs';
import { serve } from './lines.mjs';

const build = pathToFileURL(`${process.argv[2]}/`);
const load = (path) => import(new URL(path, build));
/** Builds of before know of no thread. */
const own = process.argv[3] === 'no-thread' ? { networkThread: false } : {};
const participants = [];
let library;

/** @returns ms of CPU of `work`, and with `isProfiled` where they went */
async function measured(isProfiled, work) {
  const session = new Session();
  if (isProfiled) {
    session.connect();
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: 200 });
    await session.post('Profiler.start');
  }
  const before = usage();
  await work();
  const cpu = (usage().cpu - before.cpu) * 1000;
  if (!isProfiled) return { cpu };
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return { cpu, parts: partsOf(profile) };
}

const hears = (conference) =>
  [...conference.tracks.values()].some(({ kind, statistics }) => kind === 'audio' && statistics.packets > 0);

async function untilAll(condition) {
  while (!participants.every(condition)) await sleep(10);
}

/** When what was logged first, ms since `start`. */
function stepsLogger(start, steps) {
  const known = {
    'the offer was accepted': 'accepted',
    connected: 'transport',
    'the bridge channel is open': 'channel',
  };
  const logger = {
    log(_level, message, fields = {}) {
      const name = known[fields.state] ?? known[fields.why] ?? known[message];
      if (name !== undefined) steps[name] ??= performance.now() - start;
    },
    child: () => logger,
  };
  return logger;
}

await serve({
  /** @param isAlone the engine is left to the first join, as it is where nobody loads it beforehand */
  async load({ isAlone, isProfiled }) {
    const of = async (path, use) => {
      const loading = await measured(isProfiled, async () => use(await load(path)));
      return { ...loading, rss: process.memoryUsage.rss() };
    };
    const bare = { cpu: usage().cpu * 1000, rss: process.memoryUsage.rss() };
    const loaded = { bare, library: await of('index.js', (module) => (library = module)) };
    if (isAlone) return loaded;
    return {
      ...loaded,
      engine: await of('rtc/engines.js', async ({ loadEngine }) => {
        await loadEngine('auto', { media: true, thread: own.networkThread ?? true });
        // A thread goes on loading by itself.
        await sleep(1500);
      }),
    };
  },
  /** @param rooms a name for each that joins */
  async join({ host, rooms, isProfiled }) {
    const result = await measured(isProfiled, async () => {
      const joining = rooms.map((room, index) =>
        library.join({ host, room, nick: `joiner ${index}`, ...own }),
      );
      participants.push(...(await Promise.all(joining)));
      await untilAll(hears);
    });
    return { ...result, count: rooms.length };
  },
  look() {
    return { ...usage(), pid: process.pid, rss: process.memoryUsage.rss() };
  },
  async leave() {
    await Promise.all(participants.splice(0).map((each) => each.leave()));
  },
  /** ms from the call of `join` to each step, up to the first frame of that kind */
  async firstFrame({ host, room, kind }) {
    const start = performance.now();
    const steps = {};
    const mark = (name) => (steps[name] ??= performance.now() - start);
    const conference = await library.join({
      host,
      room,
      nick: 'late',
      logger: stepsLogger(start, steps),
      ...own,
    });
    mark('joined');
    if (kind === 'video') conference.requestVideo(720);
    await new Promise((resolve) => {
      const see = async (remote) => {
        if (remote.kind !== kind) return;
        mark('offered');
        for await (const _ of remote.frames()) {
          mark('frame');
          resolve();
          return;
        }
      };
      for (const remote of conference.tracks.values()) void see(remote);
      conference.on('trackAdded', ({ track }) => void see(track));
    });
    await conference.leave();
    return steps;
  },
});
