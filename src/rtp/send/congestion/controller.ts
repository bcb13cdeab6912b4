/**
 * How much the way carries, by what transport-wide feedback says of each packet: Google congestion control (draft-ietf-rmcat-gcc-02), with the
 * delay by slope as in libwebrtc and in bridges. The lower of what delay and losses allow.
 */
import { LossControl } from './loss-control.ts';
import { OveruseDetector, type Usage } from './overuse-detector.ts';
import { PacketGroups } from './packet-groups.ts';
import type { PacketResult } from './packet-result.ts';
import { type Probe, ProbeEstimator } from './probe-estimator.ts';
import { type BitrateLimits, RateControl } from './rate-control.ts';
import { type Rates, Throughput } from './throughput.ts';
import { Trendline } from './trendline.ts';

export interface CongestionOptions extends BitrateLimits {
  /** bit/s to begin with */
  start: number;
}

/** ms without an answer to what is sent, after which less is; and then again (libwebrtc's back-off does so by the round trip) */
const silenceLimit = 2_000;
const silenceStep = 500;

/** What libwebrtc begins with; the limits are a bridge's (media 4.7). */
export const defaultCongestion: CongestionOptions = { start: 300_000, least: 30_000, most: 20_000_000 };

export class CongestionController {
  readonly #groups = new PacketGroups();
  readonly #trendline = new Trendline();
  readonly #detector = new OveruseDetector();
  readonly #throughput = new Throughput();
  readonly #probes = new ProbeEstimator();
  readonly #delay: RateControl;
  readonly #loss: LossControl;
  #rates: Rates | undefined;
  /** Since when nothing was heard of what was sent. */
  #unansweredSince: number | undefined;
  #hasHeard = false;
  /** ms, by the last feedback */
  #roundTrip = 0;

  constructor({ start, ...limits }: CongestionOptions = defaultCongestion) {
    this.#delay = new RateControl(start, limits);
    this.#loss = new LossControl(start, limits);
  }

  /** bit/s that may be sent, of everything. */
  get bitrate(): number {
    return Math.min(this.#delay.bitrate, this.#loss.bitrate);
  }

  get usage(): Usage {
    return this.#detector.usage;
  }

  /** 0 to 1 */
  get fractionLost(): number {
    return this.#loss.fractionLost;
  }

  /** bit/s that arrived; undefined while that were few packets */
  get throughput(): number | undefined {
    return this.#rates?.through;
  }

  /** The other side has told what arrives. */
  get hasHeard(): boolean {
    return this.#hasHeard;
  }

  /** Packets of this cluster are about to be sent. */
  probing(probe: Probe): void {
    this.#probes.begin(probe);
  }

  /** Something is sent. @returns nothing has been heard for so long that less may be sent from now on */
  sent(now: number): boolean {
    this.#unansweredSince ??= now;
    if (!this.#hasHeard || now - this.#unansweredSince < silenceLimit) return false;
    this.#unansweredSince = now - silenceLimit + silenceStep;
    this.#delay.backOff(now);
    return true;
  }

  /** @param results of one feedback, in the order of sending */
  feedback(results: readonly PacketResult[], now: number): void {
    this.#unansweredSince = undefined;
    this.#hasHeard = true;
    let arrived = 0;
    let lastSent = -Infinity;
    let probed: number | undefined;
    for (const result of results) {
      const { arrival, sent } = result;
      if (arrival === undefined) continue;
      arrived++;
      lastSent = Math.max(lastSent, sent);
      this.#throughput.add(result);
      probed = this.#probes.add(result) ?? probed;
      const delta = this.#groups.add(sent, arrival);
      if (!delta) continue;
      this.#trendline.add(delta);
      this.#detector.update(this.#trendline, delta);
    }
    if (results.length === 0) return;
    if (arrived > 0) {
      this.#rates = this.#throughput.rates();
      this.#roundTrip = now - lastSent;
      this.#delay.update(this.#detector.usage, this.#rates, this.#roundTrip, now, this.#loss.isHeavy);
      if (probed !== undefined && this.#detector.usage !== 'overuse') this.#rise(probed);
    }
    const lost = results.length - arrived;
    this.#loss.update({ arrived, lost, allowed: this.#delay.bitrate, roundTrip: this.#roundTrip }, now);
  }

  /** Never down: an arrival that is told late makes a probe look slow. */
  #rise(probed: number): void {
    if (probed <= this.bitrate) return;
    this.#delay.rise(probed);
    this.#loss.rise(probed);
  }
}
