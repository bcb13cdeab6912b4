/**
 * Too much, too little or all right, by the slope of the delay against a threshold that follows what is usual on this way (draft-ietf-rmcat-gcc-02, 5.4,
 * with libwebrtc's constants).
 */
import type { GroupDelta } from './packet-groups.ts';
import type { Trendline } from './trendline.ts';

export type Usage = 'normal' | 'overuse' | 'underuse';

const gain = 4;
/** Groups after which the slope counts in full. */
const mostGroups = 60;
const [initialThreshold, leastThreshold, mostThreshold] = [12.5, 6, 600];
const [adaptUp, adaptDown] = [0.0087, 0.039];
/** What is further from the threshold is an outlier that does not move it. */
const outlier = 15;
/** ms */
const longestPause = 100;
const overusingTime = 10;

export class OveruseDetector {
  usage: Usage = 'normal';
  #threshold = initialThreshold;
  #overusingFor = 0;
  #overuses = 0;
  #lastSlope = 0;
  #lastUpdate: number | undefined;

  update({ count, slope }: Trendline, { sent, arrival }: GroupDelta): void {
    if (count < 2) return;
    const offset = Math.min(count, mostGroups) * slope * gain;
    if (offset > this.#threshold) this.#overusing(sent, slope);
    else {
      this.#overusingFor = 0;
      this.#overuses = 0;
      this.usage = offset < -this.#threshold ? 'underuse' : 'normal';
    }
    this.#lastSlope = slope;
    this.#adapt(offset, arrival);
  }

  /** Once is not enough, nor is a delay that becomes smaller again. */
  #overusing(sent: number, slope: number): void {
    this.#overusingFor += this.#overuses === 0 ? sent / 2 : sent;
    this.#overuses++;
    if (this.#overusingFor <= overusingTime || this.#overuses < 2 || slope < this.#lastSlope) return;
    this.#overusingFor = 0;
    this.#overuses = 0;
    this.usage = 'overuse';
  }

  #adapt(offset: number, now: number): void {
    const passed = Math.min(longestPause, now - (this.#lastUpdate ?? now));
    this.#lastUpdate = now;
    const size = Math.abs(offset);
    if (size > this.#threshold + outlier) return;
    const speed = size < this.#threshold ? adaptDown : adaptUp;
    const threshold = this.#threshold + speed * (size - this.#threshold) * passed;
    this.#threshold = Math.min(mostThreshold, Math.max(leastThreshold, threshold));
  }
}
