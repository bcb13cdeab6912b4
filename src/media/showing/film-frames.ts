/** The frames of a film, pictures and sound in one order of time, once or again and again. */
import { MediaError, UsageError } from '../../base/errors.ts';
import type { MediaKind } from '../../rtp/parameters.ts';
import { withLevel } from '../container/audio-levels.ts';
import type { EncodedFrame, EncodedTrack, Media } from '../container/media.ts';

export interface FilmFrame {
  kind: MediaKind;
  frame: EncodedFrame;
  /** ms from the beginning of the first round. Never goes back. */
  at: number;
  /** From 1 on. */
  round: number;
}

/** ms that the last picture is shown where nobody knows */
const usualInterval = 40;

export class FilmFrames {
  readonly #media: Media;
  readonly #tracks: readonly Track[];
  readonly #loop: boolean;
  #round = 1;
  /** ms at which this round begins. */
  #start = 0;
  /** ms from its beginning at which it ends, as far as is known. */
  #end = 0;

  /** @throws UsageError `media-not-seekable`: it is to be shown again, and comes once only */
  constructor(media: Media, { loop, sound }: { loop: boolean; sound: boolean }) {
    const { audio, video } = media;
    if (loop && !media.isSeekable)
      throw new UsageError('showing a film again and again: it comes once only, as a stream; give a file', {
        code: 'media-not-seekable',
      });
    this.#media = media;
    this.#loop = loop;
    this.#tracks = [
      ...(video ? [new Track('video', video)] : []),
      ...(sound && audio ? [new Track('audio', audio)] : []),
    ];
  }

  /**
   * The next one, of whichever kind; undefined: it is over.
   * @throws MediaError `video-reordered`, and what is wrong with the file
   */
  async next(): Promise<FilmFrame | undefined> {
    for (;;) {
      const track = await this.#earliest();
      if (track) return this.#take(track);
      if (!this.#loop || this.#end === 0) return undefined;
      await this.#again();
    }
  }

  /** Undefined: all have ended. */
  async #earliest(): Promise<Track | undefined> {
    let first: Track | undefined;
    for (const track of this.#tracks) {
      await track.look();
      if (track.head && (!first?.head || track.head.at < first.head.at)) first = track;
    }
    return first;
  }

  #take(track: Track): FilmFrame | undefined {
    const { head, kind } = track;
    const frame = head && kind === 'audio' ? withLevel(head) : head;
    if (!frame) return undefined;
    if (track.last !== undefined && frame.at < track.last) throw reordered();
    const interval =
      frame.duration > 0 ? frame.duration : frame.at - (track.last ?? frame.at - usualInterval);
    track.last = frame.at;
    track.head = undefined;
    this.#end = Math.max(this.#end, frame.at + interval);
    return { kind, frame, at: this.#start + Math.max(0, frame.at), round: this.#round };
  }

  async #again(): Promise<void> {
    this.#start += Math.max(this.#end, 1);
    this.#end = 0;
    this.#round += 1;
    for (const track of this.#tracks) await track.rewind();
  }

  close(): void {
    this.#media.close();
  }
}

/** One kind of it, and which frame is next. */
class Track {
  readonly kind: MediaKind;
  readonly #track: EncodedTrack;
  head: EncodedFrame | undefined;
  /** ms, of the frame before. */
  last: number | undefined;
  #isOver = false;

  constructor(kind: MediaKind, track: EncodedTrack) {
    this.kind = kind;
    this.#track = track;
  }

  async look(): Promise<void> {
    if (this.head || this.#isOver) return;
    this.head = await this.#track.read();
    this.#isOver = this.head === undefined;
  }

  async rewind(): Promise<void> {
    await this.#track.seek(0);
    this.last = undefined;
    this.#isOver = false;
  }
}

/** RTP has no order of decoding beside that of time (B frames of H.264). */
function reordered(): MediaError {
  return new MediaError(
    'showing a film: its pictures are stored in another order than they are shown (B-frames), which cannot be sent; encode it without them, as with ffmpeg -bf 0',
    { code: 'video-reordered' },
  );
}
