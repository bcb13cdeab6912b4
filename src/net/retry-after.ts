/** `Retry-After` (RFC 9110, 10.2.3): seconds, or a date, which is measured against the server's own clock where it tells its time. */

/**
 * @param now ms since the epoch
 * @returns ms; undefined when there is none that can be read
 */
export function retryAfter(
  headers: { retryAfter: string | undefined; date: string | undefined },
  now: number,
): number | undefined {
  const text = headers.retryAfter?.trim() ?? '';
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1_000;
  // JavaScript takes "1.5" and "-1" for dates of 2001.
  const at = /[a-z]{3}/i.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at)) return undefined;
  const serverNow = Date.parse(headers.date ?? '');
  return Math.max(0, at - (Number.isNaN(serverNow) ? now : serverNow));
}
