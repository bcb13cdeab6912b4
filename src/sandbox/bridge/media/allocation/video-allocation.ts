/**
 * Which videos go to whom, and how much of each (jitsi-videobridge `BandwidthAllocator.kt`, `Prioritize.kt`), and what their senders are told of
 * it. Where nobody competes for places a change costs as much as it changes: nothing then looks at all receivers of all sources.
 */
import type { Milliseconds } from '../../../../base/clock.ts';
import { forwardedSources, senderSourceConstraints } from '../../channel/bridge-message.ts';
import type { EndpointMedia } from '../endpoint-media.ts';
import type { Layer } from '../incoming/layer.ts';
import type { MediaSource } from '../incoming/media-source.ts';
import { allocateBandwidth, type AllocationRequest } from './bandwidth-allocation.ts';
import { consideredLayers, type LayerState } from './considered-layers.ts';
import type { OutgoingStream } from '../outgoing/outgoing-stream.ts';
import { slotLimit } from './source-slots.ts';

export interface VideoAllocationOptions {
  receivers: ReadonlySet<EndpointMedia>;
  /** Those who spoke last, the latest first. */
  speakers(): Iterable<EndpointMedia>;
  /** bit/s that there are for the videos of a receiver; `Infinity` when nobody knows */
  bandwidthOf(receiver: EndpointMedia): number;
  now(): Milliseconds;
}

export class VideoAllocation {
  readonly #options: VideoAllocationOptions;
  readonly #receivers: ReadonlySet<EndpointMedia>;
  /** Each with the streams that it goes out on. */
  readonly #sources = new Map<MediaSource, Set<OutgoingStream>>();
  readonly #byName = new Map<string, MediaSource>();

  constructor(options: VideoAllocationOptions) {
    this.#options = options;
    this.#receivers = options.receivers;
  }

  /** The streams that carry a video now. */
  audienceOf(source: MediaSource): ReadonlySet<OutgoingStream> {
    return this.#sources.get(source) ?? nobody;
  }

  /** A receiver wants something else than before. */
  receiverChanged(receiver: EndpointMedia): void {
    this.#apply(receiver, this.#allocate(receiver));
  }

  /** The bandwidth of a receiver is another. */
  bandwidthChanged(receiver: EndpointMedia): void {
    this.#choose(receiver);
  }

  /** Layers have come or gone: whoever wants one of these videos may get another. */
  layersChanged(sources: readonly MediaSource[]): void {
    for (const receiver of this.#receivers) {
      if (sources.some((source) => receiver.wants.has(source))) this.#choose(receiver);
    }
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

  /** Others are speaking: who does not want all videos, or cannot have all that there is of them, may get others. */
  speakersChanged(): void {
    for (const receiver of this.#receivers) {
      const { bitrate, ideal } = receiver.allocated;
      if (this.#isLimited(receiver)) this.receiverChanged(receiver);
      else if (bitrate < ideal) this.#choose(receiver);
    }
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
      // Nobody competes for places: what has not changed is wanted as before.
      let wants: Map<MediaSource, number> | undefined;
      for (const source of changed) {
        const height = this.#sources.has(source) ? heightFor(receiver, source) : 0;
        if ((receiver.wants.get(source) ?? 0) === height) continue;
        wants ??= new Map(receiver.wants);
        if (height === 0) wants.delete(source);
        else wants.set(source, height);
      }
      if (wants) this.#apply(receiver, wants);
      // It may be a screen now.
      else if (changed.some((source) => receiver.wants.has(source))) this.#choose(receiver);
    }
  }

  #allocate(receiver: EndpointMedia): Map<MediaSource, number> {
    const limit = limitOf(receiver);
    const wants = new Map<MediaSource, number>();
    if (limit === 0) return wants;
    for (const source of this.#prioritized(receiver)) {
      const height = wants.has(source) ? 0 : heightFor(receiver, source);
      if (height !== 0) wants.set(source, height);
      if (wants.size >= limit) break;
    }
    return wants;
  }

