/** What an HTTP request is for. */

export interface RequestTarget {
  /** What precedes a name we know; '' for none. */
  tenant: string;
  /** Without the tenant and the first slash. */
  path: string;
  parameters: URLSearchParams;
}

/**
 * Reads the target in any of the forms that a client may write (RFC 9112, 3.2): `/TENANT/…/what/was/asked?parameters`, or a whole URL as
 * for a proxy.
 * @returns undefined for what is neither
 */
export function readTarget(target: string): RequestTarget | undefined {
  // Not as a relative reference: `//` begins a host name there (RFC 3986, 4.2), in a target it is a path.
  const address = target.startsWith('/') ? `http://localhost${target}` : target;
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return undefined;
  const { pathname, searchParams } = new URL(address);
  const known = /^\/(?:([^/]+)\/)?(config\.js|xmpp-websocket|conference-request\/v1|colibri-ws\/.*)$/.exec(
    pathname,
  );
  return { tenant: known?.[1] ?? '', path: known?.[2] ?? pathname.slice(1), parameters: searchParams };
}
