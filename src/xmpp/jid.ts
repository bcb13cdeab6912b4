/**
 * XMPP addresses, `local@domain/resource` (RFC 7622). They stay strings throughout; these functions take them apart.
 * Implemented: the split and the length limits. Not implemented: PRECIS preparation; what servers send is prepared already.
 */
import { ParseError } from '../base/errors.ts';

export interface JidParts {
  /** '' when absent */
  local: string;
  domain: string;
  /** '' when absent */
  resource: string;
}

/** Splits an address; an invalid one gives whatever its punctuation says. Cheap, for addresses that servers stamped. */
export function splitJid(jid: string): JidParts {
  const slash = jid.indexOf('/');
  const bare = slash < 0 ? jid : jid.slice(0, slash);
  const at = bare.indexOf('@');
  return {
    local: at < 0 ? '' : bare.slice(0, at),
    domain: bare.slice(at + 1),
    resource: slash < 0 ? '' : jid.slice(slash + 1),
  };
}

/** @throws ParseError (`jid-invalid`) unless `jid` has a domain and parts of 1 to 1023 bytes (RFC 7622, 3.1) */
export function parseJid(jid: string): JidParts {
  const parts = splitJid(jid);
  const { local, domain, resource } = parts;
  const emptyPart = domain === '' || jid.startsWith('@') || (jid.includes('/') && resource === '');
  const tooLong = [local, domain, resource].some((part) => new TextEncoder().encode(part).length > 1023);
  // RFC 7622, 3.3.1 and the characters that no host name has.
  if (emptyPart || tooLong || /["&'/:<>@\s]/u.test(local) || /[\s@"&'<>]/u.test(domain)) {
    throw new ParseError('jid', 'jid-invalid', `${JSON.stringify(jid.slice(0, 100))} is not an XMPP address`);
  }
  return parts;
}

/** `local@domain` of an address. */
export function bareJid(jid: string): string {
  const slash = jid.indexOf('/');
  return slash < 0 ? jid : jid.slice(0, slash);
}

/** The resource, for an occupant JID the nick; '' when absent. */
export function resourceOf(jid: string): string {
  return splitJid(jid).resource;
}

export function domainOf(jid: string): string {
  return splitJid(jid).domain;
}

export function localOf(jid: string): string {
  return splitJid(jid).local;
}
