/** A film that is being shown. */
import type { Emitter, EventNames } from '../../base/emitter.ts';
import type { JitsiError } from '../../base/errors.ts';
import { onAbort } from '../../base/on-abort.ts';
import { withResolvers } from '../../base/resolvers.ts';
import type { LocalTrack } from '../../client/media/local/local-track.ts';
import { TypedEmitter, warningEmitter } from '../../client/typed-emitter.ts';
import { unmuteOnce } from '../clips/unmute-once.ts';

/** Payloads by event name. */
export interface ShownVideoEvents {
  /** Its first frame is on its way; in a loop again for each further round, from 1 on. */
  started: { round: number };
  /** It is over: at its end, by `stop()` or the signal, because the conference has ended, or because of the error. The last event. */
  ended: { error?: unknown };
  /** Something went wrong that it survives, such as a listener. */
  warning: { error: JitsiError };
}

export const shownVideoEventNames: EventNames<ShownVideoEvents> = {
  started: true,
  ended: true,
  warning: true,
};

/** What moves the frames: a film or pictures. */
export interface Showing {
  stop(): void;
  /** @param layer of a track in layers; undefined: of all */
  requestKeyFrame(layer?: number): void;
}

export class ShownVideo extends TypedEmitter<ShownVideoEvents> implements Disposable {
  /** The source of ours that it is. */
  readonly video: LocalTrack;
  /** Its sound; undefined: it has none, or none was wanted. */
  readonly audio: LocalTrack | undefined;
  /** Resolves when it is over, rejects with what is wrong with the film. Nobody has to wait for it. */
  readonly done: Promise<void>;
  readonly #emitter: Emitter<ShownVideoEvents>;
  readonly #end: (failure?: { error: unknown }) => void;

  /** Use `showVideo` or `showPicture`. @param showing is told when it is over, which may be at once: the signal may be aborted already */
  constructor(
    video: LocalTrack,
    audio: LocalTrack | undefined,
    showing: Showing,
    signal: AbortSignal | undefined,
  ) {
    const emitter = warningEmitter(shownVideoEventNames, "a shown video's");
    super(emitter);
    this.#emitter = emitter;
    this.video = video;
    this.audio = audio;
    const { promise, reject, resolve } = withResolvers();
    this.done = promise;
    promise.catch(() => {});
    const tracks = [video, audio].filter((track) => track !== undefined);
    let isOver = false;
    let off = (): void => {};
    this.#end = (failure) => {
      if (isOver) return;
      isOver = true;
      off();
      showing.stop();
      for (const track of tracks) if (!track.isStopped) track.stop();
      this.#emitter.emit('ended', failure ? { error: failure.error } : {});
      this.#emitter.removeAll();
      if (failure) reject(failure.error);
      else resolve();
    };
    for (const track of tracks) unmuteOnce(track);
    video.on('keyFrameRequested', ({ layer }) => showing.requestKeyFrame(layer));
    video.on('stopped', () => this.#end());
    off = onAbort(signal, () => this.#end());
  }

  /** Ends it, and takes its sources back. */
  stop(): void {
    this.#end();
  }

  [Symbol.dispose](): void {
    this.#end();
  }

  /** Called by what moves the frames. */
  began(round: number): void {
    this.#emitter.emit('started', { round });
  }

  /** Called by what moves the frames. */
  ended(failure?: { error: unknown }): void {
    this.#end(failure);
  }
}