  /** What is wanted, the most important first. */
  #inOrder(receiver: EndpointMedia): MediaSource[] {
    const { wants } = receiver;
    const sources = new Set<MediaSource>();
    for (const source of this.#prioritized(receiver)) if (wants.has(source)) sources.add(source);
    for (const source of wants.keys()) sources.add(source);
    return [...sources];
  }

  /** On stage, selected, those who spoke last, the others; some of them several times. */
  *#prioritized({ settings }: EndpointMedia): Iterable<MediaSource> {
    for (const name of settings.chosenSources) yield* this.#named(name);
    for (const speaker of this.#options.speakers()) {
      for (const source of speaker.sources.values()) if (source.kind === 'video') yield source;
    }
    if (settings.wantsOthers) yield* this.#sources.keys();
    else for (const name of settings.constrainedSources) yield* this.#named(name);
  }

  *#named(name: string): Iterable<MediaSource> {
    const source = this.#byName.get(name);
    if (source) yield source;
  }

  /** What is wanted is known: senders learn of it, and layers are chosen. */
  #apply(receiver: EndpointMedia, wants: ReadonlyMap<MediaSource, number>, isToBeTold = true): void {
    const before = receiver.wants;
    receiver.wants = wants;
    for (const source of before.keys()) {
      if (wants.has(source)) continue;
      source.wanted.set(receiver, 0);
      this.#tellOwner(source);
    }
    for (const [source, height] of wants) {
      if (before.get(source) === height) continue;
      source.wanted.set(receiver, height);
      this.#tellOwner(source);
    }
    this.#choose(receiver, isToBeTold);
  }

  /** Chooses a layer of each video that is wanted, or none. */
  #choose(receiver: EndpointMedia, isToBeTold = true): void {
    const now = this.#options.now();
    const { settings, wants } = receiver;
    const bandwidth = this.#options.bandwidthOf(receiver);
    const sources = bandwidth === Infinity ? [...wants.keys()] : this.#inOrder(receiver);
    const requests = sources.map((source) =>
      requestOf(source, wants.get(source) ?? 0, settings.isOnStage(source.name), now),
    );
    const { bitrate, ideal, targets } = allocateBandwidth(requests, bandwidth);
    receiver.allocated = { bitrate, ideal, at: now };
    const before = receiver.forwarded;
    const forwarded = new Map<MediaSource, Layer>();
    for (const [index, target] of targets.entries()) {
      const source = sources[index];
      if (source && target) forwarded.set(source, target.layer);
    }
    receiver.forwarded = forwarded;
    let isChanged = false;
    for (const source of before.keys()) {
      if (forwarded.has(source)) continue;
      isChanged = true;
      this.#stop(receiver, source);
    }
    for (const [source, layer] of forwarded) {
      if (before.get(source) === layer) continue;
      const stream = receiver.streamFor(source);
      stream?.aim(layer);
      if (before.has(source)) continue;
      isChanged = true;
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
    return limitOf(receiver) < Number.POSITIVE_INFINITY;
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

const nobody: ReadonlySet<OutgoingStream> = new Set();

/** The names of the videos that are forwarded to an endpoint, the most wanted first. */
export function namesOf({ forwarded }: EndpointMedia): string[] {
  return [...forwarded.keys()].map(({ name }) => name);
}

interface LayerNow extends LayerState {
  layer: Layer;
}

function requestOf(
  { encodings, videoType }: MediaSource,
  maxHeight: number,
  isOnStage: boolean,
  now: Milliseconds,
): AllocationRequest<LayerNow> {
  const layers = encodings.flatMap((encoding) =>
    encoding.layers.map((layer) => {
      const { bitrate, height } = layer;
      return { layer, height, bitrate, isActive: layer.isActive(now) };
    }),
  );
  return { isOnStage, ...consideredLayers(layers, { videoType, maxHeight, isOnStage }) };
}

function heightFor(receiver: EndpointMedia, source: MediaSource): number {
  if (source.owner === receiver || !source.isEnabled || !receiver.formats.has('video')) return 0;
  return receiver.settings.heightOf(source.name);
}

function limitOf({ hasSlots, settings }: EndpointMedia): number {
  const limit = settings.lastN < 0 ? Number.POSITIVE_INFINITY : settings.lastN;
  return hasSlots ? Math.min(limit, slotLimit) : limit;
}
