/** How a peer connection says that it does not take Plan B. */
import { MediaError } from '../base/errors.ts';

/**
 * A peer connection does not take Plan B, where an m-line has several tracks: it has refused the offer, or silently left tracks out. Nothing
 * was sent, the session can still be accepted: with a new peer connection, and `semantics: 'unified'`.
 */
export class PlanBError extends MediaError {}

/**
 * Whether this is a {@link PlanBError}, or what a browser's `setRemoteDescription` throws of itself when the offer is Plan B. Chromium (seen
 * with 156) refuses it with an `InvalidAccessError` once an m-line has two tracks, so as soon as there is a second participant; with one track
 * in each m-line there is no difference and no error.
 * @param error what was thrown, whatever that is
 */
export function isPlanBError(error: unknown): boolean {
  if (error instanceof PlanBError) return true;
  if (typeof error !== 'object' || error === null) return false;
  const { name, message } = error as { name?: unknown; message?: unknown };
  // The words of libwebrtc's `sdp_offer_answer.cc`; the name alone stands for other things too.
  return (
    name === 'InvalidAccessError' &&
    typeof message === 'string' &&
    message.includes('more than one track specified with a=ssrc lines')
  );
}
