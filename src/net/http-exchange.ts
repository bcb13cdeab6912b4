/** One HTTP request and its answer, by `node:http` or by a `fetch` of the caller's. Time is the caller's to bound, by the signal. */
import http from 'node:http';
import https from 'node:https';
import { ConnectionError } from '../base/errors.ts';
import type { NetworkAccess } from './access.ts';
import { networkError, withoutSecrets } from './network-error.ts';
import { wayOf } from './way.ts';

export interface ExchangeOptions extends NetworkAccess {
  method: 'GET' | 'POST';
  url: string;
  headers: Readonly<Record<string, string>>;
  body?: string;
  /** bytes of the body that are accepted */
  sizeLimit: number;
  signal: AbortSignal;
}

export interface Exchange {
  status: number;
  body: string;
  location: string | undefined;
  retryAfter: string | undefined;
  date: string | undefined;
}

/** @throws ConnectionError; once the signal is aborted, anything */
export function exchange(options: ExchangeOptions): Promise<Exchange> {
  return options.fetch ? byFetch(options, options.fetch) : byNode(options);
}

function byNode(options: ExchangeOptions): Promise<Exchange> {
  const { method, url, headers, body, signal } = options;
  const { request: send } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(networkError(tried(options), error));
    let request: http.ClientRequest;
    try {
      request = send(url, { method, headers, signal, ...wayOf(options, url, signal) });
    } catch (error) {
      // An agent for the other protocol.
      return fail(error);
    }
    request.on('error', fail);
    request.on('response', (response) => {
      const received = new Body(options);
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => {
        try {
          received.add(chunk);
        } catch (error) {
          // Not through `destroy(error)`: once all has arrived, nobody would catch it there.
          reject(error);
          request.destroy();
        }
      });
      response.on('end', () => {
        const { statusCode: status = 0, headers: given } = response;
        const { location, date, 'retry-after': retryAfter } = given;
        resolve({ status, body: received.text, location, retryAfter, date });
      });
    });
    request.end(body);
  });
}

async function byFetch(options: ExchangeOptions, fetch: typeof globalThis.fetch): Promise<Exchange> {
  const { method, url, headers, body, signal } = options;
  const received = new Body(options);
  try {
    const init = { method, headers: { ...headers }, signal, redirect: 'manual' as const };
    const response = await fetch(url, body === undefined ? init : { ...init, body });
    for await (const chunk of response.body ?? []) received.add(chunk as Uint8Array);
    const header = (name: string): string | undefined => response.headers.get(name) ?? undefined;
    return {
      status: response.status,
      body: received.text,
      location: header('location'),
      retryAfter: header('retry-after'),
      date: header('date'),
    };
  } catch (error) {
    if (error instanceof ConnectionError) throw error;
    // "fetch failed" says nothing; the reason is below it.
    throw networkError(tried(options), (error instanceof Error && error.cause) || error);
  }
}

/** What arrives of a body, up to the limit. */
class Body {
  readonly #options: ExchangeOptions;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  add(chunk: Uint8Array): void {
    this.#size += chunk.byteLength;
    if (this.#size > this.#options.sizeLimit) {
      throw new ConnectionError(
        `${tried(this.#options)}: the answer is larger than ${this.#options.sizeLimit} bytes`,
        { code: 'http-too-large' },
      );
    }
    this.#chunks.push(chunk);
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

function tried({ url }: ExchangeOptions): string {
  return `fetching ${withoutSecrets(url)}`;
}
