/** What carries the stream: a WebSocket where there is one, else BOSH. */
import { ConnectionError, JitsiError } from '../../base/errors.ts';
import type { Deployment } from '../../jitsi/deployment.ts';
import type { MeetingAddress } from '../../jitsi/meeting-address.ts';
import { pageUrl, resolveHttpUrl, withQuery } from '../../jitsi/service-urls.ts';

export type TransportChoice = 'auto' | 'websocket' | 'bosh';

/** Where BOSH is, with the query that servers expect; where config.js does not say it, beside the page. */
export function boshUrlFor(
  deployment: Deployment,
  address: MeetingAddress,
  token: string | undefined,
): string {
  const page = pageUrl(address);
  const url = deployment.boshUrl ?? resolveHttpUrl('http-bind', page) ?? page;
  return withQuery(url, { room: address.room, token });
}

/** Failures that BOSH at the same host would have too. */
const sameForBoth = new Set([
  'host-not-found',
  'host-unreachable',
  'connection-refused',
  'certificate-invalid',
  'pin-mismatch',
  'proxy-refused',
  'proxy-timeout',
  'proxy-invalid',
  'tls-failed',
]);

/** Whether BOSH may work where a WebSocket did not. */
export function boshMayWork(error: JitsiError, websocketUrl: string, boshUrl: string): boolean {
  return !sameForBoth.has(error.code) || new URL(websocketUrl).host !== new URL(boshUrl).host;
}

/** The `warning`: what is lost without a WebSocket. */
export function boshFallbackWarning(error: JitsiError, boshUrl: string): ConnectionError {
  const { origin, pathname } = new URL(boshUrl);
  return new ConnectionError(
    `${error.message}; connected by BOSH at ${origin}${pathname} instead, which costs a request for each message`,
    { code: 'bosh-fallback', cause: error },
  );
}

/** Neither works; the WebSocket's error is the one to act on. */
export function bothFailed(websocket: JitsiError, bosh: JitsiError): ConnectionError {
  return new ConnectionError(`${websocket.message}; and ${bosh.message}`, {
    code: websocket.code,
    retryable: websocket.retryable || bosh.retryable,
    cause: websocket,
  });
}
