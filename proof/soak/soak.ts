/**
 * Two participants stay in a room while others come and go, the bridge's session is moved, channels and connections are cut and servers restart.
 * Between two visits everybody hears everybody again, and what the processes hold is written down.
 */
import type { RandomBytes } from '../../src/base/random.ts';
import { seededRandom } from '../../test/support/random.ts';
import { deploymentProcess, endingTime, Remote } from '../lib/remote.ts';
import type { Place } from './residents.ts';
import { countOf, type Sample } from '../lib/sample.ts';
import type { Side, SoakSample } from './verdict.ts';

const room = 'soak';

export interface SoakOptions {
  /** ms; it ends with the first check after it, when `visits` are done. */
  time: number;
  /** At least. */
  visits: number;
  seed: number;
  /** Visitors who are there at the same time. */
  together: number;
  progress?: (report: string) => void;
}

export interface SoakResult {
  visits: number;
  seconds: number;
  faults: Record<string, number>;
  /** Chat lines that were on their way when a connection broke, and could not be confirmed. */
  unconfirmed: number;
  samples: Record<Side, SoakSample[]>;
  /** Before anybody entered, and after all had left. */
  idle: Record<Side, { before: Sample; after: Sample }>;
}

interface FaultKind {
  name: string;
  /** How many of {@link deckSize} rounds it is part of. */
  often: number;
  args(endpointId: string): unknown[];
}

const kinds: readonly FaultKind[] = [
  { name: 'moveBridge', often: 10, args: () => [room] },
  { name: 'dropBridgeChannel', often: 7, args: (endpointId) => [endpointId] },
  { name: 'dropSocket', often: 10, args: (endpointId) => [endpointId] },
  { name: 'restartFocus', often: 1, args: () => [{}] },
  { name: 'restartBridge', often: 1, args: () => [{}] },
  { name: 'restartXmpp', often: 1, args: () => [{ focusAbsence: 100 }] },
];
const deckSize = 50;

export async function soak(options: SoakOptions): Promise<SoakResult> {
  await using client = new Remote('the clients', new URL('client.js', import.meta.url));
  await using deployment = new Remote('the deployment', deploymentProcess);
  return await run({ client, deployment }, options);
}

async function run(
  { client, deployment }: Record<Side, Remote>,
  { time, visits: least, seed, together, progress = () => {} }: SoakOptions,
): Promise<SoakResult> {
  const faultsToCome = decks(seededRandom(seed));
  const url = await deployment.ask<string>({ do: 'url' });
  const before = { client: await sampleOf(client), deployment: await sampleOf(deployment) };
  await client.ask({ do: 'enter', detail: { url, room } satisfies Place });

  const start = performance.now();
  const samples: Record<Side, SoakSample[]> = { client: [], deployment: [] };
  const faults: Record<string, number> = {};
  let visits = 0;
  const isOver = (): boolean => performance.now() - start >= time && visits >= least;
  for (let round = 1; !isOver(); round++) {
    const visitors = Array.from({ length: together }, () => `visitor ${++visits}`);
    await Promise.all(visitors.map((visitor) => client.ask({ do: 'visit', detail: visitor })));
    const kind = faultsToCome.next().value;
    if (kind) {
      const ids = await client.ask<string[]>({ do: 'endpointIds' });
      await deployment.ask({ do: 'control', fault: kind.name, args: kind.args(ids[round % 2] ?? '') });
      faults[kind.name] = (faults[kind.name] ?? 0) + 1;
    }
    await client.ask({ do: 'check', detail: `round ${round}` });
    const at = (performance.now() - start) / 1000;
    samples.client.push({ ...(await sampleOf(client)), at, visits });
    samples.deployment.push({ ...(await sampleOf(deployment)), at, visits });
    progress(lineOf(visits, at, samples.client.at(-1)));
  }
  const seconds = (performance.now() - start) / 1000;
  const unconfirmed = await client.ask<number>({ do: 'unconfirmed' });
  await client.ask({ do: 'leave' });
  const idle = {
    client: { before: before.client, after: await settled(client, before.client) },
    deployment: { before: before.deployment, after: await settled(deployment, before.deployment) },
  };
  await Promise.all([client.end(endingTime), deployment.end(endingTime)]);
  return { visits, seconds, faults, unconfirmed, samples, idle };
}

function sampleOf(side: Remote): Promise<Sample> {
  return side.ask({ do: 'sample' });
}

/** What a process holds once it holds no more than before, or after the longest time that anything lingers. */
async function settled(side: Remote, before: Sample): Promise<Sample> {
  const end = performance.now() + lingering;
  for (;;) {
    const sample = await sampleOf(side);
    const isBack =
      countOf(sample.handles) <= countOf(before.handles) && (sample.sockets ?? 0) <= (before.sockets ?? 0);
    if (isBack || performance.now() > end) return sample;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** ms: a bridge expires endpoints after a minute, and so does a server with sessions that may be resumed */
const lingering = 120_000;

/** Shuffled anew and dealt out again and again, so that every part of a soak sees the same faults. */
function* decks(random: RandomBytes): Generator<FaultKind | undefined, never> {
  const deck = kinds.flatMap((kind) => Array<FaultKind>(kind.often).fill(kind));
  const whole = [...deck, ...Array<undefined>(deckSize - deck.length).fill(undefined)];
  for (;;) {
    const keys = new Map(whole.map((_, index) => [index, Buffer.from(random(4)).readUInt32BE()]));
    const order = [...keys.keys()].sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
    for (const index of order) yield whole[index];
  }
}

function lineOf(visits: number, at: number, sample: SoakSample | undefined): string {
  if (!sample) return '';
  const mebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
  const { heap, resident, handles, sockets } = sample;
  return `${visits} visits in ${at.toFixed(0)} s: heap ${mebibytes(heap)} MiB, resident ${mebibytes(resident)} MiB, ${countOf(handles)} handles, ${sockets ?? '?'} sockets`;
}
