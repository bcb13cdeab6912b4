/**
 * Plays sounds one after the other in one conference or several: files, addresses of the web, streams, samples, the audio of somebody else. Opus is
 * passed on as it is.
 *
 * It waits while nobody could hear it: before it is attached, without a media session, while all its tracks are muted; then it goes on
 * where it was, and nothing is skipped. When its last conference has ended it stops, and what is played then is over at once, until it
 * is attached again; detached, it waits.
 */
import { steadyClock } from '../../../base/clock.ts';
import { Emitter, type Listener } from '../../../base/emitter.ts';
import { messageOf, UsageError } from '../../../base/errors.ts';
import { onAbort } from '../../../base/on-abort.ts';
import { waitFor } from '../../../base/wait-for.ts';
import { checkArgument } from '../../../client/check-arguments.ts';
import { listenerFailed } from '../../../client/failures.ts';
import type { LocalTrack } from '../../../client/media/local-track.ts';
import { type AudioConference, AudioTracks } from '../audio-tracks.ts';
import { openSound } from './open-sound.ts';
import { canComeAgain, nameOf, type Playable } from './playable.ts';
import {
  type AudioPlayerEvents,
  type AudioPlayerOptions,
  checkPlayerOptions,
  type Loop,
  loopKind,
  playerEventNames,
  type QueuedSound,
  volumeKind,
} from './player-options.ts';
import { Playing } from './playing.ts';

interface Item extends QueuedSound {
  playable: Playable;
}

/** Of the queue: what somebody in a room asks for may have no end. */
const mostQueued = 10_000;

