/** CPU of a peer that receives, and of one that sends, the same stream: ours, the bare engine, pion. */
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../scripts/lib/run.mjs';
import { LineProcess } from '../bridge/line-process.mjs';
import { spread } from '../bridge/statistics.mjs';

const nodePeer = (name, ...flags) => [process.execPath, [`${root}bench/peers/media/${name}.mjs`, ...flags]];

export function enginePeers(pion) {
  return [
    { id: 'bare', title: 'bare werift', command: nodePeer('werift') },
    { id: 'ours', title: 'ours over werift', command: nodePeer('ours') },
    { id: 'thread', title: 'the same in the network thread', command: nodePeer('ours', '--thread') },
    ...(pion ? [{ id: 'pion', title: 'pion (Go)', command: [pion, []] }] : []),
  ];
}

/** @returns for each direction and peer: ms of CPU for a Mbit, and packets lost, a value a round */
export async function measureEngines(peers, { rounds, seconds, perSecond, size, say }) {
  const results = [];
  for (let round = 1; round <= rounds; round++) {
    for (const direction of ['receive', 'send']) {
      for (const peer of round % 2 === 0 ? peers.toReversed() : peers) {
        const result = await measure(peer, direction, { seconds, perSecond, size });
        say(`round ${round}/${rounds} ${direction} (${peer.id}) ${result.cpuPerMbit.toFixed(2)} ms/Mbit`);
        results.push({ direction, peer: peer.id, ...result });
      }
    }
  }
  return results;
}

async function measure({ id, command }, direction, { seconds, perSecond, size }) {
  const [program, args] = command;
  const counterpart = new LineProcess('counterpart', ...nodePeer('counterpart'));
  const peer = new LineProcess(id, program, args);
  try {
    const offer = await counterpart.request({ type: 'open' });
    const answer = await peer.request({ type: 'open', ...offer });
    await counterpart.request({ type: 'connect', ...answer });
    const [sender, receiver] = direction === 'receive' ? [counterpart, peer] : [peer, counterpart];
    await receiver.request({ type: 'begin' });
    await sender.request({ type: 'begin', perSecond, size });
    await sleep(1000); // the first second warms up
    const before = await Promise.all([sender, receiver].map((each) => each.request({ type: 'look' })));
    await sleep(seconds * 1000);
    const after = await Promise.all([sender, receiver].map((each) => each.request({ type: 'look' })));
    const sent = after[0].sent - before[0].sent;
    const packets = after[1].packets - before[1].packets;
    const measured = direction === 'receive' ? 1 : 0;
    const cpu = after[measured].cpu - before[measured].cpu;
    const mbit = ((direction === 'receive' ? packets : sent) * size * 8) / 1e6;
    await sender.request({ type: 'stop' });
    return { cpuPerMbit: (cpu * 1000) / mbit, lost: (sent - packets) / sent };
  } finally {
    await Promise.all([peer.close(), counterpart.close()]);
  }
}

/** @param goal ours is to be within this of the bare engine */
export function printEngines(results, peers, { perSecond, size }, goal = 1.3) {
  console.log(
    `\nRTP, ${perSecond} packets a second of ${size} bytes: ms of CPU for each Mbit (min–max), packets lost`,
  );
  for (const direction of ['receive', 'send']) {
    const of = (id) => results.filter((each) => each.direction === direction && each.peer === id);
    for (const { id, title } of peers) {
      const figures = of(id);
      const { median, min, max } = spread(figures.map(({ cpuPerMbit }) => cpuPerMbit));
      const lost = spread(figures.map(({ lost: share }) => share)).median;
      const figure = `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
      console.log(
        `  ${direction.padEnd(8)} ${title.padEnd(20)} ${figure.padEnd(20)} ${(lost * 100).toFixed(2)} %`,
      );
    }
    const ratio = (to) =>
      spread(of('ours').map(({ cpuPerMbit }, round) => cpuPerMbit / (of(to)[round]?.cpuPerMbit ?? NaN)));
    for (const { id } of peers) {
      if (id === 'ours') continue;
      const { median, min, max } = ratio(id);
      const verdict = id === 'bare' ? `  goal ${goal}: ${median <= goal ? 'met' : 'missed'}` : '';
      console.log(
        `  ${direction.padEnd(8)} ours/${id}`.padEnd(31) +
          `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})${verdict}`,
      );
    }
  }
}
