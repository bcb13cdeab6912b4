/**
 * What gets through, by the last second of packets that arrived (libwebrtc's `RobustThroughputEstimator`): the lower of the rates at which they were sent
 * and arrived, the longest pause between two of them left out. The order of their arrival is what counts.
 */
import type { PacketResult } from './packet-result.ts';

/** Of the latest: how many packets there are to be, and ms of arrivals. */
const [fewestRecent, recentTime] = [8, 300];
/** Packets, and ms of arrivals, that are looked at. */
const [fewest, usual, most] = [10, 20, 500];
const [usualTime, longestTime] = [1_000, 5_000];

interface Arrived {
  sent: number;
  bytes: number;
  arrival: number;
}

/** bit/s */
export interface Rates {
  sent: number;
  through: number;
  /** Of the last tenths of a second: what the link lets through while its queue is filling, whatever there was before. */
  recent: number | undefined;
}

export class Throughput {
  /** By their arrival. */
  readonly #window: Arrived[] = [];

  add({ arrival, bytes, sent }: PacketResult): void {
    if (arrival === undefined) return;
    const window = this.#window;
    let at = window.length;
    while (at > 0 && (window[at - 1]?.arrival ?? 0) > arrival) at--;
    window.splice(at, 0, { sent, bytes, arrival });
  }

  /** Of the window; undefined while there are too few packets in it. */
  rates(): Rates | undefined {
    this.#leave();
    const window = this.#window;
    const [first] = window;
    if (!first || window.length < fewest) return undefined;
    let [firstSent, lastSent, lastSentBytes, bytes] = [Infinity, -Infinity, 0, 0];
    let [longest, second, before] = [0, 0, first.arrival];
    for (const packet of window) {
      bytes += packet.bytes;
      firstSent = Math.min(firstSent, packet.sent);
      if (packet.sent >= lastSent) [lastSent, lastSentBytes] = [packet.sent, packet.bytes];
      const pause = packet.arrival - before;
      before = packet.arrival;
      if (pause > longest) [longest, second] = [pause, longest];
      else if (pause > second) second = pause;
    }
    // N packets that are a time apart take N - 1 of it.
    const arrivedFor = before - first.arrival - longest + second;
    const through = ((bytes - first.bytes) * 8_000) / Math.max(1, arrivedFor);
    const sent = ((bytes - lastSentBytes) * 8_000) / Math.max(1, lastSent - firstSent);
    return { sent, through: Math.min(sent, through), recent: this.#recent() };
  }

  #recent(): number | undefined {
    const window = this.#window;
    const last = window.at(-1)?.arrival ?? 0;
    const from = window.findIndex(({ arrival }) => last - arrival <= recentTime);
    const first = window[from];
    if (!first || window.length - from < fewestRecent) return undefined;
    let [bytes, firstSent, lastSent] = [-first.bytes, Infinity, -Infinity];
    for (const packet of window.slice(from)) {
      bytes += packet.bytes;
      firstSent = Math.min(firstSent, packet.sent);
      lastSent = Math.max(lastSent, packet.sent);
    }
    return (bytes * 8_000) / Math.max(1, last - first.arrival, lastSent - firstSent);
  }

  /** Lets go of what is too old, or too much. */
  #leave(): void {
    const window = this.#window;
    const last = window.at(-1)?.arrival ?? 0;
    let gone = Math.max(0, window.length - most);
    for (; gone < window.length; gone++) {
      const time = last - (window[gone]?.arrival ?? 0);
      const isEnough = window.length - gone > usual && time > usualTime;
      if (time <= longestTime && !isEnough) break;
    }
    window.splice(0, gone);
  }
}
