/** Who hears a source: everybody but its owner, unless they want less (media 6.3). Looked up when a packet comes and something has changed. */
import type { EndpointMedia } from '../endpoint-media.ts';
import type { MediaSource } from '../incoming/media-source.ts';
import type { OutgoingStream } from '../outgoing/outgoing-stream.ts';

interface Audience {
  version: number;
  streams: ReadonlySet<OutgoingStream>;
}

export class AudioAudience {
  readonly #receivers: ReadonlySet<EndpointMedia>;
  readonly #audiences = new WeakMap<MediaSource, Audience>();
  #version = 0;

  constructor(receivers: ReadonlySet<EndpointMedia>) {
    this.#receivers = receivers;
  }

  /** Receivers have come or gone, or want others than before. */
  changed(): void {
    this.#version += 1;
  }

  /** The streams that carry a source of audio now. */
  of(source: MediaSource): ReadonlySet<OutgoingStream> {
    const audience = this.#audiences.get(source);
    return audience?.version === this.#version ? audience.streams : this.#update(source, audience?.streams);
  }

  #update(source: MediaSource, before: Iterable<OutgoingStream> = []): ReadonlySet<OutgoingStream> {
    const streams = new Set<OutgoingStream>();
    for (const receiver of this.#receivers) {
      if (!receiver.hears(source)) continue;
      const known = receiver.existingStream(source);
      const stream = known ?? receiver.streamFor(source);
      if (!stream) continue;
      streams.add(stream);
      if (known) continue;
      receiver.tellNewSlots();
      // It may have been taken from another source, which is to look for one again.
      if (receiver.hasSlots) this.#version += 1;
    }
    this.#audiences.set(source, { version: this.#version, streams });
    for (const stream of before) {
      // One that stands for another source by now has begun anew already.
      if (!streams.has(stream) && stream.source === source) stream.pause();
    }
    return streams;
  }
}
