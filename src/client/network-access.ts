/** How a join's HTTP requests and WebSockets go out: as a browser on the meeting's page would send them, by the way the caller wants. */
import type { Agent } from 'node:http';
import { defined } from '../base/defined.ts';
import { UsageError } from '../base/errors.ts';
import type { NetworkAccess } from '../net/access.ts';

export interface AccessOptions {
  /** Do not check TLS certificates, for this participant only. Default false. */
  insecure?: boolean;
  /**
   * `User-Agent` of every HTTP request and WebSocket. Default `Mozilla/5.0 (compatible; jitsi-headless)`: what proxies in front of
   * deployments let through, and no browser's name.
   */
  userAgent?: string;
  /**
   * Makes the connections of all HTTP requests and WebSockets of this conference, the bridge's WebSocket among them: an `https.Agent` with
   * certificates of your own, or one that goes through a proxy. It has to take the protocol that the meeting's address has. Media goes
   * its own way. An agent that keeps connections open is yours to `destroy()`.
   */
  agent?: Agent;
  /**
   * Makes the HTTP requests of this conference instead of Node's own `http`: config.js, the conference request, keep-alives, BOSH. WebSockets
   * cannot go through it; with `transport: 'bosh'` nothing of the signalling needs one. Before `agent`.
   */
  fetch?: typeof fetch;
}

const defaultUserAgent = 'Mozilla/5.0 (compatible; jitsi-headless)';

/**
 * @param origin of the meeting's page
 * @throws UsageError `user-agent-invalid`
 */
export function networkAccess(origin: string, options: AccessOptions): NetworkAccess {
  const { agent, fetch, insecure = false, userAgent = defaultUserAgent } = options;
  // What a field of HTTP may hold (RFC 9110, 5.5), without the bytes above ASCII, which nobody knows how to read.
  if (!/^[!-~](?:[ -~]*[!-~])?$/.test(userAgent)) {
    throw new UsageError(
      `the user agent ${JSON.stringify(userAgent.slice(0, 200))} cannot be sent: printable ASCII is expected, as in "bot/1.0 (+https://example.com)"`,
      { code: 'user-agent-invalid' },
    );
  }
  return defined({ insecure, origin, userAgent, agent, fetch });
}
