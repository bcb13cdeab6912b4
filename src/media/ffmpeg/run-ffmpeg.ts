/**
 * ffmpeg in a process of its own: bytes in and bytes out over pipes, no shell, no file, no network. The process ends with whoever reads its
 * output, and never outlives ours.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type JitsiError, MediaError, messageOf, TimeoutError } from '../../base/errors.ts';
import { onAbort } from '../../base/on-abort.ts';
import { startTimer } from '../../base/timer.ts';
import { descriptorsOf, ffmpegArguments, type FfmpegInput } from './arguments.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { own } from './owned-processes.ts';
import { Tail } from './tail.ts';

export interface FfmpegRun {
  /** What it is needed for; completes "ffmpeg is needed …", such as "to make a PNG". */
  purpose: string;
  inputs: readonly FfmpegInput[];
  /** What is said of the output, such as `['-f', 'image2pipe', '-c:v', 'png']`. Never from outside. */
  output: readonly string[];
  /** Path of the program. Default: looked for on the PATH. */
  ffmpeg?: string | undefined;
  /** Ends it. */
  signal?: AbortSignal | undefined;
  /** ms that it may take, default no limit. */
  timeout?: number | undefined;
  /** Bytes of output at most, default no limit: for what is read as a whole. */
  maxOutput?: number | undefined;
}

/** Of these the child gets the values: what else is in ours may be secret, or make ffmpeg write files (`FFREPORT`). */
const passedOn = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'FONTCONFIG_FILE',
  'FONTCONFIG_PATH',
];

/** Characters of what ffmpeg complains of that an error's message has; its cause has more. */
const mostWords = 300;

/**
 * A running ffmpeg: read its output with `for await`, once. The loop ends when ffmpeg has ended well, and throws what went wrong. Leaving it ends ffmpeg;
 * while nothing is read, ffmpeg waits.
 */
export class FfmpegProcess implements AsyncIterable<Uint8Array>, AsyncDisposable {
  readonly #run: FfmpegRun;
  readonly #child: ChildProcess;
  readonly #complaints = new Tail();
  /** Settled when the process has ended and its pipes are closed. Never rejects. */
  readonly #ended: Promise<void>;
  /** Why it is to end, or never began. */
  #failure: unknown;
  #isFailed = false;
  #exit: { code: number | null; signal: string | null } | undefined;

  /** Use {@link runFfmpeg}. */
  constructor(run: FfmpegRun) {
    const { ffmpeg, inputs, output, purpose, signal, timeout = Infinity } = run;
    signal?.throwIfAborted();
    this.#run = run;
    const descriptors = descriptorsOf(inputs);
    const hasStdin = descriptors.length > 0;
    this.#child = spawn(findFfmpeg({ purpose, ffmpeg }), ffmpegArguments(inputs, output), {
      stdio: [
        hasStdin ? 'pipe' : 'ignore',
        'pipe',
        'pipe',
        ...descriptors.slice(1).map(() => 'pipe' as const),
      ],
      env: Object.fromEntries(
        passedOn.flatMap((name) => (name in process.env ? [[name, process.env[name]]] : [])),
      ),
      // Of its own process group: what is pressed on our terminal is for us to act on.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    own(this.#child);
    this.#child.stderr?.on('data', (bytes: Uint8Array) => this.#complaints.add(bytes));
    this.#ended = this.#watch();
    const offs = [
      onAbort(signal, () => this.#end(signal?.reason)),
      startTimer(timeout, () => this.#end(tooLong(purpose, timeout))),
    ];
    this.#child.once('close', () => {
      for (const off of offs) off();
    });
    const data = inputs.flatMap((input) => ('data' in input ? [input.data] : []));
    for (const [index, bytes] of data.entries())
      void this.#feed(this.#child.stdio[descriptors[index] ?? 0] as Writable | null, bytes);
  }

