/**
 * Packets that were sent together, and how much later than the group before they were sent and arrived (draft-ietf-rmcat-gcc-02, 5.2; libwebrtc's
 * `InterArrivalDelta`, which also joins what a queue on the way gave out in one burst).
 */

export interface GroupDelta {
  /** ms between the last packets of two groups, as they were sent */
  sent: number;
  /** and as they arrived; never negative */
  arrived: number;
  /** ms of the receiver's clock, of the newer group's last packet */
  arrival: number;
}

interface Group {
  firstSent: number;
  lastSent: number;
  firstArrival: number;
  lastArrival: number;
}

/** ms */
const groupLength = 5;
const burstPause = 5;
const longestBurst = 100;
/** Groups in a row that arrived before the ones before them: the receiver has another clock. */
const mostBackward = 3;

export class PacketGroups {
  #previous: Group | undefined;
  #current: Group | undefined;
  #backward = 0;

  /** Of each packet, in the order of sending. @returns what the group before this packet's amounts to, when that is complete */
  add(sent: number, arrival: number): GroupDelta | undefined {
    const current = this.#current;
    if (!current) {
      this.#current = begin(sent, arrival);
      return undefined;
    }
    // Sent earlier than the group began: it tells nothing new.
    if (sent < current.firstSent) return undefined;
    if (belongs(current, sent, arrival)) {
      current.lastSent = Math.max(current.lastSent, sent);
      current.lastArrival = Math.max(current.lastArrival, arrival);
      return undefined;
    }
    const previous = this.#previous;
    this.#current = begin(sent, arrival);
    if (previous && current.lastArrival < previous.lastArrival) {
      // One that was overtaken as a whole is no measure for the next.
      if (++this.#backward >= mostBackward) this.#startAnew();
      return undefined;
    }
    this.#backward = 0;
    this.#previous = current;
    return (
      previous && {
        sent: current.lastSent - previous.lastSent,
        arrived: current.lastArrival - previous.lastArrival,
        arrival: current.lastArrival,
      }
    );
  }

  #startAnew(): void {
    this.#previous = this.#current = undefined;
    this.#backward = 0;
  }
}

function begin(sent: number, arrival: number): Group {
  return { firstSent: sent, lastSent: sent, firstArrival: arrival, lastArrival: arrival };
}

function belongs(group: Group, sent: number, arrival: number): boolean {
  if (sent - group.firstSent <= groupLength) return true;
  const pause = arrival - group.lastArrival;
  const queued = pause - (sent - group.lastSent);
  return queued < 0 && pause <= burstPause && arrival - group.firstArrival < longestBurst;
}
