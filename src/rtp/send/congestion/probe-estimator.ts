/**
 * At which rate a cluster of packets got through that were sent faster than is allowed otherwise (libwebrtc's `ProbeBitrateEstimator`).
 */
import type { PacketResult } from './packet-result.ts';

/** What is known of a cluster that is sent. */
export interface Probe {
  id: number;
  leastPackets: number;
  leastBytes: number;
}

/** Of the cluster, that are to have arrived. */
const enough = 0.8;
/** Who gets this much of it through has not filled the link. */
const unsaturated = 0.9;
/** Of a link that was filled. */
const utilisation = 0.95;
/** Packets cannot arrive so much faster than they were sent. */
const mostValid = 2;
/** ms */
const longestInterval = 1_000;
const mostClusters = 16;

interface Cluster {
  probe: Probe;
  packets: number;
  bytes: number;
  firstSent: number;
  lastSent: number;
  lastSentBytes: number;
  firstArrival: number;
  firstArrivalBytes: number;
  lastArrival: number;
}

export class ProbeEstimator {
  readonly #clusters = new Map<number, Cluster>();

  begin(probe: Probe): void {
    this.#clusters.delete(probe.id);
    this.#clusters.set(probe.id, {
      probe,
      packets: 0,
      bytes: 0,
      firstSent: Infinity,
      lastSent: -Infinity,
      lastSentBytes: 0,
      firstArrival: Infinity,
      firstArrivalBytes: 0,
      lastArrival: -Infinity,
    });
    for (const id of this.#clusters.keys()) {
      if (this.#clusters.size <= mostClusters) break;
      this.#clusters.delete(id);
    }
  }

  /** @returns bit/s, as soon as enough of the packet's cluster has arrived */
  add({ arrival, bytes, probe: id, sent }: PacketResult): number | undefined {
    const cluster = id ? this.#clusters.get(id) : undefined;
    if (!cluster || arrival === undefined) return undefined;
    cluster.packets++;
    cluster.bytes += bytes;
    cluster.firstSent = Math.min(cluster.firstSent, sent);
    if (sent >= cluster.lastSent) [cluster.lastSent, cluster.lastSentBytes] = [sent, bytes];
    if (arrival < cluster.firstArrival) [cluster.firstArrival, cluster.firstArrivalBytes] = [arrival, bytes];
    cluster.lastArrival = Math.max(cluster.lastArrival, arrival);
    return rateOf(cluster);
  }
}

/** N packets that are a time apart take N - 1 of it. */
function rateOf(cluster: Cluster): number | undefined {
  const { bytes, packets, probe } = cluster;
  if (packets < enough * probe.leastPackets || bytes < enough * probe.leastBytes) return undefined;
  const sentFor = cluster.lastSent - cluster.firstSent;
  const arrivedFor = cluster.lastArrival - cluster.firstArrival;
  if (!isInterval(sentFor) || !isInterval(arrivedFor)) return undefined;
  const sent = ((bytes - cluster.lastSentBytes) * 8_000) / sentFor;
  const through = ((bytes - cluster.firstArrivalBytes) * 8_000) / arrivedFor;
  if (through / sent > mostValid) return undefined;
  return through < unsaturated * sent ? utilisation * through : Math.min(sent, through);
}

function isInterval(ms: number): boolean {
  return ms > 0 && ms <= longestInterval;
}
