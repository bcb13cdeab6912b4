/** Samples → packets of 20 ms (RFC 6716). What was said in a packet is repeated in the next, coarsely, for receivers that have lost it. */
import { closedError, loadLibrary, samplesError } from './library.ts';
import { checkEncoderOptions } from './options.ts';
import type { OpusEncoder, OpusEncoderOptions } from './types.ts';

type Library = Awaited<ReturnType<typeof loadLibrary>>;
type Handle = Awaited<ReturnType<Library['createEncoder']>>;

/** Packets a second of 20 ms each. */
const packetsPerSecond = 50;
/** %, what is expected to be lost: so much is spent on repeating. */
const expectedLoss = 5;

/** @throws UsageError `option-invalid`, `option-unknown` */
export async function createOpusEncoder(options: OpusEncoderOptions): Promise<OpusEncoder> {
  checkEncoderOptions(options);
  const library = await loadLibrary();
  const { sampleRate, channels, application = 'voip' } = options;
  const isVoice = application === 'voip';
  const handle = await library.createEncoder({
    sampleRate,
    channels,
    application: isVoice ? library.Application.Voip : library.Application.Audio,
    bitrate: options.bitrate ?? (isVoice ? 32_000 : 64_000 * channels),
    // Only the speech codec within Opus can.
    fec: isVoice,
    packetLossPercent: isVoice ? expectedLoss : 0,
  });
  return new LibraryEncoder(handle);
}

class LibraryEncoder implements OpusEncoder {
  #handle: Handle | undefined;
  readonly #length: number;

  constructor(handle: Handle) {
    this.#handle = handle;
    this.#length = (handle.sampleRate / packetsPerSecond) * handle.channels;
  }

  encode(samples: Int16Array): Uint8Array {
    if (!this.#handle) throw closedError('encoding Opus');
    if (!(samples instanceof Int16Array))
      throw samplesError('encoding Opus', 'samples are to be an Int16Array');
    if (samples.length !== this.#length)
      throw samplesError(
        'encoding Opus',
        `got ${samples.length} samples; 20 ms, ${this.#length} of them, are to be given`,
      );
    return this.#handle.encode(samples);
  }

  close(): void {
    this.#handle?.free();
    this.#handle = undefined;
  }
}
