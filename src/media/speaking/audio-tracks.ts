/** The audio tracks that one player or speaker sends on: one for each conference it is attached to, in as many rooms as one likes. */
import { UsageError } from '../../base/errors.ts';
import type { Conference } from '../../client/conference.ts';
import type { LocalTrack } from '../../client/media/local/local-track.ts';
import type { LocalFrame } from '../../client/media/track-types.ts';
import { unmuteOnce } from '../clips/unmute-once.ts';

/** As much of a conference as it takes. */
export type AudioConference = Pick<Conference, 'addTrack'> & Partial<Pick<Conference, 'state'>>;

export interface AudioTracksListener {
  /** A track is ready that was not: what is sent gets out there from now on. */
  ready(): void;
  /** The last track is gone: its conference has ended, or somebody stopped it. Not when it is closed. */
  gone(): void;
  /** The same, where its conference has ended. After `gone`. */
  ended?(): void;
}

export class AudioTracks {
  readonly #tracks = new Map<AudioConference, LocalTrack>();
  readonly #listener: AudioTracksListener;
  #isClosed = false;

  constructor(listener: AudioTracksListener) {
    this.#listener = listener;
  }

  /** Somebody gets what is sent. */
  get isReady(): boolean {
    for (const track of this.#tracks.values()) if (track.isReady) return true;
    return false;
  }

  /** It is attached to a conference. */
  get isAttached(): boolean {
    return this.#tracks.size > 0;
  }

  /**
   * A track of the conference's that is sent on from now on, until it is detached or the conference ends. The same one when it is there.
   * @throws as `conference.addTrack`; UsageError `audio-closed`
   */
  attach(conference: AudioConference): LocalTrack {
    if (this.#isClosed)
      throw new UsageError('attaching to a conference: it is closed; make another one', {
        code: 'audio-closed',
      });
    const present = this.#tracks.get(conference);
    if (present) return present;
    const track = conference.addTrack({ kind: 'audio' });
    unmuteOnce(track);
    this.#tracks.set(conference, track);
    track.on('ready', () => this.#listener.ready());
    track.on('stopped', () => {
      this.#tracks.delete(conference);
      if (this.#tracks.size > 0 || this.#isClosed) return;
      this.#listener.gone();
      if (conference.state === 'ended') this.#listener.ended?.();
    });
    if (track.isReady) this.#listener.ready();
    return track;
  }

  /** Takes its track back, for good. */
  detach(conference: AudioConference): void {
    this.#tracks.get(conference)?.stop();
  }

  /** @returns whether anybody got it */
  send(frame: LocalFrame): boolean {
    let isSent = false;
    for (const track of this.#tracks.values()) isSent = track.send(frame) || isSent;
    return isSent;
  }

  /** Takes all tracks back. */
  close(): void {
    this.#isClosed = true;
    for (const track of this.#tracks.values()) track.stop();
  }
}
