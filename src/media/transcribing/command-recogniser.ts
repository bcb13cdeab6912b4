/** A recogniser that is a program: 16 kHz samples on its stdin, words on its stdout. One process for each utterance. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MediaError } from '../../base/errors.ts';
import { onAbort } from '../../base/on-abort.ts';
import { kill, own } from '../ffmpeg/owned-processes.ts';
import { Tail } from '../ffmpeg/tail.ts';
import { bytesOf, type Recognition, type Recogniser, type Speech } from './recogniser.ts';

/**
 * Each line that it writes is final; one that begins with `~` is what is understood so far. Its stdin (s16le, 16 000 Hz, mono) ends with the utterance, and
 * then it is to end. It has the language in `LANGUAGE_TAG`, and nothing else of the room.
 * @param command as for a shell; never from the room
 */
export function commandRecogniser(command: string): Recogniser {
  return (speech) => recognise(command, speech);
}

async function* recognise(command: string, speech: Speech): AsyncGenerator<Recognition, void, undefined> {
  const child = spawn(command, {
    shell: true,
    // A shell may have begun several programs: they are one group. What is pressed on our terminal is for us to act on.
    detached: process.platform !== 'win32',
    stdio: ['pipe', 'pipe', 'pipe'],
    env: speech.language === undefined ? process.env : { ...process.env, LANGUAGE_TAG: speech.language },
  });
  own(child);
  const complaints = new Tail();
  child.stderr.on('data', (bytes: Uint8Array) => complaints.add(bytes));
  const exited = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? undefined : `it ended with ${signal ?? code}`),
    );
  });
  const off = onAbort(speech.signal, () => kill(child));
  // It may end before it has heard all.
  const spoken = pipeline(Readable.from(samples(speech)), child.stdin).catch(() => {});
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.trim() !== '')
        yield line.startsWith('~') ? { text: line.slice(1), final: false } : { text: line, final: true };
    }
    const failure = await exited;
    await spoken;
    if (failure !== undefined) throw failed(command, failure, complaints.text);
  } finally {
    off();
    kill(child);
  }
}

async function* samples({ audio }: Speech): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const block of audio) if (block.samples.length > 0) yield bytesOf(block);
}

function failed(command: string, how: string, words: string): MediaError {
  const said = words === '' ? '' : `: ${words.slice(-300)}`;
  // Its arguments may be secret.
  const [name = ''] = command.trim().split(' ');
  return new MediaError(`the recogniser ${name}: ${how}${said}`, { code: 'recogniser-failed' });
}
