/** A track's figures over all the streams that it has come on: those of the streams that are over, and of the one that lasts. */
import { defined } from '../../../base/defined.ts';
import type { SourceStatistics } from '../../../rtp/receive/types.ts';
import { type GapFigures, Gaps } from '../gaps.ts';
import type { RemoteTrackStatistics } from '../track-types.ts';

/** What counts up, under its name below. */
const counters = {
  packets: 'packets',
  bytes: 'bytes',
  lost: 'lost',
  recovered: 'recovered',
  discarded: 'discarded',
  frames: 'frames',
  keyFrames: 'keyFrames',
  nacks: 'nacksSent',
  keyFrameRequests: 'plisSent',
} as const satisfies Partial<Record<keyof RemoteTrackStatistics, keyof SourceStatistics>>;

type Counters = Record<keyof typeof counters, number>;

export class RemoteFigures {
  #past: Counters = countersOf(() => 0);
  /** What the stream that lasts had counted before it was ours. */
  #before: Counters = this.#past;
  #latest: Omit<RemoteTrackStatistics, keyof Counters | keyof GapFigures> = { jitter: 0 };
  readonly gaps: Gaps = new Gaps();

  begin(statistics: SourceStatistics | undefined): void {
    this.#before = countersOf((name) => statistics?.[counters[name]] ?? 0);
  }

  /** The stream is over. */
  end(statistics: SourceStatistics | undefined): void {
    const { jitter, codec, width, height, ...past } = this.#sum(statistics);
    this.#past = past;
    this.#latest = defined({ jitter, codec, width, height });
    this.begin(undefined);
  }

  with(statistics: SourceStatistics | undefined): RemoteTrackStatistics {
    return { ...this.#sum(statistics), ...this.gaps.figures };
  }

  #sum(statistics: SourceStatistics | undefined): Omit<RemoteTrackStatistics, keyof GapFigures> {
    if (!statistics) return { ...this.#past, ...this.#latest };
    const { codec, width, height } = statistics;
    const sum = countersOf((name) => this.#past[name] + statistics[counters[name]] - this.#before[name]);
    return { ...sum, ...defined({ jitter: statistics.jitter * 1_000, codec, width, height }) };
  }
}

function countersOf(value: (name: keyof Counters) => number): Counters {
  const names = Object.keys(counters) as (keyof Counters)[];
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Counters;
}
