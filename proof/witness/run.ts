/** The scenes, each with a deployment of its own. */
import { join } from 'node:path';
import { seededRandom } from '../../test/support/random.ts';
import { filmScene } from './film-scene.ts';
import { playScene } from './play-scene.ts';
import type { Fault, RecordLimits } from './judge-recording.ts';
import { recordScene } from './record-scene.ts';
import { sayScene } from './say-scene.ts';
import { filmTable, playTable, recordTable, sayTable } from './tables.ts';

export interface WitnessOptions {
  /** Of the project. */
  root: string;
  /** That recordings are left in. */
  directory: string;
  seed: number;
  /** Of each recording, s. */
  seconds: number;
  /** Of the recordings of robots: webm, mp4, ogg. */
  container: string;
  robots: number;
  /** s of music */
  music: number;
  rounds: number;
  /** Whether how soon and how exactly things are to be is judged too: not beside who knows what. */
  strict: boolean;
}

export interface SceneResult {
  /** In Markdown. */
  text: string;
  problems: string[];
}

/** The goals, and what holds on any machine. */
const limits: Readonly<Record<'strict' | 'lenient', RecordLimits>> = {
  strict: { place: 40, unwritten: 2_000, missingPictures: 0, uneven: 150, alike: 0.99 },
  lenient: { place: 2_000, unwritten: 10_000, missingPictures: 0.2, uneven: 2_000, alike: 0.9 },
};
/** ms until a tone is heard, and until it is silent. */
const [soonest, silent] = [150, 60];

export type Scene = (options: WitnessOptions) => Promise<SceneResult>;

const recording =
  (name: string, ...faults: Fault[]): Scene =>
  async (options) => {
    const { container, robots, root, seconds } = options;
    const result = await recordScene({
      jcli: jcliOf(root),
      clips: join(root, 'clips'),
      directory: join(options.directory, name),
      container,
      robots,
      seconds,
      faults,
      random: randomOf(options),
      limits: limits[options.strict ? 'strict' : 'lenient'],
    });
    return { text: recordTable(result), problems: result.problems };
  };

const film =
  (container: 'webm' | 'mp4', compose: boolean): Scene =>
  async ({ directory, root, seconds }) => {
    const result = await filmScene({
      jcli: jcliOf(root),
      clips: join(root, 'clips'),
      directory: join(directory, 'film'),
      seconds,
      container,
      compose,
    });
    return { text: filmTable(result), problems: result.problems };
  };

export const scenes: Readonly<Record<string, Scene>> = {
  recorded: recording('recorded'),
  cut: recording('cut', 'cut'),
  moved: recording('moved', 'moved'),
  killed: recording('killed', 'killed'),
  film: film('webm', true),
  play: async (options) => {
    const { directory, music, root, strict } = options;
    const result = await playScene({
      jcli: jcliOf(root),
      directory: join(directory, 'play'),
      seconds: music,
      random: randomOf(options),
      strict,
    });
    return { text: playTable(result), problems: result.problems };
  },
  say: async ({ root, rounds, strict }) => {
    const result = await sayScene({ jcli: jcliOf(root), rounds });
    const { cleared, problems, said, spoken } = result;
    const tooLate = (what: string, times: readonly number[], limit: number): void => {
      const most = Math.max(...times);
      if (strict && most > limit) problems.push(`${what} after ${most.toFixed(0)} ms, not within ${limit}`);
    };
    tooLate('a tone of jcli say is heard', said, soonest);
    tooLate('a tone of a speaker is heard', spoken, soonest);
    tooLate('it is silent', cleared, silent);
    return { text: sayTable(result), problems };
  },
};

/** What takes half a minute: all faults in one recording, and films without one film of all. */
export const shortScenes: Readonly<Record<string, Scene>> = {
  'all-faults': recording('all-faults', 'cut', 'moved', 'killed'),
  film: (options) => film('mp4', false)({ ...options, seconds: options.seconds / 3 }),
  play: scenes['play'] as Scene,
  say: scenes['say'] as Scene,
};

function jcliOf(root: string): string {
  return join(root, 'dist/cli/main.js');
}

/** 0 to 1 */
function randomOf({ seed }: WitnessOptions): () => number {
  const bytes = seededRandom(seed);
  return () => {
    const [high = 0, low = 0] = bytes(2);
    return (high * 256 + low) / 65_536;
  };
}
