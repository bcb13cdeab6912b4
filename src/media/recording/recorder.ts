/** A recording that goes on, as users see it. */
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { defined } from '../../base/defined.ts';
import type { Emitter, EventNames } from '../../base/emitter.ts';
import { JitsiError, MediaError, messageOf } from '../../base/errors.ts';
import { onAbort } from '../../base/on-abort.ts';
import { withResolvers } from '../../base/resolvers.ts';
import { TypedEmitter, warningEmitter } from '../../client/typed-emitter.ts';
import { Disk, type DiskPorts, type FileHandle } from './disk.ts';
import { cannotWrite } from './errors.ts';
import { Notes } from './notes.ts';
import type { ResolvedRecordOptions } from './options.ts';
import { seconds } from './recorded-file.ts';
import { type RecordedRoom, Recording } from './recording.ts';
import type { EncryptedSource, RecordedFile, TimelineEntry } from './timeline.ts';

/** Payloads by event name. */
export interface RecorderEvents {
  /** A file has begun. Its `offset` is a first guess, which its first 20 s may correct. */
  fileOpened: { file: RecordedFile };
  /** A file is finished. */
  fileClosed: { file: RecordedFile };
  /** Something was noted in the timeline. */
  noted: { entry: TimelineEntry };
  /** Something odd that was survived: a slow disk, a frame that no container can have. */
  warning: { error: JitsiError };
  /** All files are finished. The last event of all. */
  ended: { end: RecordingEnd };
}

export const recorderEventNames: EventNames<RecorderEvents> = {
  fileOpened: true,
  fileClosed: true,
  noted: true,
  warning: true,
  ended: true,
};

export interface RecordingEnd {
  /** `stopped`: by `stop()` or the signal; `conference-ended`; `failed`: the disk took no more. */
  reason: 'stopped' | 'conference-ended' | 'failed';
  /** Of `failed`; or what became of the mixed or composed file. */
  error?: JitsiError;
  directory: string;
  files: readonly RecordedFile[];
  /** Media that was encrypted from end to end, and is in no file. */
  encrypted: readonly EncryptedSource[];
  /** Times of sources that are missing; the timeline says which. */
  gaps: number;
  /** Seconds. */
  duration: number;
  /** Bytes of all files. */
  bytes: number;
  /** Path of the mixed file, where one was asked for and there was sound. */
  mixed?: string;
  /** Path of the film, where one was asked for and there was something. */
  composed?: string;
}

export interface RecorderStatistics {
  /** Seconds since it began. */
  duration: number;
  /** Bytes in the files. */
  bytes: number;
  /** Files that have begun. */
  files: number;
  /** Sources that are recorded now. */
  sources: number;
  gaps: number;
  /** Frames that were left out because the disk, or this process, was too slow. */
  dropped: number;
  /** Bytes that wait for the disk. */
  waiting: number;
}

export interface RecorderPorts {
  clock: Clock;
  create: DiskPorts['create'];
  /** Of the timeline, which is there and empty. */
  timeline: Promise<FileHandle>;
}

export class Recorder extends TypedEmitter<RecorderEvents> implements AsyncDisposable {
  /** Absolute. */
  readonly directory: string;
  /** Resolves when all files are finished, with how it ended. Never rejects. */
  readonly done: Promise<RecordingEnd>;
  readonly #done = withResolvers<RecordingEnd>();
  readonly #emitter: Emitter<RecorderEvents>;
  readonly #disk: Disk;
  readonly #notes: Notes;
  readonly #recording: Recording;
  readonly #options: ResolvedRecordOptions;
  readonly #offs: (() => void)[];
  #isEnding = false;
  #error: JitsiError | undefined;

