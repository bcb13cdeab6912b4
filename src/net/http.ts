/** One HTTP request, bounded in time and size, with redirects followed and certificates checked. */
import http from 'node:http';
import https from 'node:https';
import { ConnectionError } from '../base/errors.ts';
import { networkError, withoutSecrets } from './network-error.ts';

export interface HttpOptions {
  method: 'GET' | 'POST';
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** Do not check the server's certificate. */
  insecure: boolean;
  /** ms for the whole exchange */
  timeout: number;
  /** bytes of the body that are accepted */
  sizeLimit: number;
  signal: AbortSignal;
}

export interface HttpAnswer {
  status: number;
  body: string;
}

const redirectLimit = 5;

/** @throws ConnectionError; or the signal's reason */
export async function httpRequest(options: HttpOptions): Promise<HttpAnswer> {
  let url = options.url;
  for (let hops = 0; hops <= redirectLimit; hops++) {
    const { status, body, location } = await exchange({ ...options, url });
    // A POST is never repeated elsewhere: its body is meant for the address that was asked.
    if (location === undefined || options.method !== 'GET' || status < 300 || status >= 400)
      return { status, body };
    const next = redirectTarget(location, url);
    if (new URL(url).protocol === 'https:' && next.protocol !== 'https:') {
      throw new ConnectionError(
        `fetching ${withoutSecrets(url)}: it redirects to an address without TLS, ${withoutSecrets(next.href)}`,
        {
          code: 'insecure-redirect',
        },
      );
    }
    url = next.href;
  }
  throw new ConnectionError(`fetching ${withoutSecrets(options.url)}: more than ${redirectLimit} redirects`, {
    code: 'redirect-loop',
  });
}

function redirectTarget(location: string, from: string): URL {
  const target = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (target?.protocol === 'https:' || target?.protocol === 'http:') return target;
  throw new ConnectionError(`fetching ${withoutSecrets(from)}: it redirects to what is no web address`, {
    code: 'redirect-invalid',
  });
}

function exchange(options: HttpOptions): Promise<HttpAnswer & { location: string | undefined }> {
  const { method, url, headers, body, insecure, timeout, sizeLimit, signal } = options;
  const tried = `fetching ${withoutSecrets(url)}`;
  const agent = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const request = agent.request(url, {
      method,
      headers,
      rejectUnauthorized: !insecure,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    });
    const fail = (error: unknown): void => {
      if (signal.aborted) reject(signal.reason as Error);
      else if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) {
        reject(
          new ConnectionError(`${tried}: no answer within ${timeout / 1000} s`, {
            code: 'http-timeout',
            retryable: true,
          }),
        );
      } else reject(networkError(tried, error));
    };
    request.on('error', fail);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size <= sizeLimit) {
          chunks.push(chunk);
          return;
        }
        // Not through `destroy(error)`: once all has arrived, nobody would catch it there.
        reject(
          new ConnectionError(`${tried}: the answer is larger than ${sizeLimit} bytes`, {
            code: 'http-too-large',
          }),
        );
        request.destroy();
      });
      response.on('end', () => {
        const { statusCode = 0 } = response;
        resolve({
          status: statusCode,
          body: Buffer.concat(chunks).toString('utf8'),
          location: response.headers.location,
        });
      });
    });
    request.end(body);
  });
}
