/**
 * SASL, the server's side (RFC 6120, 6): ANONYMOUS (RFC 4505) with a random user name or the one of a stream that is to be
 * resumed, PLAIN (RFC 4616) for accounts, and the tokens that come in the URL (Prosody plugin `mod_auth_token`). A token
 * is compared as text: nothing in it is read.
 */
import { type RandomBytes, randomUuid } from '../../base/random.ts';
import { ns } from '../../xmpp/namespaces.ts';
import { text, type XmlElement, xml } from '../../xml/element.ts';
import type { SessionQuery } from './session-query.ts';

/** A host that clients can log in to. */
export interface VirtualHost {
  readonly domain: string;
  readonly mechanism: 'ANONYMOUS' | 'PLAIN';
  /** Passwords by user name, for PLAIN. */
  readonly accounts: ReadonlyMap<string, string>;
  /** When there are any, the URL must carry one of them. */
  readonly tokens: ReadonlySet<string>;
}

export type Authentication =
  | { name: 'success'; username: string }
  | { name: 'failure'; condition: string; text?: string };

/** @param resumable the user name that belongs to the stream named by `previd`, if there is one */
export function authenticate(
  auth: XmlElement,
  host: VirtualHost,
  query: SessionQuery,
  options: { random: RandomBytes; resumable: string | undefined },
): Authentication {
  if (auth.attrs.mechanism !== host.mechanism) return { name: 'failure', condition: 'invalid-mechanism' };
  if (host.mechanism === 'PLAIN') return checkPassword(text(auth), host.accounts);
  if (host.tokens.size > 0) {
    if (query.token === undefined)
      return { name: 'failure', condition: 'not-allowed', text: 'token required' };
    if (!host.tokens.has(query.token))
      return { name: 'failure', condition: 'not-allowed', text: 'Invalid signature' };
  }
  return { name: 'success', username: options.resumable ?? randomUuid(options.random) };
}

function checkPassword(encoded: string, accounts: ReadonlyMap<string, string>): Authentication {
  const message = decodeBase64(encoded);
  if (message === undefined) return { name: 'failure', condition: 'incorrect-encoding' };
  const parts = message.split('\0');
  const [, username, password] = parts;
  if (parts.length !== 3 || !username || !password)
    return { name: 'failure', condition: 'malformed-request' };
  return accounts.get(username) === password
    ? { name: 'success', username }
    : {
        name: 'failure',
        condition: 'not-authorized',
        text: "Unable to authorize you with the authentication credentials you've sent.",
      };
}

function decodeBase64(encoded: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(encoded.trim()), (character) => character.codePointAt(0) ?? 0);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** The answer to `<auth/>`. */
export function buildAuthenticationResult(result: Authentication): XmlElement {
  if (result.name === 'success') return xml(ns.sasl, 'success');
  return xml(
    ns.sasl,
    'failure',
    {},
    xml(ns.sasl, result.condition),
    result.text === undefined ? undefined : xml(ns.sasl, 'text', {}, result.text),
  );
}
