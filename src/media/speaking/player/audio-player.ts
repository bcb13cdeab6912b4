/**
 * Plays sounds one after the other in one conference or several: files, addresses of the web, streams, samples, the audio of somebody else. Opus is
 * passed on as it is.
 *
 * It waits while nobody could hear it: before it is attached, without a media session, while all its tracks are muted; then it goes on
 * where it was, and nothing is skipped. When its last conference has ended it stops, and what is played then is over at once, until it
 * is attached again; detached, it waits.
 */
import { steadyClock } from '../../../base/clock.ts';
import type { Emitter } from '../../../base/emitter.ts';
import { type JitsiError, messageOf, UsageError } from '../../../base/errors.ts';
import { onAbort } from '../../../base/on-abort.ts';
import { waitFor } from '../../../base/wait-for.ts';
import { checkArgument } from '../../../client/check-arguments.ts';
import type { LocalTrack } from '../../../client/media/local/local-track.ts';
import { TypedEmitter, warningEmitter } from '../../../client/typed-emitter.ts';
import { type AudioConference, AudioTracks } from '../audio-tracks.ts';
import { openSound } from './open-sound.ts';
import { canComeAgain, checkPlayable, nameOf, type Playable } from './playable.ts';
import { type OpenItem, PlayQueue, type QueueItem } from './play-queue.ts';
import {
  type AudioPlayerEvents,
  type AudioPlayerOptions,
  checkPlayerOptions,
  type Loop,
  loopKind,
  playerEventNames,
  positionKind,
  type QueuedSound,
  volumeKind,
} from './player-options.ts';
import { Playing } from './playing.ts';

export class AudioPlayer extends TypedEmitter<AudioPlayerEvents> {
  readonly #emitter: Emitter<AudioPlayerEvents>;
  readonly #tracks: AudioTracks;
  readonly #options: AudioPlayerOptions;
  readonly #queue: PlayQueue;
  readonly #off: () => void;
  #current: OpenItem | undefined;
  #volume: number;
  #isPaused = false;
  #isClosed = false;
  /** Its last conference has ended. */
  #isDeserted = false;
  #underruns = 0;
  #framesSent = 0;
  /** The first failure since there was nothing to be played. */
  #failure: { error: unknown } | undefined;
  #failures = 0;

