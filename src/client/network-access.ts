/** How a join's HTTP requests and WebSockets go out: as a browser on the meeting's page would send them, by the way the caller wants. */
import type { Agent } from 'node:http';
import { defined } from '../base/defined.ts';
import { UsageError } from '../base/errors.ts';
import type { NetworkAccess } from '../net/access.ts';
import { checkPins } from '../net/pinned-key.ts';
import { proxyFor } from '../net/proxy.ts';
import { checkCa } from '../net/tls-trust.ts';

export interface AccessOptions {
  /** Do not check TLS certificates, for this participant only. Default false. */
  insecure?: boolean;
  /**
   * `User-Agent` of every HTTP request and WebSocket. Default `Mozilla/5.0 (compatible; jitsi-headless)`: what proxies in front of
   * deployments let through, and no browser's name.
   */
  userAgent?: string;
  /**
   * Certificates of your own authorities in PEM, one or more, which count in place of those that Node trusts for every TLS server of the
   * deployment; for its TURN servers, which are often somebody else's, beside them.
   */
  ca?: string;
  /**
   * Public keys of which every TLS server of the deployment (the page, signalling, bridges; not TURN) has to have one, whoever has signed for it:
   * `sha256//` and the SHA-256 of its SubjectPublicKeyInfo in base64, as for curl's `--pinnedpubkey` (RFC 7469, 2.4). Checked with `insecure` too, so
   * that a self-signed certificate can be known by its key. What does not fit fails with `pin-mismatch`, which shows the key that was seen.
   */
  pinnedKeys?: readonly string[];
  /**
   * The proxy that all HTTP requests and WebSockets of this conference go through, by CONNECT: `http://USER:PASSWORD@HOST:PORT`, or `https:`.
   * `environment`: as `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say, but for what is on this machine; the default where
   * `NODE_USE_ENV_PROXY` is set, as for Node itself. `none`: none, else the default. Media goes its own way.
   */
  proxy?: string;
  /**
   * Makes the connections of all HTTP requests and WebSockets of this conference, the bridge's WebSocket among them: an `https.Agent` with
   * certificates of your own, or one that goes through a proxy; `ca`, `pinnedKeys` and `proxy` are its affair then. It has to take the protocol that the meeting's address has. Media goes
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
 * @throws UsageError `user-agent-invalid`, `ca-invalid`, `pin-invalid`, `proxy-invalid`, `trust-conflict`
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
  checkTrust(origin, options);
  const { ca, pinnedKeys, proxy = proxyByDefault(options) } = options;
  return defined({ insecure, origin, userAgent, ca, pinnedKeys, proxy, agent, fetch });
}

/** What would not be done is not promised. */
function checkTrust(origin: string, { agent, ca, fetch, pinnedKeys, proxy }: AccessOptions): void {
  if (ca !== undefined) checkCa(ca);
  if (pinnedKeys) checkPins(pinnedKeys);
  if (proxy !== undefined) proxyFor(proxy, origin);
  const given = Object.entries({ ca, pinnedKeys, proxy }).filter(([, value]) => value !== undefined);
  const [first] = given.map(([name]) => name);
  if (first !== undefined && (agent || fetch)) {
    throw new UsageError(
      `joining with ${agent ? 'an agent' : 'a fetch'} of your own: it decides whom it trusts and by which way it goes; leave ${first} out, or do without it`,
      { code: 'trust-conflict' },
    );
  }
  if (pinnedKeys && origin.startsWith('http:')) {
    throw new UsageError(
      'joining with pinned keys: the address has no TLS, so there is no key; use https://',
      {
        code: 'trust-conflict',
      },
    );
  }
}

/** Node 24 does so for its own requests. */
function proxyByDefault({ agent, fetch }: AccessOptions): string | undefined {
  return !agent && !fetch && process.env['NODE_USE_ENV_PROXY'] === '1' ? 'environment' : undefined;
}
