/**
 * A user name as people type it: `alice`, or with the domain that holds the account, `alice@example.com`. Split as Jitsi's
 * client does it (jitsi-meet `toJid`, Strophe's `getNodeFromJid` and `getDomainFromJid`).
 */
import { UsageError } from '../base/errors.ts';
import { parseJid } from '../xmpp/jid.ts';
import { isHostName } from './service-urls.ts';

export interface Account {
  /** What SASL is told. */
  username: string;
  /** Where to log in; without one the deployment's `hosts.authdomain` or `hosts.domain`. */
  domain?: string;
}

/** @throws UsageError `login-invalid` */
export function accountOf(typed: string): Account {
  const text = typed.trim();
  try {
    const { local, domain } = parseJid(text.includes('@') ? text : `${text}@example.com`);
    if (local !== '' && isHostName(domain)) {
      return text.includes('@') ? { username: local, domain: domain.toLowerCase() } : { username: local };
    }
  } catch {
    // as below
  }
  throw new UsageError(
    `the user name ${JSON.stringify(typed.slice(0, 100))} is none: give it as alice, or as alice@example.com with the domain that holds the account`,
    { code: 'login-invalid' },
  );
}
