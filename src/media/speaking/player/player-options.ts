/** What a player can be told, and what it tells. */
import type { Clock } from '../../../base/clock.ts';
import type { EventNames } from '../../../base/emitter.ts';
import type { JitsiError } from '../../../base/errors.ts';
import {
  abortSignal,
  checkOptions,
  type Kind,
  type Kinds,
  oneOf,
  text,
} from '../../../client/check-arguments.ts';
import { bitrate } from '../../opus/options.ts';
import { originKinds, type OriginOptions } from '../../origin/open-origin.ts';

/** `one`: what plays, again and again; `all`: what has been played goes to the end of the queue. */
export type Loop = 'none' | 'one' | 'all';

export interface AudioPlayerOptions extends OriginOptions {
  /** 0 to 4; 1, the default, passes Opus on as it is, everything else decodes and encodes it. */
  volume?: number;
  /** Default `none`. */
  loop?: Loop;
  /** bit/s, 6000 to 510 000, where something is encoded. Default: 64 000 a channel. */
  bitrate?: number;
  /** Path of ffmpeg, which plays what is neither Opus nor WAV. Default: looked for on the PATH. */
  ffmpeg?: string;
  /** A clock that does not jump. */
  clock?: Clock;
  /** Closes the player. */
  signal?: AbortSignal;
}

export const volumeKind: Kind = {
  words: 'a number from 0 to 4',
  fits: (value) => typeof value === 'number' && value >= 0 && value <= 4,
};
export const positionKind: Kind = {
  words: 'a number of milliseconds',
  fits: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
};
export const loopKind: Kind = oneOf('none', 'one', 'all');

const kinds: Kinds<AudioPlayerOptions> = {
  ...originKinds,
  volume: volumeKind,
  loop: loopKind,
  bitrate,
  ffmpeg: text,
  clock: { words: 'a clock', fits: (value) => typeof value === 'object' },
  signal: abortSignal,
};

/** @throws UsageError `option-invalid`, `option-unknown` */
export function checkPlayerOptions(options: AudioPlayerOptions): void {
  checkOptions('making a player', kinds, options);
}

/** Something in a player's queue, or what plays. */
export interface QueuedSound {
  /** What it is, for people; without what may be secret in an address. */
  readonly name: string;
}

export interface AudioPlayerEvents {
  /** Its first frame is sent. */
  started: { sound: QueuedSound };
  /** Its last frame was sent, or it was skipped or replaced. */
  finished: { sound: QueuedSound; skipped: boolean };
  /** Nothing of it is sent from now on. */
  paused: { sound: QueuedSound };
  /** It goes on where it was. */
  resumed: { sound: QueuedSound };
  /** It cannot be played, or no further; the next one is. */
  failed: { sound: QueuedSound; error: Error };
  /** Its source did not keep up: there was silence. `count` is of this player. */
  underrun: { sound: QueuedSound; count: number };
  /** Everything was played. `failed` of them could not be. */
  queueEnded: { failed: number };
  /** A listener of yours threw, or its promise rejected; or a track is end-to-end encrypted (`source-encrypted`), told once, and silence. */
  warning: { error: JitsiError };
}

export const playerEventNames: EventNames<AudioPlayerEvents> = {
  started: true,
  finished: true,
  paused: true,
  resumed: true,
  failed: true,
  underrun: true,
  queueEnded: true,
  warning: true,
};
