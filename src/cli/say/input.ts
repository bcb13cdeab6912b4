/** The sound on stdin: its format, and its samples as they come. */
import { messageOf, ParseError, UsageError } from '../../base/errors.ts';
import { onAbort } from '../../base/on-abort.ts';
import type { Samples } from '../../media/speaking/pushed-samples.ts';
import { type WavFormat, WavReader } from '../../media/sound/wav-reader.ts';
import type { InputStream } from '../streams/io.ts';

export interface Sound {
  format: WavFormat;
  samples: Samples;
}

/**
 * @param format of samples without a header; undefined: it is WAV
 * @param signal breaks it off
 * @throws UsageError `say-input`; or the signal's reason
 */
export async function* readSound(
  stdin: InputStream,
  format: WavFormat | undefined,
  signal: AbortSignal,
): AsyncGenerator<Sound> {
  const off = onAbort(signal, () => stdin.destroy());
  try {
    if (format) for await (const samples of stdin) yield { format, samples: samples as Buffer };
    else yield* readWav(stdin);
  } catch (error) {
    // A stream that is destroyed fails in its own words.
    signal.throwIfAborted();
    if (!(error instanceof ParseError)) throw error;
    throw new UsageError(`reading stdin: ${messageOf(error)}; samples without a header need --rate`, {
      code: 'say-input',
      cause: error,
    });
  } finally {
    off();
  }
}

async function* readWav(stdin: InputStream): AsyncGenerator<Sound> {
  const reader = new WavReader();
  for await (const bytes of stdin) {
    const samples = reader.push(bytes as Buffer);
    if (reader.format) yield { format: reader.format, samples };
  }
  reader.end();
}
