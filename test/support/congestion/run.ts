/** Flows over links in virtual time, second by second. */
import { seededRandom } from '../random.ts';
import { ManualClock } from '../manual-clock.ts';
import { EmulatedLink, type LinkOptions } from './emulated-link.ts';
import { MediaFlow, type Second } from './media-flow.ts';

export type { Second } from './media-flow.ts';

export interface FlowOptions {
  /** s */
  start?: number;
  /** bit/s that the encoder would take at most, at a time in ms; 0: no video then. Default: whatever is allowed */
  video?(now: number, estimate: number): number;
  /** It goes the other way. */
  isBackward?: boolean;
}

export interface RunOptions extends Partial<Omit<LinkOptions, 'random'>> {
  seed?: number;
  /** s */
  duration: number;
  /** The other way. Default: nothing is in the way there */
  back?: Partial<Omit<LinkOptions, 'random'>>;
}

/** What each of the flows had. */
export function flowsRun(options: RunOptions, flows: readonly FlowOptions[]): Second[][] {
  const { back, duration, seed = 1, ...link } = options;
  const random = seededRandom(seed);
  const clock = new ManualClock();
  const free = { rate: (): number => 100_000_000 };
  const there = new EmulatedLink({ ...free, ...link, random });
  const here = new EmulatedLink({ ...free, delay: there.delay, ...back, random });
  const run = flows.map(
    ({ isBackward, start = 0, video = () => Infinity }) =>
      new MediaFlow({
        clock,
        random,
        video,
        forward: isBackward ? here : there,
        backward: isBackward ? there : here,
        start: start * 1_000,
        end: duration * 1_000,
      }),
  );
  clock.advance(duration * 1_000);
  return run.map(({ seconds }) => seconds);
}

/** A single flow. */
export function congestionRun({ video, ...options }: RunOptions & Pick<FlowOptions, 'video'>): Second[] {
  return flowsRun(options, [video ? { video } : {}])[0] ?? [];
}

/** A capacity that changes: `[s, bit/s]`, from that second on. */
export function steps(...changes: readonly (readonly [number, number])[]): (now: number) => number {
  return (now) => changes.findLast(([second]) => second * 1_000 <= now)?.[1] ?? changes[0]?.[1] ?? 0;
}

/** Of seconds from `from` up to `to`. */
export function mean(seconds: readonly Second[], of: keyof Second, from: number, to: number): number {
  const values = seconds.slice(from, to).map((second) => second[of]);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
