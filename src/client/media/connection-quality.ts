/**
 * How good our connection is, in percent, as lib-jitsi-meet reckons it (`ConnectionQuality.ts`): by the bitrate of a camera against what it would have with nothing in
 * the way, and by losses where there is none.
 */
import type { CodecName } from '../../rtp/parameters.ts';
import { usualBitrate } from './local/layer-rates.ts';

/** A camera that is being sent. */
export interface SentCamera {
  codec: CodecName;
  /** Pixels. */
  height: number;
  /** In several sizes at once. */
  isLayered: boolean;
  /** bit/s that fit. */
  targetBitrate: number | undefined;
}

export interface QualityFigures {
  /** Percent of the packets that we sent. */
  uploadLoss: number;
  /** kbit/s of all that we sent */
  upload: number;
  camera: SentCamera | undefined;
}

/** kbit/s */
const [startBitrate, mostTarget] = [800, 2_500];
const growth = 1.08;
/** ms */
const [patience, interval] = [1_000, 10_000];
/** Percent a second. */
const fastestClimb = 2;
/** Percent: with such losses it is not better than that. */
const [manyLost, lossyQuality] = [10, 30];
/** Losses of sound are those of the others' downlinks too. */
const soundLossShare = 0.5;
const byLoss: readonly (readonly [most: number, quality: number])[] = [
  [2, 100],
  [4, 70],
  [6, 50],
  [8, 30],
  [12, 10],
];

export class ConnectionQuality {
  #last: { quality: number; at: number } | undefined;
  #cameraSince: number | undefined;

  /** @returns 0 to 100 */
  update(figures: QualityFigures, now: number): number {
    this.#cameraSince = figures.camera ? (this.#cameraSince ?? now) : undefined;
    const quality = Math.min(100, this.#reckon(figures, now), this.#climb(now));
    this.#last = { quality, at: now };
    return Math.round(quality);
  }

  #reckon({ camera, upload, uploadLoss }: QualityFigures, now: number): number {
    if (!camera || this.#cameraSince === undefined) return qualityOf(uploadLoss * soundLossShare);
    const since = now - this.#cameraSince;
    // Who sends less than fits has no worse connection for that.
    const attained = Math.max(upload, (camera.targetBitrate ?? 0) / 1_000);
    const quality = since > interval ? (100 * attained) / targetOf(camera, since) : 100;
    return uploadLoss >= manyLost ? Math.min(quality, lossyQuality) : quality;
  }

  #climb(now: number): number {
    if (!this.#last) return 100;
    return this.#last.quality + (fastestClimb * (now - this.#last.at)) / 1_000;
  }
}

/** kbit/s with nothing in the way, @param since ms since it began */
function targetOf({ codec, height, isLayered }: SentCamera, since: number): number {
  const most = isLayered
    ? [1, 2, 4].reduce((sum, scale) => sum + usualBitrate(codec, height / scale), 0)
    : usualBitrate(codec, height);
  const rampUp = startBitrate * growth ** (Math.max(0, since - patience) / 1_000);
  return Math.min(most / 1_000, rampUp, mostTarget);
}

function qualityOf(loss: number): number {
  return byLoss.find(([most]) => loss <= most)?.[1] ?? 0;
}
