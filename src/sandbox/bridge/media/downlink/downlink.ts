/**
 * What the way to one receiver carries, by its transport-wide feedback, as a bridge's `GoogleCc2` estimates it (media 4.7): it begins in the middle,
 * rises by probes and falls with queues and losses. The estimate itself is `rtp/send/congestion`.
 */
import type { Milliseconds } from '../../../../base/clock.ts';
import type { RandomBytes } from '../../../../base/random.ts';
import { CongestionController } from '../../../../rtp/send/congestion/controller.ts';
import { ProbePlan } from '../../../../rtp/send/congestion/probe-plan.ts';
import { Delivery } from '../../../../rtp/send/delivery.ts';
import { ProbeCluster } from '../../../../rtp/send/pacing/probe-cluster.ts';
import { RateWindow } from '../../../../rtp/send/rate-window.ts';
import type { TransportFeedback } from '../../../../rtp/transport-feedback.ts';

/** bit/s (media 4.7) */
const [start, least] = [2_500_000, 30_000];
/** bit/s; what a bridge says at most */
export const mostBandwidth = 20_000_000;
/** Of the estimate: who gets less leaves the way empty (libwebrtc's `AlrDetector`). */
const applicationLimited = 0.65;
/** bit/s: a little comes through slower than it was sent. */
const mostProbed = 1.2 * mostBandwidth;
/** Clusters that wait; the first two come together. */
const maxClusters = 4;
const lastClusterId = 255;

export class Downlink {
  readonly #delivery: Delivery;
  readonly #congestion = new CongestionController({ start, least, most: mostBandwidth });
  readonly #plan = new ProbePlan(mostProbed, mostProbed);
  readonly #sent = new RateWindow();
  readonly #clusters: ProbeCluster[] = [];
  #lastClusterId = 0;

  constructor(random: RandomBytes) {
    this.#delivery = new Delivery(random);
  }

  /** bit/s; undefined before the first feedback */
  get estimate(): number | undefined {
    return this.#congestion.hasHeard ? this.#congestion.bitrate : undefined;
  }

  /** What is to be tried next. */
  get cluster(): ProbeCluster | undefined {
    return this.#clusters[0];
  }

  /** 16 bits: what the next packet is to have. */
  get nextSequenceNumber(): number {
    return this.#delivery.nextSequenceNumber;
  }

  /** A packet with that number has gone out. @param cluster that it is part of */
  sent(bytes: number, now: Milliseconds, cluster?: ProbeCluster): void {
    this.#sent.add(bytes, now);
    this.#delivery.sent(bytes, now, cluster?.id);
    this.#congestion.sent(now);
    if (!cluster) return;
    cluster.sent(bytes, now);
    if (cluster.isDone) this.#clusters.shift();
  }

  /** There is nothing to try the next cluster with. */
  abandonCluster(): void {
    this.#clusters.shift();
  }

  /** @param mayProbe there is something that more bandwidth would be good for */
  receive(feedback: TransportFeedback, mayProbe: boolean, now: Milliseconds): void {
    const results = this.#delivery.receive(feedback, now);
    if (results.length === 0) return;
    this.#congestion.feedback(results, now);
    const { bitrate } = this.#congestion;
    if (!mayProbe || bitrate >= mostBandwidth) return;
    const sent = this.#sent.bitrate(now);
    const isLimited = sent < applicationLimited * bitrate;
    const isFree = this.#congestion.usage === 'normal';
    for (const rate of this.#plan.update({ bitrate, isFree, isLimited, sent }, now)) {
      if (this.#clusters.length < maxClusters) this.#clusters.push(this.#newCluster(rate, now));
    }
  }

  #newCluster(rate: number, now: Milliseconds): ProbeCluster {
    this.#lastClusterId = (this.#lastClusterId % lastClusterId) + 1;
    const cluster = new ProbeCluster(this.#lastClusterId, rate, now);
    this.#congestion.probing(cluster);
    return cluster;
  }
}
