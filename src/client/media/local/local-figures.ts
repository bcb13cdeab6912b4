/** A track's figures over all the sessions that have sent it. */
import { defined } from '../../../base/defined.ts';
import type { FrameSize } from '../../../rtp/codecs/frame-size.ts';
import type { SentStatistics } from '../../../rtp/send/types.ts';
import { Gaps } from '../gaps.ts';
import type { LocalTrackStatistics } from '../track-types.ts';

/** What the RTP below counts. */
const counted = ['packets', 'bytes', 'lost', 'retransmitted', 'nacks', 'keyFrameRequests'] as const;

export class LocalFigures {
  frames = 0;
  keyFrames = 0;
  unsent = 0;
  readonly gaps: Gaps = new Gaps();
  /** Pixels, of the last key frame; undefined while none is sent. */
  size: FrameSize | undefined;
  #past: Record<(typeof counted)[number], number> = sums(() => 0);

  /** A session is over. */
  end(statistics: SentStatistics | undefined): void {
    this.#past = sums((name) => this.#past[name] + (statistics?.[name] ?? 0));
  }

  with(statistics: SentStatistics | undefined): LocalTrackStatistics {
    const { frames, keyFrames, unsent } = this;
    return {
      ...sums((name) => this.#past[name] + (statistics?.[name] ?? 0)),
      frames,
      keyFrames,
      unsent,
      ...this.gaps.figures,
      ...this.size,
      ...defined({ roundTripTime: statistics?.roundTripTime, fractionLost: statistics?.fractionLost }),
    };
  }
}

/** Of all layers: the times without media are those of the first, which is there whenever any is. */
export function sumOf(layers: readonly LocalTrackStatistics[]): LocalTrackStatistics {
  const [first, ...others] = layers;
  if (!first) throw new Error('a source has one layer at least');
  return others.reduce(
    (sum, layer) => ({
      ...sum,
      ...sums((name) => sum[name] + layer[name]),
      frames: sum.frames + layer.frames,
      keyFrames: sum.keyFrames + layer.keyFrames,
      unsent: sum.unsent + layer.unsent,
      ...defined({
        fractionLost: worst(sum.fractionLost, layer.fractionLost),
        // From the smallest layer up.
        width: layer.width ?? sum.width,
        height: layer.height ?? sum.height,
      }),
    }),
    first,
  );
}

function worst(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}

function sums(value: (name: (typeof counted)[number]) => number): Record<(typeof counted)[number], number> {
  return Object.fromEntries(counted.map((name) => [name, value(name)])) as Record<
    (typeof counted)[number],
    number
  >;
}