  /** @throws UsageError `option-invalid`, `option-unknown` */
  constructor(options: AudioPlayerOptions = {}) {
    const emitter = warningEmitter(playerEventNames, "the player's");
    super(emitter);
    this.#emitter = emitter;
    checkPlayerOptions(options);
    this.#options = options;
    this.#volume = options.volume ?? 1;
    this.#queue = new PlayQueue(options.loop ?? 'none', (item) => this.#open(item));
    this.#tracks = new AudioTracks({
      ready: () => this.#current?.playing.look(),
      gone: () => {},
      ended: () => {
        this.#isDeserted = true;
        this.stop();
      },
    });
    this.#off = onAbort(options.signal, () => this.close());
  }

  /** What plays, or is about to; undefined when nothing does. */
  get current(): QueuedSound | undefined {
    return this.#current?.item;
  }

  /** What comes after it. */
  get queue(): readonly QueuedSound[] {
    return this.#queue.items;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** ms of what plays that were sent */
  get position(): number {
    return this.#current?.playing.position ?? 0;
  }

  /** ms of what plays; undefined where nobody knows before its end */
  get duration(): number | undefined {
    return this.#current?.playing.duration;
  }

  /** How often a source did not keep up. */
  get underruns(): number {
    return this.#underruns;
  }

  /** Frames that were sent, each counted once however many rooms get it. */
  get framesSent(): number {
    return this.#framesSent;
  }

  /** 0 to 4; 1 passes on as it is. It holds from the next frame on. */
  get volume(): number {
    return this.#volume;
  }

  set volume(volume: number) {
    checkArgument('setting the volume', 'it', volumeKind, volume);
    this.#volume = volume;
  }

  /** What comes once only (streams, samples, tracks) is passed over. */
  get loop(): Loop {
    return this.#queue.loop;
  }

  set loop(loop: Loop) {
    checkArgument('setting the loop', 'it', loopKind, loop);
    this.#queue.loop = loop;
    this.#prepare();
  }

  /**
   * Resolves when everything was played and the last frame was sent, at once when there is nothing; also when the player is closed,
   * or its last conference has ended.
   * @throws the first error of those that `failed` has told since there was nothing to be played
   */
  get done(): Promise<void> {
    const done = waitFor((wait) => {
      const settle = (): void => (this.#failure ? wait.reject(this.#failure.error) : wait.resolve());
      if (!this.#current) return settle();
      wait.after(this.#emitter.on('queueEnded', settle));
    });
    // Whoever only looks at it has nothing to catch.
    done.catch(() => {});
    return done;
  }

  /**
   * Plays in this conference, too, with an audio track that it adds, until it is detached or the conference ends.
   * @returns the track; the same one when it is attached already
   * @throws as `conference.addTrack`; UsageError `audio-closed`
   */
  attach(conference: AudioConference): LocalTrack {
    const track = this.#tracks.attach(conference);
    this.#isDeserted = false;
    return track;
  }

  /** Takes its track back. */
  detach(conference: AudioConference): void {
    this.#tracks.detach(conference);
  }

  /**
   * Plays it at once, in place of what plays; the queue stays. What cannot be played is told by `failed` and `done`.
   * @param playable a path, a URL (http, https, file), bytes, a stream of them; samples (`{ pcm, sampleRate, channels }`); a `RemoteTrack`
   * @throws UsageError `player-closed`
   */
  play(playable: Playable): QueuedSound {
    const item = this.#itemOf(playable);
    this.#isPaused = false;
    this.#queue.addFirst(item);
    if (this.#current) this.#leave(true);
    this.#advance();
    return item;
  }

  /** Plays it when all that is queued was played; at once when there is nothing. @throws UsageError `player-closed`, `player-full` */
  enqueue(playable: Playable): QueuedSound {
    const item = this.#itemOf(playable);
    this.#queue.add(item);
    if (this.#current) this.#prepare();
    else this.#advance();
    return item;
  }

  /** Goes to the next one. @returns whether anything was played */
  skip(): boolean {
    if (!this.#current) return false;
    this.#queue.rethink();
    if (this.loop === 'all') this.#queue.repeat(this.#current);
    this.#leave(true);
    this.#advance();
    return true;
  }

  /** Takes everything out of the queue; what plays goes on. */
  clear(): void {
    this.#queue.clear();
  }

  /** Ends what plays, and takes everything out of the queue. */
  stop(): void {
    this.clear();
    if (!this.#current) return;
    this.#leave(true);
    this.#advance();
  }

  /** Sends nothing from the next frame on. @returns false when it was so already */
  pause(): boolean {
    if (this.#isPaused || this.#isClosed) return false;
    this.#isPaused = true;
    this.#current?.playing.pause();
    if (this.#current) this.#emitter.emit('paused', { sound: this.#current.item });
    return true;
  }

  /** Goes on where it was. @returns false when it was not paused */
  resume(): boolean {
    if (!this.#isPaused || this.#isClosed) return false;
    this.#isPaused = false;
    this.#current?.playing.play();
    if (this.#current) this.#emitter.emit('resumed', { sound: this.#current.item });
    return true;
  }

  /**
   * What plays goes on from there; behind its end it is over.
   * @param position ms
   * @throws UsageError `player-idle`, `media-not-seekable`: it comes once only; `argument-invalid`
   */
  seek(position: number): void {
    checkArgument('seeking', 'the position', positionKind, position);
    if (!this.#current) throw new UsageError('seeking: nothing plays', { code: 'player-idle' });
    const { item, playing } = this.#current;
    if (!canComeAgain(item.playable))
      throw new UsageError(`seeking in ${item.name}: it comes once only, in one order`, {
        code: 'media-not-seekable',
      });
    this.#queue.rethink();
    playing.seek(position);
  }

  /** Ends it, and takes its tracks back. May be called twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#off();
    this.clear();
    if (this.#current) {
      this.#leave(true);
      this.#endQueue();
    }
    this.#tracks.close();
    this.#emitter.removeAll();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #itemOf(playable: Playable): QueueItem {
    if (this.#isClosed)
      throw new UsageError('playing: the player is closed; make another one', { code: 'player-closed' });
    checkPlayable(playable);
    return { name: nameOf(playable), playable };
  }

  /** What plays is over, in whatever way. */
  #leave(skipped: boolean): void {
    const { item, playing } = this.#current ?? {};
    this.#current = undefined;
    this.#queue.left();
    playing?.close();
    if (item) this.#emitter.emit('finished', { sound: item, skipped });
  }

  /** The next of the queue, if there is one. */
  #advance(): void {
    // A listener may have begun another.
    if (this.#current || this.#isClosed) return;
    if (this.#isDeserted) this.clear();
    this.#current = this.#queue.take();
    if (!this.#current) {
      this.#endQueue();
      return;
    }
    const { item, over, playing } = this.#current;
    if (over) this.#ended(item, playing, over.error);
    else if (!this.#isPaused) playing.play();
  }

  /** Once all of what plays is read, which may have been before its turn, the next one may be. Before it has started nobody knows whether it comes again. */
  #prepare(): void {
    const { isComplete, hasStarted } = this.#current?.playing ?? {};
    if (this.#current && isComplete && hasStarted) this.#queue.prepare(this.#current);
  }

  #endQueue(): void {
    this.#emitter.emit('queueEnded', { failed: this.#failures });
    this.#failure = undefined;
    this.#failures = 0;
  }

  #open(item: QueueItem): Playing {
    const {
      bitrate,
      clock = steadyClock,
      ffmpeg,
      loop: _,
      signal: __,
      volume: ___,
      ...origin
    } = this.#options;
    const warn = (error: JitsiError): void => this.#emitter.emit('warning', { error });
    const playing: Playing = new Playing({
      clock,
      bitrate,
      open: (start, signal) => openSound(item.playable, { origin, start, bitrate, ffmpeg, signal, warn }),
      canSend: () => this.#tracks.isReady,
      send: (frame) => {
        this.#tracks.send(frame);
        this.#framesSent += 1;
      },
      volume: () => this.#volume,
      started: () => {
        this.#emitter.emit('started', { sound: item });
        this.#prepare();
      },
      complete: () => this.#prepare(),
      ended: (error) => this.#ended(item, playing, error),
      underrun: () => {
        this.#underruns += 1;
        this.#emitter.emit('underrun', { sound: item, count: this.#underruns });
      },
    });
    return playing;
  }

  #ended(item: QueueItem, playing: Playing, error: unknown): void {
    if (this.#queue.hasEnded(playing, error) || this.#current?.playing !== playing) return;
    if (error === undefined) {
      this.#queue.repeat(this.#current);
      this.#leave(false);
    } else {
      this.#queue.rethink();
      this.#current = undefined;
      this.#failure ??= { error };
      this.#failures += 1;
      this.#emitter.emit('failed', {
        sound: item,
        error: error instanceof Error ? error : new Error(messageOf(error)),
      });
    }
    this.#advance();
  }
}
