/** What a player plays. */
import { UsageError } from '../../../base/errors.ts';
import { RemoteTrack } from '../../../client/media/remote/remote-track.ts';
import type { MediaOrigin } from '../../origin/byte-source.ts';
import { isRepeatable } from '../../origin/open-origin.ts';
import type { Samples } from '../pushed-samples.ts';

/** Samples as they come, of one rate. */
export interface PcmOrigin {
  /** Interleaved, in pieces of any length. */
  pcm: AsyncIterable<Samples>;
  /** Hz, 1000 to 384 000. Default 48 000. */
  sampleRate?: number;
  /** Default 1. */
  channels?: 1 | 2;
}

/** A path, an address of the web, bytes, a stream of them; samples; or the audio of somebody else. */
export type Playable = MediaOrigin | PcmOrigin | RemoteTrack;

/** @throws UsageError `media-origin-invalid` */
export function checkPlayable(playable: unknown): asserts playable is Playable {
  if (typeof playable === 'string' || (typeof playable === 'object' && playable !== null)) return;
  throw new UsageError('playing: a path, a URL, bytes, a stream, samples or a RemoteTrack is expected', {
    code: 'media-origin-invalid',
  });
}

export function isPcm(playable: Playable): playable is PcmOrigin {
  return typeof playable === 'object' && 'pcm' in playable;
}

export function isTrack(playable: Playable): playable is RemoteTrack {
  return playable instanceof RemoteTrack;
}

/** Whether it can be played from its beginning again, or from somewhere else. */
export function canComeAgain(playable: Playable): boolean {
  return !isPcm(playable) && !isTrack(playable) && isRepeatable(playable);
}

/** For people: no query, user or password of an address. */
export function nameOf(playable: Playable): string {
  if (isTrack(playable)) return playable.sourceName;
  if (isPcm(playable)) return 'samples';
  if (playable instanceof Uint8Array) return 'bytes';
  if (typeof playable !== 'string' && !(playable instanceof URL)) return 'a stream';
  const text = String(playable);
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(text) || !URL.canParse(text)) return text;
  const { host, pathname, protocol } = new URL(text);
  return protocol === 'file:' ? pathname : `${protocol}//${host}${pathname}`;
}
