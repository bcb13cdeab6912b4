/** A deployment and people who speak in a room of it, each in a process of their own. */
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../scripts/lib/run.mjs';
import { LineProcess } from '../bridge/line-process.mjs';

export const room = 'stage';
const patience = 180_000;

const node = (file, ...flags) =>
  new LineProcess(file, process.execPath, [...flags, `${root}bench/peers/${file}`]);

/**
 * @param count people @param picture path of what their cameras show; undefined: they have none
 * @param run gets `{ host, mucDomain, start, watch }`; what was started is stopped afterwards
 */
export async function onStage({ count, picture }, run) {
  const relay = node('relay.mjs');
  const speakers = node('toolkit/speakers.mjs');
  const started = [];
  try {
    const { url: host, mucDomain } = await relay.request({ type: 'open' });
    await speakers.request({ type: 'join', host, room, count }, patience);
    if (picture !== undefined) await speakers.request({ type: 'show', path: picture });
    const start = async (file, ...flags) => {
      const each = node(file, ...flags);
      started.push(each);
      await each.request({ type: 'join', host, room, mucDomain }, patience);
      await untilReceiving(each, picture === undefined ? count : 2 * count);
      return each;
    };
    return await run(start);
  } finally {
    const stopped = [...started, speakers].map((each) => each.request({ type: 'stop' }, patience));
    await Promise.allSettled(stopped);
    await Promise.all([relay, speakers, ...started].map((each) => each.close()));
  }
}

async function untilReceiving(peer, count) {
  for (let tries = 0; tries < 300; tries++) {
    const { receiving } = await peer.request({ type: 'look' });
    if (receiving >= count) return;
    await sleep(200);
  }
  throw new Error(`not all of ${count} sources are received`);
}

/** What a peer does from now on, once it does it evenly. @returns CPU as part of a core, packets a second, those that were lost */
export async function measure(peer, what, seconds) {
  await peer.request({ type: 'use', what }, patience);
  await sleep(2_500);
  const before = await peer.request({ type: 'look' });
  await sleep(seconds * 1_000);
  const after = await peer.request({ type: 'look' });
  const time = (after.at - before.at) / 1_000;
  return {
    cpu: (after.cpu - before.cpu) / time,
    packets: (after.packets - before.packets) / time,
    lost: after.lost - before.lost,
    memory: await peer.request({ type: 'collect' }),
  };
}
