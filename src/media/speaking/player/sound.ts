/** A sound that is being played: packets of Opus, one after the other. */
import type { JitsiError } from '../../../base/errors.ts';
import type { EncodedFrame } from '../../container/media.ts';
import type { OriginOptions } from '../../origin/open-origin.ts';

export interface Sound {
  readonly channels: 1 | 2;
  /** ms; undefined where nobody knows before the end */
  readonly duration: number | undefined;
  /** ms up to which it is read, where nothing is given of silence; undefined: up to the end of the last packet */
  readonly readUntil?: number;
  /** Its packets come when they come, at their own pace, as those of a track do: nobody waits for the time of one. */
  readonly isLive: boolean;
  /** The next packet; undefined at the end. One at a time. */
  read(): Promise<EncodedFrame | undefined>;
  /** Whoever reads gets an error, or the end. */
  close(): void;
}

export interface SoundOptions {
  /** How origins are opened. */
  origin: OriginOptions;
  /** ms of its beginning that are left out */
  start: number;
  /** bit/s, where something is encoded; undefined: the encoder's own choice */
  bitrate: number | undefined;
  /** Path of ffmpeg. */
  ffmpeg: string | undefined;
  signal: AbortSignal;
  /** Something is wrong with it that it survives. */
  warn(error: JitsiError): void;
}
