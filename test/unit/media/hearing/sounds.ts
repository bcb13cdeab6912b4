/** Sound made up for tests: frames that are no real Opus, and a decoder that knows them. */
import type { SoundFrame } from '../../../../src/media/hearing/sound-frame.ts';
import type { OpusDecoder } from '../../../../src/media/opus/types.ts';
import type { PcmBlock } from '../../../../src/media/sound/pcm-block.ts';

/** Opus of 20 ms, by its first byte (RFC 6716, 3.1). */
const toc = 0xf8;

/** The frames of a sender: each call is the next 20 ms. */
export class FakeSender {
  sequenceNumber = 100;
  rtpTimestamp = 4_294_960_000;
  /** ms since the epoch */
  at: number;

  constructor(at = 1_000_000) {
    this.at = at;
  }

  /** @param value of all its samples @param level -dBov; undefined: it says nothing of that */
  frame(value = 1, level?: number): SoundFrame {
    const { at, rtpTimestamp, sequenceNumber } = this;
    this.skip(20, 1);
    return {
      // Three bytes: less says that there is nothing to hear.
      data: Uint8Array.of(toc, value, 0),
      rtpTimestamp,
      sequenceNumber,
      captureTime: at,
      ...(level !== undefined && { audioLevel: { level, voice: false } }),
    };
  }

  frames(count: number, value = 1, level?: number): SoundFrame[] {
    return Array.from({ length: count }, () => this.frame(value, level));
  }

  /** @param duration ms that pass @param packets that are lost in them */
  skip(duration: number, packets = 0): void {
    this.sequenceNumber += packets;
    this.rtpTimestamp = (this.rtpTimestamp + duration * 48) >>> 0;
    this.at += duration;
  }
}

export class FakeDecoder implements OpusDecoder {
  readonly #samples: number;
  readonly #channels: number;
  decoded = 0;
  concealed = 0;
  /** From which. */
  readonly recovered: number[] = [];
  isClosed = false;

  constructor(sampleRate = 8_000, channels = 1) {
    this.#samples = sampleRate / 50;
    this.#channels = channels;
  }

  decode([first, value = 0]: Uint8Array): Int16Array {
    if (first !== toc) throw new Error('no Opus');
    this.decoded += 1;
    return new Int16Array(this.#samples * this.#channels).fill(value);
  }

  conceal(samplesPerChannel: number): Int16Array {
    this.concealed += 1;
    return new Int16Array(samplesPerChannel * this.#channels).fill(-1);
  }

  recover([, value = 0]: Uint8Array, samplesPerChannel: number): Int16Array {
    this.recovered.push(value);
    return this.conceal(samplesPerChannel);
  }

  close(): void {
    this.isClosed = true;
  }
}

/** Blocks in brief: `1×20` is 20 ms of the value 1, `?×20` concealed, `_×20` silence, `|` a mark; those alike that follow each other as one. */
export function brief(blocks: readonly PcmBlock[]): string {
  const pieces: { name: string; duration: number }[] = [];
  for (const block of blocks) {
    const duration = durationIn(block);
    const name = { decoded: String(block.samples[0]), concealed: '?', silence: '_' }[block.origin];
    const last = pieces.at(-1);
    if (duration > 0 && last?.name === name) last.duration += duration;
    else pieces.push({ name: duration > 0 ? name : '|', duration });
  }
  return pieces.map(({ name, duration }) => (duration > 0 ? `${name}×${duration}` : name)).join(' ');
}

/** ms */
export function durationIn({ channels, sampleRate, samples }: PcmBlock): number {
  return (samples.length / channels / sampleRate) * 1_000;
}
