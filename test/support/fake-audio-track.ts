/** A conference with audio tracks that keep what is sent on them. */
import type { Conference } from '../../src/client/conference.ts';
import type { LocalTrack } from '../../src/client/media/local/local-track.ts';
import type { LocalFrame } from '../../src/client/media/track-types.ts';
import { createOpusDecoder } from '../../src/media/opus/decoder.ts';

type Name = 'ready' | 'stopped' | 'muted';

export class FakeAudioTrack {
  readonly frames: LocalFrame[] = [];
  readonly #listeners: [Name, () => void][] = [];
  isReady: boolean;
  muted = false;

  constructor(isReady: boolean) {
    this.isReady = isReady;
  }

  on(event: Name, listener: () => void): () => void {
    this.#listeners.push([event, listener]);
    return () => {};
  }

  unmute(): void {
    this.muted = false;
  }

  send(frame: LocalFrame): boolean {
    if (this.isReady) this.frames.push(frame);
    return this.isReady;
  }

  stop(): void {
    this.isReady = false;
    this.#emit('stopped');
  }

  /** A session takes it, or it is muted no more; or the contrary. */
  setReady(isReady: boolean): void {
    this.isReady = isReady;
    if (isReady) this.#emit('ready');
  }

  /** When each frame is heard, ms. */
  get times(): number[] {
    return this.frames.map(({ timestamp }) => timestamp);
  }

  /** What is heard of it: silence where nothing was sent. */
  async heard(sampleRate: 16_000 | 48_000 = 48_000): Promise<Int16Array> {
    const decoder = await createOpusDecoder({ sampleRate, channels: 1 });
    const [first = { timestamp: 0 }] = this.frames;
    const at = (time: number): number => Math.round(((time - first.timestamp) * sampleRate) / 1000);
    const samples = new Int16Array(at(this.frames.at(-1)?.timestamp ?? 0) + sampleRate / 50);
    for (const { data, timestamp } of this.frames) samples.set(decoder.decode(data), at(timestamp));
    decoder.close();
    return samples;
  }

  #emit(event: Name): void {
    for (const [name, listener] of this.#listeners) if (name === event) listener();
  }
}

export class FakeAudioConference {
  readonly track: FakeAudioTrack;
  state: Conference['state'] = 'joined';

  constructor({ isReady = true }: { isReady?: boolean } = {}) {
    this.track = new FakeAudioTrack(isReady);
  }

  end(): void {
    this.state = 'ended';
    this.track.stop();
  }

  addTrack(): LocalTrack {
    return this.track as unknown as LocalTrack;
  }
}
