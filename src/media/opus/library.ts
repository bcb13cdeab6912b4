/** The library, libopus as WebAssembly, loaded when the first codec is made. */
import { UsageError } from '../../base/errors.ts';

type Library = typeof import('libopus-wasm');

export function loadLibrary(): Promise<Library> {
  return import('libopus-wasm');
}

/** Samples of a channel in 2.5 ms, the shortest there is. */
export function shortestFrame(sampleRate: number): number {
  return sampleRate / 400;
}

export function closedError(tried: string): UsageError {
  return new UsageError(`${tried}: the codec is closed; make another one`, { code: 'opus-closed' });
}

export function samplesError(tried: string, problem: string): UsageError {
  return new UsageError(`${tried}: ${problem}`, { code: 'opus-samples' });
}
