/** The 48-bit index of a source's packets, of which the 16-bit sequence number is what can be seen (RFC 3711, 3.3.1), and which have come (3.3.2). */
import { sequenceDistance } from '../rtp/sequence.ts';

/** Packets that may come late; the least that RFC 3711, 3.3.2 allows is 64. A power of two. */
const windowSize = 128;
/** Sources of the other side whose indices are kept: far more than send at a time. */
const maxSources = 16_384;

export class PacketIndex {
  /** When it was last kept, as {@link PacketIndices} counts. */
  usedAt = 0;
  #highest = -1;
  /** A bit for each of the last indices that has come, at the index modulo its size. */
  #window: Uint32Array | undefined;

  /** The index nearest to the highest so far. It is below 0 for what is older than the first packet. */
  of(sequenceNumber: number): number {
    if (this.#highest < 0) return sequenceNumber;
    return this.#highest + sequenceDistance(this.#highest, sequenceNumber);
  }

  /** Neither taken before nor too old to know. */
  isNew(index: number): boolean {
    if (index < 0 || index <= this.#highest - windowSize) return false;
    return index > this.#highest || ((this.#window?.[wordOf(index)] ?? 0) & bitOf(index)) === 0;
  }

  /** It is being sent: only the highest counts. */
  reach(index: number): void {
    if (index > this.#highest) this.#highest = index;
  }

  /** The packet is authentic. */
  take(index: number): void {
    if (index < 0 || index <= this.#highest - windowSize) return;
    this.#window ??= new Uint32Array(windowSize / 32);
    if (index >= this.#highest + windowSize) this.#window.fill(0);
    else
      for (let skipped = this.#highest + 1; skipped < index; skipped++)
        this.#set(this.#window, skipped, false);
    this.#set(this.#window, index, true);
    this.reach(index);
  }

  #set(window: Uint32Array, index: number, hasCome: boolean): void {
    const word = window[wordOf(index)] ?? 0;
    window[wordOf(index)] = hasCome ? word | bitOf(index) : word & ~bitOf(index);
  }
}

/** Those of all sources of the other side. It may have any number of them: the ones that were quiet for longest are forgotten. */
export class PacketIndices {
  readonly #bySsrc = new Map<number, PacketIndex>();
  #uses = 0;

  get size(): number {
    return this.#bySsrc.size;
  }

  /** A new one for a source that is not known; it is not kept. */
  of(ssrc: number): PacketIndex {
    return this.#bySsrc.get(ssrc) ?? new PacketIndex();
  }

  /** A packet of the source is authentic. */
  keep(ssrc: number, index: PacketIndex): void {
    index.usedAt = ++this.#uses;
    if (this.#bySsrc.get(ssrc) === index) return;
    if (this.#bySsrc.size === maxSources) this.#forget();
    this.#bySsrc.set(ssrc, index);
  }

  #forget(): void {
    const byUse = [...this.#bySsrc].sort(([, one], [, other]) => one.usedAt - other.usedAt);
    for (const [ssrc] of byUse.slice(0, maxSources / 2)) this.#bySsrc.delete(ssrc);
  }
}

function wordOf(index: number): number {
  return (index % windowSize) >>> 5;
}

function bitOf(index: number): number {
  return 1 << (index % 32);
}
