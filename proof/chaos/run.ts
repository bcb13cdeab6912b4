/** Rounds of chaos until the time is over. */
import type { SandboxOptions } from '../../src/sandbox/index.ts';
import { seededRandom } from '../../test/support/random.ts';
import { type Activity, activities, type Fault, faults } from './faults.ts';
import { Round, type Result } from './round.ts';
import type { Participant } from './participant.ts';
import { ProsodyDeployment } from './prosody-deployment.ts';
import { SandboxDeployment } from './sandbox-deployment.ts';
import { room, Scene } from './scene.ts';
import { sleep } from './sleep.ts';

export interface ChaosOptions {
  seed: number;
  /** ms after which no round begins; every round that has begun is played to its end. */
  time: number;
  /** Names of faults; default all. */
  only?: readonly string[];
  activities?: readonly Activity[];
  /** Faults that take longer are left out. Default Infinity. */
  longest?: number;
  /** Deployments at a time. Default 1. */
  jobs?: number;
  deployment?: SandboxOptions;
  /** After each round. */
  played?: (result: Result) => void;
}

export interface Report {
  results: Result[];
  /** What was wrong with how programs ended. */
  endings: string[];
}

/** Who loses a connection again within a minute waits twice as long as the last time: after so many it takes too long. */
const roundsOfAScene = 2;

interface Turn {
  fault: Fault;
  activity: Activity;
  seed: number;
}

export async function chaos(options: ChaosOptions): Promise<Report> {
  const { jobs = 1, time } = options;
  const report: Report = { results: [], endings: [] };
  const deadline = Date.now() + time;
  const turns = turnsOf(options);
  const next = (): Turn | undefined => {
    const left = (deadline - Date.now()) / 1000;
    return left > 0 ? turns.next().value : undefined;
  };
  await Promise.all(
    Array.from({ length: jobs }, async (_, job) => {
      // Not all at once: each starts three processes.
      await sleep(job * 1000);
      await playAll(options, next, report);
    }),
  );
  return report;
}

/** Without end: every fault with every activity in a random order, then again in another. */
function* turnsOf(options: ChaosOptions): Generator<Turn, undefined> {
  const { longest = Number.POSITIVE_INFINITY, only, seed } = options;
  const chosen = faults.filter(({ name, seconds }) => (only ? only.includes(name) : seconds <= longest));
  const wanted = options.activities ?? activities;
  const all = chosen.flatMap((fault) => wanted.map((activity) => ({ fault, activity })));
  if (all.length === 0)
    throw new Error(`no such fault; there are: ${faults.map(({ name }) => name).join(', ')}`);
  for (let pass = 0; ; pass += 1) {
    const bytes = seededRandom(seed + pass);
    const keyed = all.map((turn) => ({ ...turn, key: Buffer.from(bytes(4)).readUInt32BE() }));
    for (const { key, ...turn } of keyed.sort((a, b) => a.key - b.key)) yield { ...turn, seed: key };
  }
}

async function playAll(
  { deployment = {}, played }: ChaosOptions,
  next: () => Turn | undefined,
  report: Report,
): Promise<void> {
  let rounds = 0;
  let scene: Scene | undefined;
  let heard = new Map<Participant, Set<string>>();
  try {
    for (let turn = next(); turn; turn = next()) {
      const { activity, fault, seed } = turn;
      const { isOnProsody = false } = fault;
      if (scene && isOnProsody !== scene.deployment instanceof ProsodyDeployment) {
        report.endings.push(...(await scene.end()));
        scene = undefined;
      }
      if (!scene) {
        const server = isOnProsody
          ? ProsodyDeployment.start(room)
          : SandboxDeployment.start(room, deployment);
        scene = new Scene(await server);
        heard = new Map();
        await scene.begin();
      }
      const result = await new Round(scene, fault, activity, seededRandom(seed), heard).play();
      report.results.push(result);
      played?.(result);
      rounds += 1;
      if (result.problems.length > 0) {
        // What one round has broken is not to be held against the next.
        await scene.kill();
        scene = undefined;
      } else if (rounds % roundsOfAScene === 0) {
        report.endings.push(...(await scene.end()));
        scene = undefined;
      }
    }
    if (scene) report.endings.push(...(await scene.end()));
  } catch (error) {
    await scene?.kill();
    throw error;
  }
}