  /** Use `record`. */
  constructor(
    room: RecordedRoom,
    directory: string,
    options: ResolvedRecordOptions,
    { clock, create, timeline }: RecorderPorts,
  ) {
    const emitter = warningEmitter(recorderEventNames);
    super(emitter);
    this.#emitter = emitter;
    this.directory = directory;
    this.#options = options;
    this.done = this.#done.promise;
    const startedAt = clock.now();
    this.#disk = new Disk(options.queueLimit, {
      create,
      failed: (path, error) => {
        this.#error = cannotWrite(path, error);
        void this.#end('failed');
      },
    });
    const head = { version: 1, room: room.room, startedAt: new Date(startedAt).toISOString() } as const;
    const path = join(directory, 'timeline.json');
    this.#notes = new Notes(this.#disk.open(path, timeline), head, (entry) =>
      this.#emitter.emit('noted', { entry }),
    );
    this.#recording = new Recording(room, directory, options, this.#disk, this.#notes, startedAt, {
      clock,
      opened: (file) => this.#emitter.emit('fileOpened', { file }),
      closed: (file) => this.#emitter.emit('fileClosed', { file }),
      warn: (error) => this.#warn(error),
    });
    this.#offs = [
      room.on('ended', () => void this.#end('conference-ended')),
      onAbort(options.signal, () => void this.#end('stopped')),
    ];
    // Its end is past: nobody tells it again.
    if (room.state === 'leaving' || room.state === 'ended') void this.#end('conference-ended');
  }

  /** As they are now; their figures grow. */
  get files(): readonly RecordedFile[] {
    return this.#recording.files.facts;
  }

  /** What happened, the last 10 000 of it; `timeline.json` has all. */
  get timeline(): readonly TimelineEntry[] {
    return this.#notes.entries;
  }

  /** Media that is encrypted from end to end, and in no file. */
  get encrypted(): readonly EncryptedSource[] {
    return this.#notes.encrypted;
  }

  get statistics(): RecorderStatistics {
    const { dropped, files, now, sources } = this.#recording;
    return {
      duration: seconds(now),
      bytes: this.#disk.written,
      files: files.count,
      sources,
      gaps: this.#notes.gaps,
      dropped,
      waiting: this.#disk.waiting,
    };
  }

  /** Ends it; resolves when all files are finished. May be called twice. Never rejects. */
  stop(): Promise<RecordingEnd> {
    void this.#end('stopped');
    return this.done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #end(reason: RecordingEnd['reason']): Promise<void> {
    if (this.#isEnding) return;
    this.#isEnding = true;
    // A disk may fail before all is begun.
    await Promise.resolve();
    for (const off of this.#offs) off();
    const { now } = this.#recording;
    await this.#recording.end();
    const why = this.#error ? 'failed' : reason;
    await this.#notes.finish(now, {
      files: this.#recording.filesInTimeline,
      state: 'ended',
      end: defined({
        reason: why,
        error: this.#error && { code: this.#error.code, message: this.#error.message },
      }),
    });
    const made = await this.#makeOneFile(seconds(now));
    const end: RecordingEnd = defined({
      reason: why,
      ...made,
      error: this.#error ?? made.error,
      directory: this.directory,
      files: this.#written,
      encrypted: this.encrypted,
      gaps: this.#notes.gaps,
      duration: seconds(now),
      bytes: this.#disk.written,
    });
    this.#emitter.emit('ended', { end });
    this.#emitter.removeAll();
    this.#done.resolve(end);
  }

  /** A file that never had a byte is not there. */
  get #written(): readonly RecordedFile[] {
    return this.files.filter(({ bytes }) => bytes > 0);
  }

  /** Where the disk has failed there is no room for it. */
  async #makeOneFile(duration: number): Promise<Pick<RecordingEnd, 'mixed' | 'composed' | 'error'>> {
    const { compose, mix } = this.#options;
    const files = this.#written;
    if (this.#error || !(compose || mix)) return {};
    const { composeFiles, mixFiles } = await import('./one-file.ts');
    const made: Pick<RecordingEnd, 'mixed' | 'composed' | 'error'> = {};
    try {
      const mixed = mix ? await mixFiles(this.directory, files) : undefined;
      if (mixed !== undefined) made.mixed = mixed;
      const warn = (error: JitsiError): void => this.#warn(error);
      const composed = compose ? await composeFiles(this.directory, files, duration, warn) : undefined;
      if (composed !== undefined) made.composed = composed;
    } catch (error) {
      made.error = asJitsiError(error);
    }
    return made;
  }

  #warn(error: JitsiError): void {
    this.#emitter.emit('warning', { error });
  }
}

function asJitsiError(error: unknown): JitsiError {
  if (error instanceof JitsiError) return error;
  return new MediaError(`making one file of a recording: ${messageOf(error)}`, {
    code: 'internal-error',
    cause: error,
  });
}
