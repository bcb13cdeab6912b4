/**
 * Which videos go to whom (jitsi-videobridge `BandwidthAllocator.kt`, `Prioritize.kt`, without a limit of bandwidth), and what their
 * senders are told of it. A change costs as much as it changes: nothing here looks at all receivers of all sources.
 */
import { forwardedSources, senderSourceConstraints } from '../../channel/bridge-message.ts';
import type { EndpointMedia } from '../endpoint-media.ts';
import { maxDownlink } from '../media-faults.ts';
import type { MediaSource } from '../incoming/media-source.ts';
import type { OutgoingStream } from '../outgoing/outgoing-stream.ts';
import { slotLimit } from './source-slots.ts';

export class VideoAllocation {
  readonly #receivers: ReadonlySet<EndpointMedia>;
  readonly #speakers: () => Iterable<EndpointMedia>;
  readonly #downlink: () => number;
  /** Each with the streams that it goes out on. */
  readonly #sources = new Map<MediaSource, Set<OutgoingStream>>();
  readonly #byName = new Map<string, MediaSource>();

  /** @param speakers those who spoke last, the latest first @param downlink bit/s to every receiver */
  constructor(
    receivers: ReadonlySet<EndpointMedia>,
    speakers: () => Iterable<EndpointMedia>,
    downlink: () => number,
  ) {
    this.#receivers = receivers;
    this.#speakers = speakers;
    this.#downlink = downlink;
  }

  /** The streams that carry a video now. */
  audienceOf(source: MediaSource): ReadonlySet<OutgoingStream> {
    return this.#sources.get(source) ?? nobody;
  }

  /** A receiver wants something else than before. */
  receiverChanged(receiver: EndpointMedia): void {
    this.#apply(receiver, this.#allocate(receiver));
  }

  allReceiversChanged(): void {
    for (const receiver of this.#receivers) this.receiverChanged(receiver);
  }

  /** A receiver is gone. */
  receiverGone(receiver: EndpointMedia): void {
    this.#apply(receiver, new Map(), false);
  }

  /** Videos have come, or are sent now, or not any more. */
  sourcesChanged(sources: readonly MediaSource[]): void {
    for (const source of sources) {
      if (!this.#sources.has(source)) this.#sources.set(source, new Set());
      this.#byName.set(source.name, source);
    }
    this.#reallocate(sources);
    for (const source of sources) this.#tellOwner(source);
  }

  sourcesGone(sources: readonly MediaSource[]): void {
    for (const source of sources) {
      this.#sources.delete(source);
      if (this.#byName.get(source.name) === source) this.#byName.delete(source.name);
    }
    this.#reallocate(sources);
  }

  /** Others are speaking: who does not want all videos may get others. */
  speakersChanged(): void {
    for (const receiver of this.#receivers) if (this.#isLimited(receiver)) this.receiverChanged(receiver);
  }

  /** Tells the owners of videos that nobody was there to want. */
  audienceChanged(): void {
    for (const source of this.#sources.keys()) this.#tellOwner(source);
  }

  #reallocate(changed: readonly MediaSource[]): void {
    for (const receiver of this.#receivers) {
      if (this.#isLimited(receiver)) {
        this.receiverChanged(receiver);
        continue;
      }
      // Nobody competes: what has not changed stays as it is.
      let wants: Map<MediaSource, number> | undefined;
      for (const source of changed) {
        const height = this.#sources.has(source) ? heightFor(receiver, source) : 0;
        if ((receiver.wants.get(source) ?? 0) === height) continue;
        wants ??= new Map(receiver.wants);
        if (height === 0) wants.delete(source);
        else wants.set(source, height);
      }
      if (wants) this.#apply(receiver, wants);
    }
  }

  #allocate(receiver: EndpointMedia): Map<MediaSource, number> {
    const limit = this.#limitOf(receiver);
    const wants = new Map<MediaSource, number>();
    if (limit === 0) return wants;
    for (const source of this.#prioritized(receiver)) {
      const height = wants.has(source) ? 0 : heightFor(receiver, source);
      if (height !== 0) wants.set(source, height);
      if (wants.size >= limit) break;
    }
    return wants;
  }

  /** On stage, selected, those who spoke last, the others; some of them several times. */
  *#prioritized({ settings }: EndpointMedia): Iterable<MediaSource> {
    for (const name of settings.chosenSources) yield* this.#named(name);
    for (const speaker of this.#speakers()) {
      for (const source of speaker.sources.values()) if (source.kind === 'video') yield source;
    }
    if (settings.wantsOthers) yield* this.#sources.keys();
    else for (const name of settings.constrainedSources) yield* this.#named(name);
  }

  *#named(name: string): Iterable<MediaSource> {
    const source = this.#byName.get(name);
    if (source) yield source;
  }

  #apply(receiver: EndpointMedia, wants: ReadonlyMap<MediaSource, number>, isToBeTold = true): void {
    const before = receiver.wants;
    receiver.wants = wants;
    let isChanged = false;
    for (const source of before.keys()) {
      if (wants.has(source)) continue;
      isChanged = true;
      source.wanted.set(receiver, 0);
      this.#stop(receiver, source);
      this.#tellOwner(source);
    }
    for (const [source, height] of wants) {
      const heightBefore = before.get(source);
      if (heightBefore === height) continue;
      source.wanted.set(receiver, height);
      this.#tellOwner(source);
      if (heightBefore !== undefined) continue;
      isChanged = true;
      const stream = receiver.streamFor(source);
      if (stream) this.#sources.get(source)?.add(stream);
    }
    if (!isChanged || !isToBeTold) return;
    receiver.tellNewSlots();
    receiver.send(forwardedSources(namesOf(receiver)));
  }

  #stop(receiver: EndpointMedia, source: MediaSource): void {
    const stream = receiver.existingStream(source);
    if (!stream) return;
    stream.pause();
    this.#sources.get(source)?.delete(stream);
  }

  /** Sources compete for places. */
  #isLimited(receiver: EndpointMedia): boolean {
    return this.#limitOf(receiver) < Number.POSITIVE_INFINITY;
  }

  /** Videos at most. */
  #limitOf(receiver: EndpointMedia): number {
    const downlink = this.#downlink();
    const fitting = downlink >= maxDownlink ? Number.POSITIVE_INFINITY : Math.floor(downlink / lowestBitrate);
    return Math.min(fitting, limitOf(receiver));
  }

  #tellOwner(source: MediaSource): void {
    const height = source.wanted.greatest;
    // What nobody ever wanted, because there is nobody else, stays open.
    const isUnknown = source.toldHeight === undefined && this.#receivers.size < 2;
    if (isUnknown || source.toldHeight === height || !this.#sources.has(source)) return;
    source.toldHeight = height;
    source.owner.send(senderSourceConstraints(source.name, height));
  }
}

/** bit/s that a video needs at least, as a rule: what does not fit is suspended. */
const lowestBitrate = 150_000;

const nobody: ReadonlySet<OutgoingStream> = new Set();

/** The names of the videos that are forwarded to an endpoint, the most wanted first. */
export function namesOf({ wants }: EndpointMedia): string[] {
  return [...wants.keys()].map(({ name }) => name);
}

function heightFor(receiver: EndpointMedia, source: MediaSource): number {
  if (source.owner === receiver || !source.isEnabled || !receiver.formats.has('video')) return 0;
  return receiver.settings.heightOf(source.name);
}

function limitOf({ hasSlots, settings }: EndpointMedia): number {
  const limit = settings.lastN < 0 ? Number.POSITIVE_INFINITY : settings.lastN;
  return hasSlots ? Math.min(limit, slotLimit) : limit;
}