export class AudioPlayer {
  readonly #emitter: Emitter<AudioPlayerEvents>;
  readonly #tracks: AudioTracks;
  readonly #options: AudioPlayerOptions;
  readonly #queue: Item[] = [];
  readonly #off: () => void;
  #current: { item: Item; playing: Playing } | undefined;
  /** Opened before its time: nothing is heard between the two. */
  #prepared: { item: Item; playing: Playing; over?: { error: unknown } } | undefined;
  /** What plays, where it is in the queue to come again. */
  #again: Item | undefined;
  #volume: number;
  #loop: Loop;
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
    checkPlayerOptions(options);
    this.#options = options;
    this.#volume = options.volume ?? 1;
    this.#loop = options.loop ?? 'none';
    this.#emitter = new Emitter(playerEventNames, (error, event) => {
      if (event !== 'warning')
        this.#emitter.emit('warning', {
          error: listenerFailed(`a listener of the player's ${event}`, error),
        });
    });
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
    return [...this.#queue];
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
    return this.#loop;
  }

  set loop(loop: Loop) {
    checkArgument('setting the loop', 'it', loopKind, loop);
    this.#loop = loop;
    this.#dropPrepared();
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
    this.#dropPrepared();
    this.#queue.unshift(item);
    if (this.#current) this.#leave(true);
    this.#advance();
    return item;
  }

  /** Plays it when all that is queued was played; at once when there is nothing. @throws UsageError `player-closed`, `player-full` */
  enqueue(playable: Playable): QueuedSound {
    const item = this.#itemOf(playable);
    if (this.#queue.length >= mostQueued)
      throw new UsageError(`queueing ${item.name}: ${mostQueued} sounds are queued`, { code: 'player-full' });
    this.#queue.push(item);
    if (!this.#current) this.#advance();
    return item;
  }

  /** Goes to the next one. @returns whether anything was played */
  skip(): boolean {
    if (!this.#current) return false;
    this.#dropPrepared();
    if (this.#loop === 'all') this.#requeue();
    this.#leave(true);
    this.#advance();
    return true;
  }

  /** Takes everything out of the queue; what plays goes on. */
  clear(): void {
    this.#queue.length = 0;
    this.#dropPrepared();
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
    checkArgument(
      'seeking',
      'the position',
      { words: 'a number of milliseconds', fits: isPosition },
      position,
    );
    if (!this.#current) throw new UsageError('seeking: nothing plays', { code: 'player-idle' });
    const { item, playing } = this.#current;
    if (!canComeAgain(item.playable))
      throw new UsageError(`seeking in ${item.name}: it comes once only, in one order`, {
        code: 'media-not-seekable',
      });
    this.#dropPrepared();
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

  /** Calls `listener` at every `event`; the returned function ends that. @throws UsageError `event-unknown`, `listener-invalid` */
  on<Name extends keyof AudioPlayerEvents>(
    event: Name,
    listener: Listener<AudioPlayerEvents[Name]>,
  ): () => void {
    return this.#emitter.on(event, listener);
  }

  /** Like {@link on}, for one time. */
  once<Name extends keyof AudioPlayerEvents>(
    event: Name,
    listener: Listener<AudioPlayerEvents[Name]>,
  ): () => void {
    return this.#emitter.once(event, listener);
  }

  off<Name extends keyof AudioPlayerEvents>(event: Name, listener: Listener<AudioPlayerEvents[Name]>): void {
    this.#emitter.off(event, listener);
  }

  #itemOf(playable: Playable): Item {
    if (this.#isClosed)
      throw new UsageError('playing: the player is closed; make another one', { code: 'player-closed' });
    const isOne =
      typeof playable === 'string' || (typeof playable === 'object' && (playable as unknown) !== null);
    if (!isOne)
      throw new UsageError('playing: a path, a URL, bytes, a stream, samples or a RemoteTrack is expected', {
        code: 'media-origin-invalid',
      });
    return { name: nameOf(playable), playable };
  }

  /** What plays is over, in whatever way. */
  #leave(skipped: boolean): void {
    const { item, playing } = this.#current ?? {};
    this.#current = undefined;
    this.#again = undefined;
    playing?.close();
    if (item) this.#emitter.emit('finished', { sound: item, skipped });
  }

  /** The next of the queue, if there is one. */
  #advance(): void {
    // A listener may have begun another.
    if (this.#current || this.#isClosed) return;
    if (this.#isDeserted) this.clear();
    const item = this.#queue.shift();
    if (!item) {
      this.#endQueue();
      return;
    }
    const prepared = this.#prepared?.item === item ? this.#prepared : undefined;
    if (prepared) this.#prepared = undefined;
    const { playing } = prepared ?? { playing: this.#open(item) };
    this.#current = { item, playing };
    if (prepared?.over) this.#ended(item, playing, prepared.over.error);
    else if (!this.#isPaused) playing.play();
  }

  #endQueue(): void {
    this.#emitter.emit('queueEnded', { failed: this.#failures });
    this.#failure = undefined;
    this.#failures = 0;
  }

  #open(item: Item): Playing {
    const {
      bitrate,
      clock = steadyClock,
      ffmpeg,
      loop: _,
      signal: __,
      volume: ___,
      ...origin
    } = this.#options;
    const playing: Playing = new Playing({
      clock,
      bitrate,
      open: (start, signal) => openSound(item.playable, { origin, start, bitrate, ffmpeg, signal }),
      canSend: () => this.#tracks.isReady,
      send: (frame) => {
        this.#tracks.send(frame);
        this.#framesSent += 1;
      },
      volume: () => this.#volume,
      started: () => this.#emitter.emit('started', { sound: item }),
      complete: () => {
        if (this.#current?.playing === playing) this.#prepare();
      },
      ended: (error) => this.#ended(item, playing, error),
      underrun: () => {
        this.#underruns += 1;
        this.#emitter.emit('underrun', { sound: item, count: this.#underruns });
      },
    });
    return playing;
  }

  /** What will be next is opened while the end of what plays is sent. */
  #prepare(): void {
    this.#requeue();
    const [item] = this.#queue;
    if (item && !this.#prepared) this.#prepared = { item, playing: this.#open(item) };
  }

  /** Loops: puts what plays where it is to come again. */
  #requeue(): void {
    const { item, playing } = this.#current ?? {};
    // What has no frame at all would be over at once, again and again.
    if (!item || this.#again || !playing?.hasStarted || !canComeAgain(item.playable)) return;
    if (this.#loop === 'none') return;
    const again = { ...item };
    this.#again = again;
    if (this.#loop === 'one') this.#queue.unshift(again);
    else this.#queue.push(again);
  }

  /** Something else may be next. What comes once only stays open while it is in the queue: it could not be opened again. */
  #dropPrepared(): void {
    const { item: next, playing } = this.#prepared ?? {};
    if (next && (canComeAgain(next.playable) || !this.#queue.includes(next))) {
      playing?.close();
      this.#prepared = undefined;
    }
    const index = this.#again ? this.#queue.indexOf(this.#again) : -1;
    if (index >= 0) this.#queue.splice(index, 1);
    this.#again = undefined;
  }

  #ended(item: Item, playing: Playing, error: unknown): void {
    if (this.#prepared?.playing === playing) {
      // It is told when its turn has come.
      this.#prepared.over = { error };
      return;
    }
    if (this.#current?.playing !== playing) return;
    if (error === undefined) {
      this.#requeue();
      this.#leave(false);
    } else {
      this.#dropPrepared();
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

function isPosition(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
