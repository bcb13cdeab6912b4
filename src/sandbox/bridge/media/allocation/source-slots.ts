/**
 * The SSRCs of one receiver that does not learn of the others' own: each stands for one source at a time, and when there are none left the
 * one that was quiet for longest stands for another (media 3.7; jitsi-videobridge `SsrcCache.kt`).
 */
import type { MediaType } from '../../../../jingle/model.ts';
import type { MediaSource } from '../incoming/media-source.ts';
import type { OutgoingStream } from '../outgoing/outgoing-stream.ts';

/** `videobridge.ssrc-limit`, of each kind. */
export const slotLimit = 50;

export class SourceSlots {
  readonly #create: (mid: string) => OutgoingStream;
  readonly #kind: MediaType;
  readonly #streams: OutgoingStream[] = [];
  readonly #bySource = new Map<MediaSource, OutgoingStream>();

  /** @param create a stream with SSRCs of its own */
  constructor(kind: MediaType, create: (mid: string) => OutgoingStream) {
    this.#kind = kind;
    this.#create = create;
  }

  /** Those that stand for a source. */
  get mapped(): readonly OutgoingStream[] {
    return this.#streams.filter(({ source }) => source !== undefined);
  }

  find(source: MediaSource): OutgoingStream | undefined {
    return this.#bySource.get(source);
  }

  /** A slot for a source that has none. @param isNeeded slots whose source must not lose it */
  assign(source: MediaSource, isNeeded: (other: MediaSource) => boolean): OutgoingStream | undefined {
    const stream = this.#free() ?? this.#new() ?? this.#leastUsed(isNeeded);
    if (!stream) return undefined;
    if (stream.source) this.#bySource.delete(stream.source);
    stream.attach(source);
    this.#bySource.set(source, stream);
    return stream;
  }

  /** The source is gone; nobody is told (media 3.7). */
  release(source: MediaSource): void {
    this.#bySource.get(source)?.detach();
    this.#bySource.delete(source);
  }

  #free(): OutgoingStream | undefined {
    return this.#streams.find(({ source }) => source === undefined);
  }

  #new(): OutgoingStream | undefined {
    if (this.#streams.length === slotLimit) return undefined;
    const stream = this.#create(`${this.#kind === 'audio' ? 'a' : 'v'}${this.#streams.length}`);
    this.#streams.push(stream);
    return stream;
  }

  #leastUsed(isNeeded: (other: MediaSource) => boolean): OutgoingStream | undefined {
    let least: OutgoingStream | undefined;
    for (const stream of this.#streams) {
      if (stream.source && isNeeded(stream.source)) continue;
      if (!least || stream.lastSent < least.lastSent) least = stream;
    }
    return least;
  }
}
