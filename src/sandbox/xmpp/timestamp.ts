/** Date and time in XMPP (XEP-0082, 3.2), in seconds as Prosody writes it. */

/** @param ms since the epoch */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');
}
