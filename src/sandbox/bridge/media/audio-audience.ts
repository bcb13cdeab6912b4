/** Who hears a source: everybody but its owner, unless they want less (media 6.3). Looked up when a packet comes and something has changed. */
import type { EndpointMedia } from './endpoint-media.ts';
import type { MediaSource } from './media-source.ts';
import type { OutgoingStream } from './outgoing-stream.ts';

export class AudioAudience {
  readonly #receivers: ReadonlySet<EndpointMedia>;
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
    if (source.audienceVersion !== this.#version) this.#update(source);
    return source.audience;
  }

  #update(source: MediaSource): void {
    source.audienceVersion = this.#version;
    const before = new Set(source.audience);
    source.audience.clear();
    for (const receiver of this.#receivers) {
      if (!receiver.hears(source)) continue;
      const known = receiver.existingStream(source);
      const stream = known ?? receiver.streamFor(source);
      if (!stream) continue;
      source.audience.add(stream);
      before.delete(stream);
      if (known) continue;
      receiver.tellNewSlots();
      // It may have been taken from another source, which is to look for one again.
      if (receiver.hasSlots) this.#version += 1;
    }
    source.audienceVersion = this.#version;
    // A stream that stands for another source by now has begun anew already.
    for (const stream of before) if (stream.source === source) stream.pause();
  }
}
