/** A track's figures over all the sessions that have sent it. */
import { defined } from '../../../base/defined.ts';
import type { SentStatistics } from '../../../rtp/send/types.ts';
import { Gaps } from '../gaps.ts';
import type { LocalTrackStatistics } from '../track-types.ts';

/** What the RTP below counts. */
const counted = ['packets', 'bytes', 'retransmitted', 'nacks', 'keyFrameRequests'] as const;

export class LocalFigures {
  frames = 0;
  keyFrames = 0;
  unsent = 0;
  readonly gaps: Gaps = new Gaps();
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
      ...defined({ roundTripTime: statistics?.roundTripTime, fractionLost: statistics?.fractionLost }),
    };
  }
}

function sums(value: (name: (typeof counted)[number]) => number): Record<(typeof counted)[number], number> {
  return Object.fromEntries(counted.map((name) => [name, value(name)])) as Record<
    (typeof counted)[number],
    number
  >;
}
