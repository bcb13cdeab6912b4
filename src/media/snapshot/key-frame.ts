/** The next key frame of somebody's video, as large as it was asked for, or as it comes. */
import { type Clock, systemClock } from '../../base/clock.ts';
import { type JitsiError, MediaError, TimeoutError } from '../../base/errors.ts';
import type { RemoteTrack } from '../../client/media/remote/remote-track.ts';
import type { RemoteFrame } from '../../client/media/track-types.ts';
import { EncryptedFrames, saysEncrypted } from '../encryption/encrypted-frames.ts';

/** As much of a track as is needed. */
export type SeenTrack = Pick<
  RemoteTrack,
  | 'kind'
  | 'codec'
  | 'sourceName'
  | 'participant'
  | 'muted'
  | 'suspended'
  | 'isRemoved'
  | 'frames'
  | 'requestHeight'
  | 'requestKeyFrame'
>;

export interface KeyFrameOptions {
  /** Pixels, -1: the largest there is. */
  maxHeight: number;
  /** ms */
  timeout: number;
  signal: AbortSignal | undefined;
  clock?: Clock;
}

export type SizedFrame = RemoteFrame & { width: number; height: number };

/** ms for which a larger one is waited for: a bridge begins with the smallest layer that a sender has, and goes up with the next key frames */
const settlingTime = 1_500;
/** Pixels that are large enough for those who did not say: cameras in Jitsi Meet send so many as a rule. */
const usualHeight = 720;

/**
 * @throws MediaError `video-gone`, `video-muted`, `video-encrypted`; TimeoutError `video-timeout`; the signal's reason
 */
export async function nextKeyFrame(track: SeenTrack, options: KeyFrameOptions): Promise<SizedFrame> {
  const { clock = systemClock, maxHeight, signal, timeout } = options;
  signal?.throwIfAborted();
  checkShown(track);
  const withdraw = track.requestHeight(maxHeight);
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  signal?.addEventListener('abort', stop, { once: true });
  const timers = [clock.schedule(timeout, stop)];
  let best: SizedFrame | undefined;
  // Presence may say it late, or never.
  const encryption = new EncryptedFrames();
  let isEncrypted = false;
  /** The best one, as far as it is known to be in the clear. */
  let taken: SizedFrame | undefined;
  try {
    // What comes in between is not needed, and not kept.
    for await (const frame of track.frames({ signal: controller.signal, limit: 30 })) {
      const verdict = encryption.look(frame.data);
      isEncrypted = verdict === 'encrypted';
      if (isEncrypted) break;
      if (isSized(frame) && frame.height > (best?.height ?? 0)) {
        if (!best) timers.push(clock.schedule(settlingTime, stop));
        best = frame;
      }
      // What looks encrypted may do so by chance: the next frames tell.
      if (verdict === 'clear') taken = best;
      if (taken && taken.height >= (maxHeight < 0 ? usualHeight : maxHeight)) break;
    }
  } finally {
    for (const cancel of timers) cancel();
    signal?.removeEventListener('abort', stop);
    withdraw();
  }
  signal?.throwIfAborted();
  // Whoever switches encryption on says so before the first such frame, or with it.
  if (saysEncrypted(track.participant) || isEncrypted) throw encrypted(track);
  if (taken) return taken;
  // Only one in 4096 looks like that in the clear.
  if (best) throw encrypted(track);
  checkShown(track);
  throw tooLate(track, timeout);
}

function isSized(frame: RemoteFrame): frame is SizedFrame {
  return frame.keyFrame && frame.width !== undefined && frame.height !== undefined;
}

function checkShown(track: SeenTrack): void {
  if (track.isRemoved)
    throw error(track, 'video-gone', 'it is gone; take a track that is in conference.tracks', false);
  if (saysEncrypted(track.participant)) throw encrypted(track);
  if (track.muted) throw error(track, 'video-muted', 'it is muted; try again after `trackUnmuted`', true);
}

function encrypted(track: SeenTrack): JitsiError {
  return error(track, 'video-encrypted', 'it is end-to-end encrypted, and we have no key', false);
}

function error({ sourceName }: SeenTrack, code: string, problem: string, retryable: boolean): JitsiError {
  return new MediaError(`taking a picture of ${sourceName}: ${problem}`, { code, retryable });
}

function tooLate({ sourceName, suspended }: SeenTrack, timeout: number): JitsiError {
  const why = suspended
    ? 'the bridge keeps it back because it takes our downlink for too narrow; ask for less (maxHeight)'
    : 'are we still connected to the bridge, and does its owner send? Try again, or allow more time (timeout)';
  return new TimeoutError(
    `taking a picture of ${sourceName}: no key frame came within ${(timeout / 1000).toFixed(1)} s; ${why}`,
    { code: 'video-timeout', retryable: true },
  );
}
