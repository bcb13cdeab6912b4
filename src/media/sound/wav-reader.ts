/** WAV (RIFF, Microsoft's "Multiple Channel Audio Data and WAVE Files") as it comes: samples are handed out before the end is there. */
import { ParseError } from '../../base/errors.ts';
import { bytesOfSample, type SampleFormat, toInt16 } from './sample-format.ts';

export interface WavFormat {
  /** Hz */
  sampleRate: number;
  channels: 1 | 2;
}

/** bytes of "RIFF", a length, "WAVE" */
const riffLength = 12;
const chunkHeaderLength = 8;
/** bytes of the chunk "fmt " that are looked at, and that there may be */
const [formatLength, longestFormat] = [40, 4096];
/** Who writes into a pipe does not know the length, and writes the largest or none; from here on no file has it either. */
const unknownLength = 0x7f_ff_00_00;

const [pcm, float, extensible] = [1, 3, 0xff_fe];
/** What is wanted often enough to be called by its name. */
const otherEncodings: Readonly<Record<number, string>> = { 2: 'ADPCM', 6: 'A-law', 7: 'µ-law', 85: 'MP3' };

export class WavReader {
  #pending: Uint8Array = new Uint8Array();
  /** Bytes of a chunk that nobody wants. */
  #skip = 0;
  #hasBegun = false;
  #format: (WavFormat & { sampleFormat: SampleFormat }) | undefined;
  /** Bytes of sound that are still to come; undefined: it has not begun. */
  #left: number | undefined;

  /** Known once the sound begins. */
  get format(): WavFormat | undefined {
    if (!this.#format || this.#left === undefined) return undefined;
    const { channels, sampleRate } = this.#format;
    return { channels, sampleRate };
  }

  /**
   * @returns samples of 16 bits, interleaved; what follows the sound is not read
   * @throws ParseError `wav-header`, `wav-format`
   */
  push(bytes: Uint8Array): Int16Array {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    while (this.#left === undefined) if (!this.#readChunk()) return new Int16Array();
    return this.#samples();
  }

  /**
   * The input has ended. A sound may be cut short: what came of it was handed out.
   * @throws ParseError `wav-truncated`: it never began
   */
  end(): void {
    if (this.#left !== undefined) return;
    throw new ParseError(
      'wav',
      'wav-truncated',
      this.#hasBegun ? 'the WAV file ends before its sound begins' : 'the input ends before it is a WAV file',
    );
  }

  #samples(): Int16Array {
    if (!this.#format || this.#left === undefined) return new Int16Array();
    const { channels, sampleFormat } = this.#format;
    const there = Math.min(this.#pending.length, this.#left);
    const size = channels * bytesOfSample[sampleFormat];
    const taken = there - (there % size);
    const samples = toInt16(this.#pending.subarray(0, taken), sampleFormat);
    this.#left -= taken;
    // What is left may be kept for long: not with all that was read with it.
    this.#pending = this.#left < size ? new Uint8Array() : new Uint8Array(this.#pending.subarray(taken));
    return samples;
  }

  /** @returns false: more bytes are needed */
  #readChunk(): boolean {
    if (!this.#hasBegun) return this.#begin();
    const skipped = Math.min(this.#skip, this.#pending.length);
    this.#skip -= skipped;
    this.#pending = this.#pending.subarray(skipped);
    if (this.#skip > 0 || this.#pending.length < chunkHeaderLength) return this.#wait();
    const view = viewOf(this.#pending);
    const [name, length] = [textAt(view, 0), view.getUint32(4, true)];
    if (name === 'fmt ') return this.#readFormat(view, length);
    this.#pending = this.#pending.subarray(chunkHeaderLength);
    if (name === 'data') {
      if (!this.#format) throw headerError('its sound comes before its format');
      this.#left = length === 0 || length >= unknownLength ? Infinity : length;
    } else this.#skip = length + (length % 2);
    return true;
  }

  #begin(): boolean {
    if (this.#pending.length < riffLength) return this.#wait();
    const view = viewOf(this.#pending);
    if (!['RIFF', 'RF64'].includes(textAt(view, 0)) || textAt(view, 8) !== 'WAVE')
      throw headerError('it does not begin as one');
    this.#pending = this.#pending.subarray(riffLength);
    return (this.#hasBegun = true);
  }

  #readFormat(view: DataView, length: number): boolean {
    if (length < 16 || length > longestFormat) throw headerError(`its format has ${length} bytes`);
    if (view.byteLength < chunkHeaderLength + Math.min(length, formatLength)) return this.#wait();
    this.#format = readFormat(
      new DataView(view.buffer, view.byteOffset + chunkHeaderLength, Math.min(length, formatLength)),
    );
    this.#skip = chunkHeaderLength + length + (length % 2);
    return true;
  }

  /** For more: what is kept is a copy, since the bytes are the caller's. */
  #wait(): false {
    this.#pending = new Uint8Array(this.#pending);
    return false;
  }
}

function readFormat(view: DataView): WavFormat & { sampleFormat: SampleFormat } {
  const [channels, sampleRate, bits] = [
    view.getUint16(2, true),
    view.getUint32(4, true),
    view.getUint16(14, true),
  ];
  let encoding = view.getUint16(0, true);
  if (encoding === extensible) {
    if (view.byteLength < formatLength) throw headerError('the extension of its format is missing');
    // The first two bytes of its GUID; the others are the same for all.
    encoding = view.getUint16(24, true);
  }
  const sampleFormat = sampleFormatOf(encoding, bits);
  if (!sampleFormat) throw formatError(inWords(encoding, bits));
  if (channels !== 1 && channels !== 2)
    throw formatError(`it has ${channels} channels; one or two can be read`);
  if (sampleRate < 1000 || sampleRate > 384_000) throw formatError(`it has ${sampleRate} samples a second`);
  return { channels, sampleRate, sampleFormat };
}

function sampleFormatOf(encoding: number, bits: number): SampleFormat | undefined {
  if (encoding === pcm) return ({ 8: 'u8', 16: 's16', 24: 's24', 32: 's32' } as const)[bits];
  if (encoding === float) return ({ 32: 'f32', 64: 'f64' } as const)[bits];
  return undefined;
}

function inWords(encoding: number, bits: number): string {
  if (encoding === pcm || encoding === float) return `its samples have ${bits} bits`;
  return `its samples are ${otherEncodings[encoding] ?? `of kind ${encoding}`}; PCM can be read, of whole numbers or floats`;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function textAt(view: DataView, at: number): string {
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, 4));
}

function headerError(reason: string): ParseError {
  return new ParseError('wav', 'wav-header', `unusable WAV file: ${reason}`);
}

function formatError(reason: string): ParseError {
  return new ParseError('wav', 'wav-format', `unusable WAV file: ${reason}`);
}
