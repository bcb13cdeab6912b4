/** Which proxy an address is asked by. */
import { getProxyForUrl } from 'proxy-from-env';
import { UsageError } from '../base/errors.ts';

/** `none`, `environment` (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`, in either case), or a proxy's URL */
export type ProxyChoice = string;

/** @throws UsageError `proxy-invalid` */
export function proxyFor(choice: ProxyChoice, url: string): URL | undefined {
  if (choice === 'none') return undefined;
  if (choice !== 'environment') return parseProxy(choice, 'the proxy');
  const proxy = fromEnvironment(url);
  return proxy === '' ? undefined : parseProxy(proxy, 'the proxy in the environment (HTTPS_PROXY)');
}

/** @param what names it @throws UsageError `proxy-invalid`; it does not show the address, which may hold a password */
export function parseProxy(text: string, what: string): URL {
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy && ['http:', 'https:'].includes(proxy.protocol) && proxy.hostname !== '') return proxy;
  const odd = proxy && proxy.hostname !== '' ? ` (this is ${proxy.protocol}//)` : '';
  throw new UsageError(
    `${what} cannot be used${odd}: http://HOST:PORT or https:// is expected, with user and password as in http://USER:PASSWORD@HOST:PORT`,
    { code: 'proxy-invalid' },
  );
}

function fromEnvironment(url: string): string {
  // As Go and browsers do: nobody means what is on this machine.
  if (isLoopback(new URL(url).hostname)) return '';
  const proxy = getProxyForUrl(url.replace(/^ws/, 'http'));
  // A proxy without a scheme is one without TLS, as curl has it; the library takes the scheme of the address.
  const bare = proxy.replace(/^https:\/\//, '');
  const names = ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'];
  return bare !== proxy && names.some((name) => process.env[name] === bare) ? `http://${bare}` : proxy;
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
