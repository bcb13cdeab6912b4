/** Where a redirect leads to, if it may be followed. */
import { ConnectionError } from '../base/errors.ts';
import { withoutSecrets } from './network-error.ts';

export const redirectLimit = 5;

/**
 * @param location as the header says it
 * @throws ConnectionError `redirect-invalid`, `insecure-redirect`
 */
export function redirectTarget(location: string, from: string): string {
  const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (target?.protocol !== 'https:' && target?.protocol !== 'http:') {
    throw new ConnectionError(`fetching ${withoutSecrets(from)}: it redirects to what is no web address`, {
      code: 'redirect-invalid',
    });
  }
  if (new URL(from).protocol === 'https:' && target.protocol !== 'https:') {
    throw new ConnectionError(
      `fetching ${withoutSecrets(from)}: it redirects to an address without TLS, ${withoutSecrets(target.href)}`,
      { code: 'insecure-redirect' },
    );
  }
  return target.href;
}