  /** Id of the process; undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const { maxOutput = Infinity, purpose } = this.#run;
    let size = 0;
    try {
      for await (const chunk of this.#child.stdout as AsyncIterable<Uint8Array>) {
        size += chunk.length;
        if (size > maxOutput) this.#end(tooMuch(purpose, maxOutput));
        if (this.#isFailed) break;
        yield chunk;
      }
      // The output of a process that is killed ends early, and that may be seen first.
      await this.#ended;
      this.#throwFailure();
    } catch (error) {
      // A pipe that breaks is no reason; the process' end is.
      await this.close();
      this.#throwFailure();
      throw error;
    } finally {
      await this.close();
    }
  }

  /** Ends it, and resolves when it has ended. May be called twice; never rejects. */
  async close(): Promise<void> {
    if (!this.#exit && !this.#isFailed) this.#end(closed(this.#run.purpose));
    await this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #end(reason: unknown): void {
    if (this.#isFailed || this.#exit) return;
    this.#isFailed = true;
    this.#failure = reason;
    this.#child.kill('SIGKILL');
    // Unread, it would never be seen to have ended.
    this.#child.stdout?.destroy();
  }

  #watch(): Promise<void> {
    const child = this.#child;
    // Once it has ended, Node throws away what nobody has begun to read.
    child.stdout?.on('readable', () => {}).on('error', () => {});
    child.stderr?.on('error', () => {});
    return new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#exit = { code, signal };
        resolve();
      });
      child.on('error', (error) => {
        if (child.pid !== undefined) return;
        this.#end(notStarted(this.#run.purpose, error));
        resolve();
      });
    });
  }

  /** What an input throws ends it all; that ffmpeg has read enough is no failure. */
  async #feed(
    pipe: Writable | null,
    data: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  ): Promise<void> {
    if (!pipe) return;
    let failure: { error: unknown } | undefined;
    const read = async function* (): AsyncGenerator<Uint8Array, void, undefined> {
      try {
        if (data instanceof Uint8Array) yield data;
        else yield* data;
      } catch (error) {
        failure = { error };
        throw error;
      }
    };
    try {
      await pipeline(Readable.from(read(), { objectMode: false }), pipe);
    } catch {
      if (failure) this.#end(failure.error);
    }
  }

  #throwFailure(): void {
    if (this.#isFailed) throw this.#failure;
    const { code, signal } = this.#exit ?? { code: 0, signal: null };
    if (code !== 0)
      throw failed(this.#run.purpose, code === null ? `by ${signal}` : `with ${code}`, this.#complaints.text);
  }
}

/**
 * Starts ffmpeg.
 * @throws UsageError `ffmpeg-missing`, or the signal's reason, at once. Reading: MediaError `ffmpeg-failed`, `ffmpeg-output`, `ffmpeg-closed`;
 *   TimeoutError `ffmpeg-timeout`; what an input throws; the signal's reason
 */
export function runFfmpeg(run: FfmpegRun): FfmpegProcess {
  return new FfmpegProcess(run);
}

/** All of the output at once, 64 MiB unless `maxOutput` says otherwise. @throws as {@link runFfmpeg} and reading from it */
export async function ffmpegOutput(run: FfmpegRun): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of runFfmpeg({ maxOutput: 64 * 1024 * 1024, ...run })) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function failed(purpose: string, how: string, complaints: string): JitsiError {
  const words = complaints === '' ? 'it said nothing' : `it said: ${complaints.slice(-mostWords)}`;
  return new MediaError(`ffmpeg was run ${purpose}, and ended ${how}; ${words}`, {
    code: 'ffmpeg-failed',
    cause: new Error(complaints),
  });
}

function notStarted(purpose: string, cause: Error): JitsiError {
  return new MediaError(`ffmpeg was to run ${purpose}, and could not be started: ${messageOf(cause)}`, {
    code: 'ffmpeg-failed',
    cause,
  });
}

function tooLong(purpose: string, timeout: number): JitsiError {
  const seconds = (timeout / 1000).toFixed(1);
  return new TimeoutError(`ffmpeg was run ${purpose}, and did not end within ${seconds} s; it was ended`, {
    code: 'ffmpeg-timeout',
    retryable: true,
  });
}

function tooMuch(purpose: string, most: number): JitsiError {
  return new MediaError(`ffmpeg was run ${purpose}, and wrote more than ${most} bytes; it was ended`, {
    code: 'ffmpeg-output',
  });
}

function closed(purpose: string): JitsiError {
  return new MediaError(`ffmpeg was run ${purpose}, and was closed before it had ended`, {
    code: 'ffmpeg-closed',
  });
}
