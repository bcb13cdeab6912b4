/** What all WebSockets and HTTP requests of one conference have in common: as whom, and by which way. */
import type { Agent } from 'node:http';
import type { ProxyChoice } from './proxy.ts';
import type { TlsTrust } from './tls-trust.ts';

export interface NetworkAccess extends TlsTrust {
  /** Origin of the page that a browser would be on. */
  origin?: string;
  /** `User-Agent`. */
  userAgent?: string;
  /** See `proxy.ts`. Undefined: none that we know of. */
  proxy?: ProxyChoice;
  /** Makes the connections of HTTP requests and WebSockets, whatever the rest says. */
  agent?: Agent;
  /** Makes the HTTP requests, and no WebSockets. */
  fetch?: typeof fetch;
}

/** Headers of a WebSocket's upgrade, which has an Origin always (RFC 6455, 4.1). */
export function upgradeHeaders(access: NetworkAccess): Record<string, string> {
  return headersOf(access, true);
}

/** Headers of an HTTP request: it has an Origin unless it is a GET to the page's own (Fetch, "append a request Origin header"). */
export function requestHeaders(access: NetworkAccess, method: string, url: string): Record<string, string> {
  return headersOf(access, method !== 'GET' || new URL(url).origin !== access.origin);
}

function headersOf({ origin, userAgent }: NetworkAccess, withOrigin: boolean): Record<string, string> {
  return {
    ...(origin === undefined || !withOrigin ? {} : { origin }),
    ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
  };
}
