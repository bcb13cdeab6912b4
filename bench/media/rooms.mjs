/** What a room costs: the sandbox's bridge forwarding video to 3 and to 20, listeners in one process, the wait for the first frame. */
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../scripts/lib/run.mjs';
import { LineProcess } from '../bridge/line-process.mjs';
import { spread } from '../bridge/statistics.mjs';

const patience = 120_000;
/** About 2.6 Mbit/s in packets of 1100 bytes. */
const video = { framesPerSecond: 30, frameSize: 11_000 };

const node = (file, ...flags) =>
  new LineProcess(file, process.execPath, [...flags, `${root}bench/peers/${file}`]);
const participants = () => node('media/participants.mjs', '--expose-gc');

/** @param run gets `{ host, start }`; what was started is stopped afterwards */
async function inSandbox(run) {
  const relay = node('relay.mjs');
  const started = [];
  try {
    const { url: host } = await relay.request({ type: 'open' });
    const start = () => {
      const each = participants();
      started.push(each);
      return each;
    };
    return await run({ host, relay, start });
  } finally {
    await Promise.all(started.map((each) => each.request({ type: 'stop' }).catch(() => {})));
    await Promise.all([relay, ...started].map((each) => each.close()));
  }
}

const look = (processes) => Promise.all(processes.map((each) => each.request({ type: 'look' })));

/** @returns relay's CPU for a forwarded Mbit, and the share that arrived */
export function measureForwarding(receivers, seconds) {
  return inSandbox(async ({ host, relay, start }) => {
    const [sender, others] = [start(), start()];
    await sender.request({ type: 'join', host, room: 'forwarding', count: 1 }, patience);
    await others.request(
      { type: 'join', host, room: 'forwarding', count: receivers, maxHeight: 720 },
      patience,
    );
    await sender.request({ type: 'begin', video });
    await untilReceiving(others, receivers);
    const before = await look([relay, sender, others]);
    await sleep(seconds * 1000);
    const after = await look([relay, sender, others]);
    const sent = after[1].sentPackets - before[1].sentPackets;
    const packets = after[2].packets - before[2].packets;
    const mbit = ((after[1].sent - before[1].sent) * video.frameSize * 8 * receivers) / 1e6;
    return {
      receivers,
      relayCpuPerMbit: ((after[0].cpu - before[0].cpu) * 1000) / mbit,
      receiverCpuPerMbit: ((after[2].cpu - before[2].cpu) * 1000) / mbit,
      delivered: packets / (sent * receivers),
    };
  });
}

/** @returns memory and CPU of each of so many that listen to one speaker in one process */
export function measureListeners(count, seconds) {
  return inSandbox(async ({ host, start }) => {
    const [speaker, listeners] = [start(), start()];
    await speaker.request({ type: 'join', host, room: 'listening', count: 1 }, patience);
    const { rss: empty } = await listeners.request({ type: 'collect' });
    await listeners.request({ type: 'join', host, room: 'listening', count }, patience * 2);
    await speaker.request({ type: 'begin', audio: true });
    await untilReceiving(listeners, count);
    await sleep(3000);
    const [before] = await look([listeners]);
    await sleep(seconds * 1000);
    const [after] = await look([listeners]);
    const { rss } = await listeners.request({ type: 'collect' });
    const time = (after.at - before.at) / 1000;
    return {
      count,
      bytesEach: (rss - empty) / count,
      processBytes: rss,
      coreShareEach: (after.cpu - before.cpu) / time / count,
      packetsPerSecondEach: (after.packets - before.packets) / time / count,
    };
  });
}

/** @returns ms from `join` to joined and to the first frame, a value a round */
export function measureFirstFrame(rounds) {
  return inSandbox(async ({ host, start }) => {
    const [sender, late] = [start(), start()];
    await sender.request({ type: 'join', host, room: 'first', count: 1 }, patience);
    await start().request({ type: 'join', host, room: 'first', count: 1, maxHeight: 720 }, patience);
    await sender.request({ type: 'begin', video });
    const results = [];
    for (let round = 0; round < rounds; round++)
      results.push(await late.request({ type: 'firstFrame', host, room: 'first' }, patience));
    return results;
  });
}

async function untilReceiving(process, count) {
  for (let tries = 0; tries < 300; tries++) {
    const { receiving } = await process.request({ type: 'look' });
    if (receiving >= count) return;
    await sleep(200);
  }
  throw new Error(`not all of ${count} receive anything`);
}

export function printRooms({ forwarding = [], listeners = [], firstFrame = [] }) {
  for (const { receivers, relayCpuPerMbit, receiverCpuPerMbit, delivered } of forwarding)
    console.log(
      `\nforwarding 1 → ${receivers}: bridge ${relayCpuPerMbit.toFixed(2)} ms of CPU for each forwarded Mbit, receivers ${receiverCpuPerMbit.toFixed(2)}; ${(delivered * 100).toFixed(2)} % delivered`,
    );
  for (const { count, bytesEach, processBytes, coreShareEach, packetsPerSecondEach } of listeners)
    console.log(
      `\n${count} listeners to one speaker: ${(bytesEach / 2 ** 20).toFixed(2)} MB each (process ${(processBytes / 2 ** 20).toFixed(0)} MB), ${(coreShareEach * 100).toFixed(2)} % of a core each, ${packetsPerSecondEach.toFixed(1)} packets/s`,
    );
  if (firstFrame.length > 0) {
    const [joined, first] = ['joined', 'firstFrame'].map((key) =>
      spread(firstFrame.map((each) => each[key])),
    );
    console.log(
      `\njoin to joined ${joined.median.toFixed(0)} ms (${joined.min.toFixed(0)}–${joined.max.toFixed(0)}), to the first frame ${first.median.toFixed(0)} ms (${first.min.toFixed(0)}–${first.max.toFixed(0)})`,
    );
  }
}
