/** What goes wrong between here and a server, in words for people, as one error class. */
import { ConnectionError, JitsiError, messageOf } from '../base/errors.ts';

const certificateCodes = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * @param tried what was attempted, in words, without secrets: "connecting to wss://host/xmpp-websocket"
 * @param cause what Node reported
 */
export function networkError(tried: string, cause: unknown): ConnectionError {
  const { code, reason, retryable = code !== 'certificate-invalid' } = describe(cause);
  return new ConnectionError(`${tried}: ${reason}`, { code, retryable, cause });
}

interface Reason {
  code: string;
  reason: string;
  retryable?: boolean;
}

function describe(cause: unknown): Reason {
  // Of ours already: a proxy, a pinned key.
  if (cause instanceof JitsiError)
    return { code: cause.code, reason: cause.message, retryable: cause.retryable };
  // Trying several addresses of one name fails with all their errors in one; the first stands for all.
  if (cause instanceof AggregateError && cause.errors.length > 0) return describe(cause.errors[0]);
  const system = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (certificateCodes.has(system)) {
    const reason = `the server's certificate is not valid: ${messageOf(cause)}; give its authority as ca, or use insecure only if you trust the network`;
    return { code: 'certificate-invalid', reason };
  }
  switch (system) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { code: 'host-not-found', reason: 'no such host; check the name and the network' };
    case 'ECONNREFUSED':
      return {
        code: 'connection-refused',
        reason: 'nothing listens there; check the port and that the server is running',
      };
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return {
        code: 'host-unreachable',
        reason: 'the host cannot be reached; check the network and firewalls',
      };
    case 'ECONNRESET':
    case 'EPIPE':
      return { code: 'connection-lost', reason: 'the server broke the connection' };
    case 'EPROTO':
      return {
        code: 'tls-failed',
        reason: 'the server does not speak TLS there; for a server without TLS give the address as http://',
      };
    default:
      return { code: 'connection-failed', reason: messageOf(cause) };
  }
}

/** An address without what may be secret in it: query, user and fragment. */
export function withoutSecrets(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return 'an unusable address';
  }
}
