/**
 * Packets → samples (RFC 6716). The library sees whole packets only, and hands out floats: its way to 16 bits keeps 120 ms of floats on a
 * stack of 64 KiB, which leaves too little for what a hostile packet may ask for.
 */
import { messageOf, ParseError } from '../../base/errors.ts';
import { isOpusPacket } from '../../rtp/codecs/opus/packet.ts';
import { floatsToInt16 } from '../sound/sample-format.ts';
import { closedError, loadLibrary, samplesError, shortestFrame } from './library.ts';
import { checkDecoderOptions } from './options.ts';
import type { OpusDecoder, OpusDecoderOptions } from './types.ts';

type Handle = Awaited<ReturnType<Awaited<ReturnType<typeof loadLibrary>>['createDecoder']>>;

/** @throws UsageError `option-invalid`, `option-unknown` */
export async function createOpusDecoder(options: OpusDecoderOptions): Promise<OpusDecoder> {
  checkDecoderOptions(options);
  const { createDecoder } = await loadLibrary();
  const { sampleRate, channels } = options;
  return new LibraryDecoder(await createDecoder({ sampleRate, channels }));
}

class LibraryDecoder implements OpusDecoder {
  #handle: Handle | undefined;
  readonly #sampleRate: number;

  constructor(handle: Handle) {
    this.#handle = handle;
    this.#sampleRate = handle.sampleRate;
  }

  decode(packet: Uint8Array): Int16Array {
    const handle = this.#open('decoding Opus');
    return decoded('decoding', packet, () => handle.decodeFloat(packet));
  }

  conceal(samplesPerChannel: number): Int16Array {
    const handle = this.#open('concealing lost packets');
    this.#checkLength(samplesPerChannel);
    return floatsToInt16(handle.decodePacketLossFloat(samplesPerChannel));
  }

  recover(next: Uint8Array, samplesPerChannel: number): Int16Array {
    const handle = this.#open('recovering a lost packet');
    this.#checkLength(samplesPerChannel);
    return decoded('recovering what was lost before', next, () =>
      handle.decodeFloat(next, { decodeFec: true, frameSize: samplesPerChannel }),
    );
  }

  close(): void {
    this.#handle?.free();
    this.#handle = undefined;
  }

  #open(tried: string): Handle {
    if (!this.#handle) throw closedError(tried);
    return this.#handle;
  }

  #checkLength(samples: number): void {
    const shortest = shortestFrame(this.#sampleRate);
    if (samples > 0 && samples % shortest === 0 && samples <= 48 * shortest) return;
    throw samplesError(
      'concealing lost packets',
      `${samples} samples are asked for; at ${this.#sampleRate} Hz it is to be a multiple of ${shortest}, up to ${48 * shortest}`,
    );
  }
}

function decoded(doing: string, packet: Uint8Array, decode: () => Float32Array): Int16Array {
  if (!isOpusPacket(packet))
    throw new ParseError('opus', 'opus-packet', `${doing} ${packet.length} bytes: they are no Opus packet`);
  try {
    return floatsToInt16(decode());
  } catch (error) {
    const problem = `${doing} an Opus packet of ${packet.length} bytes: ${messageOf(error)}`;
    throw new ParseError('opus', 'opus-packet', problem, error);
  }
}
