/**
 * Engines compile WebAssembly when it is first run. For an encoder that takes long enough to be heard, so it runs before there is anything
 * to say: once in a process.
 */
import { createOpusEncoder } from '../opus/encoder.ts';

let warming: Promise<void> | undefined;

export function warmUp(): Promise<void> {
  return (warming ??= encodeSome());
}

async function encodeSome(): Promise<void> {
  const encoder = await createOpusEncoder({ sampleRate: 48_000, channels: 1 });
  // Silence and sound take different ways.
  const sound = Int16Array.from({ length: 960 }, (_, index) => 8000 * Math.sin(index / 17));
  for (const samples of [sound, sound, new Int16Array(960), sound]) encoder.encode(samples);
  encoder.close();
}
