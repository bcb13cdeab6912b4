/** Where the samples go: bytes to stdout, as fast as it takes them, or a WAV file that can be played whatever becomes of us. */
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { once } from 'node:events';
import { messageOf, UsageError } from '../../base/errors.ts';
import { wavHeader } from '../../media/sound/wav-header.ts';
import type { WavFormat } from '../../media/sound/wav-reader.ts';
import type { CliIo, OutputStream } from '../streams/io.ts';
import { writeFailed } from '../streams/output-error.ts';
import { openOutputFile } from '../streams/output-file.ts';

export interface SoundSink {
  /** Resolves when there is room for more, or when that is of no matter any more. */
  write(samples: Int16Array, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** Samples of 16 bits, little-endian, and nothing else. */
export function stdoutSink(stdout: OutputStream): SoundSink {
  return { write: (samples, signal) => write(stdout, bytesOf(samples), signal), close() {} };
}

/**
 * Begins the file anew. Its header says how long it is, once a second: who is killed leaves a file that lacks a second at most.
 * @throws UsageError `output-file`
 */
export function wavFile(path: string, format: WavFormat, io: CliIo): SoundSink {
  const { file, header } = open(path);
  const failed = (error: NodeJS.ErrnoException): void => io.stop(writeFailed(path, error));
  file.on('error', failed);
  const perSecond = format.sampleRate * format.channels * 2;
  let [length, told] = [0, 0];
  const tell = (): void => {
    if (header === undefined) return;
    try {
      writeSync(header, wavHeader(format, length), 0, undefined, 0);
      told = length;
    } catch (error) {
      failed(error as NodeJS.ErrnoException);
    }
  };
  // A pipe does not go back: its header says that nobody knows.
  file.write(wavHeader(format, header === undefined ? undefined : 0));
  return {
    async write(samples, signal) {
      const bytes = bytesOf(samples);
      length += bytes.length;
      await write(file, bytes, signal);
      if (length - told >= perSecond) tell();
    },
    close() {
      tell();
      file.end();
      if (header !== undefined) closeSync(header);
    },
  };
}

function open(path: string): { file: OutputStream; header: number | undefined } {
  try {
    const file = openOutputFile(path, { isPrivate: false });
    return { file, header: statSync(path).isFile() ? openSync(path, 'r+') : undefined };
  } catch (error) {
    throw new UsageError(`opening the sound file: ${messageOf(error)}; choose a path that can be written`, {
      code: 'output-file',
      cause: error,
    });
  }
}

async function write(stream: OutputStream, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  if (stream.destroyed || stream.write(bytes) || signal.aborted) return;
  await once(stream, 'drain', { signal }).catch(() => {});
}

/** As they are in memory: every machine that Node runs on here is little-endian, and others are turned round. */
function bytesOf(samples: Int16Array): Buffer {
  const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  return isLittleEndian ? bytes : Buffer.from(bytes).swap16();
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
