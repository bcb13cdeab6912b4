/**
 * SASL in XMPP (RFC 6120, 6): ANONYMOUS (RFC 4505) for guests and token holders, PLAIN (RFC 4616) for accounts.
 * A token is not sent here: it travels in the WebSocket's URL.
 */
import { RefusedError } from '../base/errors.ts';
import { elements, text, type XmlElement, xml } from '../xml/element.ts';
import { ns } from './namespaces.ts';

export type Credentials =
  | { mechanism: 'ANONYMOUS' }
  | { mechanism: 'PLAIN'; username: string; password: string };

/** @throws RefusedError `login-required` when the server does not offer the mechanism of these credentials */
export function requireMechanism(credentials: Credentials, offered: readonly string[], domain: string): void {
  if (offered.includes(credentials.mechanism)) return;
  const wanted =
    credentials.mechanism === 'ANONYMOUS'
      ? 'guests are not accepted: pass a user name and password, or a token'
      : 'password login is not possible there, so yours was not looked at: the server may want a token (JWT), or the accounts are on another domain; pass a token, or the user name as user@domain';
  throw new RefusedError(
    `logging in to ${domain}: the server offers ${offered.join(', ') || 'no mechanism'}, not ${credentials.mechanism}; ${wanted}`,
    { code: 'login-required' },
  );
}

/** The `<auth/>` for these credentials. */
export function buildAuth(credentials: Credentials): XmlElement {
  if (credentials.mechanism === 'ANONYMOUS') return xml(ns.sasl, 'auth', { mechanism: 'ANONYMOUS' });
  const bytes = new TextEncoder().encode(`\0${credentials.username}\0${credentials.password}`);
  return xml(ns.sasl, 'auth', { mechanism: 'PLAIN' }, btoa(String.fromCharCode(...bytes)));
}

/**
 * The error for a SASL `<failure/>`; the text is the server's own reason, for token hosts the only explanation there is. Those take
 * ANONYMOUS and look at the token in the WebSocket's URL.
 */
export function authenticationError(
  failure: XmlElement,
  domain: string,
  mechanism: Credentials['mechanism'],
): RefusedError {
  const parts = elements(failure);
  const condition = parts.find((part) => part.name !== 'text')?.name ?? 'undefined-condition';
  const described = parts.find((part) => part.name === 'text');
  const words = described ? `${condition} (${text(described)})` : condition;
  const advice =
    mechanism === 'PLAIN'
      ? 'check the user name and the password, or join as a guest'
      : 'it wants a token (JWT), or another than the one it got: a user name and password are of no use there';
  return new RefusedError(`logging in to ${domain}: the server answered ${words}; ${advice}`, {
    code: 'authentication-failed',
  });
}
