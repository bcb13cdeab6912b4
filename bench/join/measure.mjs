/** A deployment with somebody who speaks and shows, and processes that join it. */
import { readdirSync, readFileSync } from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../scripts/lib/run.mjs';
import { LineProcess } from '../bridge/line-process.mjs';

const patience = 120_000;
/** Small: what is measured is the way to the first frame. */
const video = { framesPerSecond: 30, frameSize: 2000 };
const peer = (file, ...args) =>
  new LineProcess(file, process.execPath, [`${root}bench/peers/${file}`, ...args]);

export class Stage {
  #processes = [];
  #host = '';

  /** @param rooms where somebody speaks and shows */
  async open(rooms) {
    const relay = this.#start(peer('relay.mjs'));
    this.#host = (await relay.request({ type: 'open' })).url;
    for (const room of rooms) {
      const speaker = this.#start(peer('media/participants.mjs'));
      await speaker.request({ type: 'join', host: this.#host, room, count: 1 }, patience);
      await speaker.request({ type: 'begin', video, audio: true });
    }
  }

  async close() {
    await Promise.all(this.#processes.map((each) => each.close()));
  }

  /** @param build folder of the build that joins, and `no-thread` where media has none of its own. @returns CPU of loading, and of joins in one process, each kind of them ms for one */
  async joins(build, { together, apart, isProfiled }) {
    const joiner = peer('media/joiner.mjs', ...build);
    const join = async (rooms) => {
      const { cpu, parts } = await joiner.request(
        { type: 'join', host: this.#host, rooms, isProfiled },
        patience,
      );
      return { cpu: cpu / rooms.length, parts: scaled(parts, 1 / rooms.length) };
    };
    try {
      const loaded = await joiner.request({ type: 'load', isProfiled }, patience);
      const first = await join(['r0']);
      const following = [];
      for (let index = 0; index < apart; index++) following.push(await join([`r${1 + (index % 2)}`]));
      await joiner.request({ type: 'leave' }, patience);
      const crowd = await join(Array.from({ length: together }, () => 'r0'));
      await joiner.request({ type: 'leave' }, patience);
      return { loaded, first, following: mean(following), crowd };
    } finally {
      await joiner.close();
    }
  }

  /** @returns ms to each step, of the first join in a process, which loads the engine, and of the second */
  async firstFrame(build, kind) {
    const joiner = peer('media/joiner.mjs', ...build);
    try {
      await joiner.request({ type: 'load', isAlone: true }, patience);
      const request = { type: 'firstFrame', host: this.#host, room: 'r0', kind };
      const first = await joiner.request(request, patience);
      return { first, second: await joiner.request(request, patience) };
    } finally {
      await joiner.close();
    }
  }

  /** What one listener to a voice takes: share of a core, bytes above the bare process, wake-ups and system calls a second. */
  async listener(build, seconds) {
    const joiner = peer('media/joiner.mjs', ...build);
    try {
      const { bare } = await joiner.request({ type: 'load', isAlone: true }, patience);
      await joiner.request({ type: 'join', host: this.#host, rooms: ['r0'] }, patience);
      await sleep(3000);
      const before = await joiner.request({ type: 'look' });
      const woken = wakeUps(before.pid);
      await sleep(seconds * 1000);
      const after = await joiner.request({ type: 'look' });
      const time = (after.at - before.at) / 1000;
      const figures = {
        coreShare: (after.cpu - before.cpu) / time,
        bytes: after.rss - bare.rss,
        wakeUps: woken === undefined ? undefined : (wakeUps(before.pid) - woken) / time,
      };
      return { ...figures, systemCalls: await systemCalls(before.pid, seconds) };
    } finally {
      await joiner.close();
    }
  }

  #start(process) {
    this.#processes.push(process);
    return process;
  }
}

function scaled(parts, factor) {
  return parts && Object.fromEntries(Object.entries(parts).map(([name, time]) => [name, time * factor]));
}

function mean(joins) {
  const parts = {};
  for (const each of joins)
    for (const [name, time] of Object.entries(each.parts ?? {}))
      parts[name] = (parts[name] ?? 0) + time / joins.length;
  return { cpu: joins.reduce((sum, { cpu }) => sum + cpu, 0) / joins.length, parts };
}

/** Times that threads of a process have given up the processor to wait, so far; undefined where the system does not say. */
function wakeUps(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8'))
      .reduce((sum, status) => sum + Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0), 0);
  } catch {
    return undefined;
  }
}

/** @returns calls a second by name, most first; undefined without strace */
async function systemCalls(pid, seconds) {
  if (spawnSync('strace', ['-V']).error) return undefined;
  const trace = spawn('strace', ['-f', '-c', '-p', String(pid)], { stdio: ['ignore', 'ignore', 'pipe'] });
  let table = '';
  trace.stderr.setEncoding('utf8').on('data', (text) => (table += text));
  await sleep(seconds * 1000);
  trace.kill('SIGINT');
  await once(trace, 'close');
  const calls = [...table.matchAll(/^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$/gm)]
    .map(([, count, name]) => ({ name, perSecond: Number(count) / seconds }))
    .filter(({ name }) => name !== 'total');
  return calls.length > 0 ? calls : undefined;
}
