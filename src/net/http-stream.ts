/**
 * One HTTP GET of an address that may be anybody's choice: its body as it comes, redirects followed one by one, and none of it from
 * this machine or a private network unless that is allowed. The name is looked up by us, once for each connection, and the connection goes to
 * what was found: another answer of the same name server later changes nothing (DNS rebinding).
 */
import { type LookupAddress, lookup, type LookupAllOptions } from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { ConnectionError, JitsiError } from '../base/errors.ts';
import { onAbort } from '../base/on-abort.ts';
import { startTimer } from '../base/timer.ts';
import { type NetworkAccess, requestHeaders } from './access.ts';
import { networkError, withoutSecrets } from './network-error.ts';
import { proxyFor } from './proxy.ts';
import { isPublicAddress } from './public-address.ts';
import { redirectLimit, redirectTarget } from './redirect.ts';
import { wayOf } from './way.ts';

export interface HttpStreamOptions extends NetworkAccess {
  url: string;
  headers: Readonly<Record<string, string>>;
  /** This machine and private networks may be asked too. */
  allowPrivate: boolean;
  /** ms until the server's answer begins, redirects included */
  timeout: number;
  /** ms that nothing comes while it is read */
  idleTimeout: number;
  signal: AbortSignal;
}

export interface HttpStream {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** Where it was found, after redirects. */
  url: string;
  /** The body. Leaving it closes the connection. @throws ConnectionError */
  body(): AsyncGenerator<Uint8Array, void, undefined>;
  close(): void;
}

/** @throws ConnectionError `address-private`, `http-timeout`, and as of `httpRequest`; or the signal's reason */
export async function httpStream(options: HttpStreamOptions): Promise<HttpStream> {
  const { signal, timeout } = options;
  signal.throwIfAborted();
  const stop = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error));
  });
  // Nobody waits for it once there is an answer.
  stopped.catch(() => {});
  const off = onAbort(signal, () => stop.abort(signal.reason));
  const cancelTimer = startTimer(timeout, () => stop.abort(tooLate(options.url, timeout, 'no answer')));
  try {
    return await Promise.race([follow(options, stop, off), stopped]);
  } catch (error) {
    stop.abort(error);
    off();
    throw error;
  } finally {
    cancelTimer();
  }
}

async function follow(
  options: HttpStreamOptions,
  stop: AbortController,
  off: () => void,
): Promise<HttpStream> {
  let { url } = options;
  for (let hops = 0; hops <= redirectLimit; hops += 1) {
    const response = await ask(url, options, stop.signal);
    const { headers, statusCode: status = 0 } = response;
    if (headers.location === undefined || status < 300 || status >= 400) {
      const close = (): void => {
        off();
        stop.abort(new ConnectionError(`${tried(url)}: it was closed`, { code: 'connection-closed' }));
        response.destroy();
      };
      return { status, headers, url, close, body: () => bodyOf(response, url, options.idleTimeout, close) };
    }
    response.destroy();
    url = redirectTarget(headers.location, url);
  }
  throw new ConnectionError(`${tried(options.url)}: more than ${redirectLimit} redirects`, {
    code: 'redirect-loop',
  });
}

function ask(url: string, options: HttpStreamOptions, signal: AbortSignal): Promise<http.IncomingMessage> {
  const { allowPrivate } = options;
  const target = new URL(url);
  const host = target.hostname.replace(/^\[|\]$/g, '');
  const way = wayOf(options, url, signal);
  const isProxied = options.proxy !== undefined && proxyFor(options.proxy, url) !== undefined;
  // The way may have an agent of ours where there is no proxy: one without Node's own.
  const isDirect = !isProxied && options.agent === undefined && options.pinnedKeys === undefined;
  // Connections of others are not used: nobody looked where they lead to.
  const direct = { agent: false, ...(allowPrivate ? {} : { lookup: publicOnly }) } as const;
  const headers = { ...requestHeaders(options, 'GET', url), ...options.headers };
  const { request: send } = target.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(networkError(tried(url), error));
    // Addresses are not looked up; behind a proxy, names are not either.
    if (!allowPrivate && (isIP(host) === 0 ? !isDirect && isLocalName(host) : !isPublicAddress(host)))
      return fail(privateError(host));
    let request: http.ClientRequest;
    try {
      request = send(url, { method: 'GET', headers, signal, ...way, ...(isDirect ? direct : {}) });
    } catch (error) {
      // A user that cannot be decoded (`http://%zz@host/`).
      return fail(error);
    }
    request.on('error', fail);
    request.on('response', (response) => {
      // Whoever reads hears of it by the body.
      response.on('error', () => {});
      resolve(response);
    });
    return request.end();
  });
}

async function* bodyOf(
  response: http.IncomingMessage,
  url: string,
  idleTimeout: number,
  close: () => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = response[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  try {
    for (;;) {
      const cancelTimer = startTimer(idleTimeout, () =>
        response.destroy(tooLate(url, idleTimeout, 'nothing more came')),
      );
      const result = await iterator.next().finally(cancelTimer);
      if (result.done === true) return;
      yield result.value;
    }
  } catch (error) {
    throw error instanceof JitsiError ? error : networkError(tried(url), error);
  } finally {
    close();
  }
}

/** As `dns.lookup`; a name that leads to a private address as well as to a public one is refused too. */
const publicOnly: LookupFunction = (hostname, options, callback) => {
  const all: LookupAllOptions = { ...options, all: true };
  lookup(hostname, all, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error || !first) return callback(error, '', 0);
    if (!addresses.every(({ address }) => isPublicAddress(address)))
      return callback(privateError(hostname), '', 0);
    if (options.all === true) return callback(null, addresses);
    return (callback as (error: null, address: string, family: LookupAddress['family']) => void)(
      null,
      first.address,
      first.family,
    );
  });
};

function isLocalName(host: string): boolean {
  return /^(.*\.)?(localhost|local|internal)\.?$/i.test(host);
}

function privateError(host: string): ConnectionError {
  return new ConnectionError(
    `${host} is on this machine or in a private network, which a player does not ask; allow it with allowPrivate if the address is yours`,
    { code: 'address-private' },
  );
}

function tooLate(url: string, after: number, what: string): ConnectionError {
  return new ConnectionError(`${tried(url)}: ${what} within ${after / 1000} s`, {
    code: 'http-timeout',
    retryable: true,
  });
}

function tried(url: string): string {
  return `fetching ${withoutSecrets(url)}`;
}
