/** What comes before the samples of a WAV file of 16 bits. */
import type { WavFormat } from './wav-reader.ts';

export const wavHeaderLength = 44;
const sampleBytes = 2;
/** As ffmpeg and sox write it into pipes. */
const unknown = 0xff_ff_ff_ff;

/** @param dataLength bytes of samples; undefined: not known, as in a pipe. What is more than WAV can say is as good as unknown */
export function wavHeader({ channels, sampleRate }: WavFormat, dataLength?: number): Uint8Array {
  const header = new Uint8Array(wavHeaderLength);
  const view = new DataView(header.buffer);
  const text = (at: number, characters: string): void => header.set(Buffer.from(characters, 'latin1'), at);
  const length = (at: number, more: number): void =>
    view.setUint32(at, Math.min(unknown, (dataLength ?? Infinity) + more), true);
  text(0, 'RIFF');
  length(4, wavHeaderLength - 8);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * channels * sampleBytes, true);
  view.setUint16(32, channels * sampleBytes, true);
  view.setUint16(34, 8 * sampleBytes, true);
  text(36, 'data');
  length(40, 0);
  return header;
}
