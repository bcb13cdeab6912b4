/** How a browser says that it does not take Plan B. */

/**
 * Whether `setRemoteDescription` failed because the offer was Plan B. Chromium (seen with 156) refuses it with an
 * `InvalidAccessError` once an m-line has two tracks, so as soon as there is a second participant; with one track in each
 * m-line there is no difference and no error. Make the offer with `semantics: 'unified'` then.
 * @param error what was thrown, whatever that is
 */
export function isPlanBError(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { name, message } = error as { name?: unknown; message?: unknown };
  // The words of libwebrtc's `sdp_offer_answer.cc`; the name alone stands for other things too.
  return (
    name === 'InvalidAccessError' &&
    typeof message === 'string' &&
    message.includes('more than one track specified with a=ssrc lines')
  );
}
