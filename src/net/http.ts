/** One HTTP request, bounded in time and size, with redirects followed and certificates checked. */
import { systemClock } from '../base/clock.ts';
import { ConnectionError } from '../base/errors.ts';
import { requestHeaders } from './access.ts';
import { type Exchange, type ExchangeOptions, exchange } from './http-exchange.ts';
import { withoutSecrets } from './network-error.ts';
import { redirectLimit, redirectTarget } from './redirect.ts';
import { retryAfter } from './retry-after.ts';

export interface HttpOptions extends ExchangeOptions {
  /** ms for everything, redirects and the last byte of the body included */
  timeout: number;
}

export interface HttpAnswer {
  status: number;
  body: string;
  /** ms after which the server wants to be asked again */
  retryAfter?: number;
}

/** @throws ConnectionError; or the signal's reason */
export async function httpRequest(options: HttpOptions): Promise<HttpAnswer> {
  const { signal, timeout } = options;
  signal.throwIfAborted();
  // Nothing but this function and its timer decides how long it takes: not the socket, nor a fetch or agent of the caller's. A signal
  // of AbortSignal.timeout or AbortSignal.any would not do: nobody holds it, and it is collected with its timer.
  const stop = new AbortController();
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error));
  });
  const abort = (): void => stop.abort(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  const cancelTimer = systemClock.schedule(timeout, () => stop.abort(noAnswer(options)));
  try {
    return await Promise.race([follow(options, stop.signal), stopped]);
  } finally {
    cancelTimer();
    signal.removeEventListener('abort', abort);
  }
}

async function follow(options: HttpOptions, signal: AbortSignal): Promise<HttpAnswer> {
  const headers = { ...requestHeaders(options, options.method, options.url), ...options.headers };
  let { url } = options;
  for (let hops = 0; hops <= redirectLimit; hops++) {
    const answer = await exchange({ ...options, headers, url, signal });
    const { status, location } = answer;
    // A POST is never repeated elsewhere: its body is meant for the address that was asked.
    if (location === undefined || options.method !== 'GET' || status < 300 || status >= 400)
      return answerOf(answer);
    url = redirectTarget(location, url);
  }
  throw new ConnectionError(`fetching ${withoutSecrets(options.url)}: more than ${redirectLimit} redirects`, {
    code: 'redirect-loop',
  });
}

function answerOf({ status, body, ...headers }: Exchange): HttpAnswer {
  const delay = retryAfter(headers, systemClock.now());
  return { status, body, ...(delay === undefined ? {} : { retryAfter: delay }) };
}

function noAnswer({ url, timeout }: HttpOptions): ConnectionError {
  return new ConnectionError(`fetching ${withoutSecrets(url)}: no answer within ${timeout / 1000} s`, {
    code: 'http-timeout',
    retryable: true,
  });
}
