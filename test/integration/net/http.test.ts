import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { Agent } from 'node:https';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { ConnectionError } from '../../../src/base/errors.ts';
import { type HttpAnswer, type HttpOptions, httpRequest } from '../../../src/net/http.ts';
import { pinOf } from '../../../src/net/pinned-key.ts';
import { type ConnectProxy, startConnectProxy } from '../../support/connect-proxy.ts';
import { freePort } from '../../support/ports.ts';
import { shownCertificate } from '../../support/shown-certificate.ts';
import { portOf, serve, serveTls, type WebServer } from '../../support/web-servers.ts';

const servers: WebServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

async function web(listener: Listener): Promise<string> {
  const server = await serve(listener);
  servers.push(server);
  return server.origin;
}

async function tlsWeb(listener: Listener): Promise<string> {
  const server = await serveTls(listener);
  servers.push(server);
  return server.origin;
}

const get = (url: string, options: Partial<HttpOptions> = {}): Promise<HttpAnswer> =>
  httpRequest({
    method: 'GET',
    url,
    headers: {},
    insecure: false,
    timeout: 10_000,
    sizeLimit: 1_000_000,
    signal: new AbortController().signal,
    ...options,
  });

/** The error of a request that must fail. */
async function failure(request: Promise<unknown>): Promise<ConnectionError> {
  const error: unknown = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ConnectionError);
  return error as ConnectionError;
}

const redirect =
  (location: string, status = 302): Listener =>
  (_, response) =>
    response.writeHead(status, { location }).end('moved');

describe('httpRequest', () => {
  it('fetches', async () => {
    const origin = await web((request, response) => {
      response.statusCode = 404;
      response.end(`${request.method} ${request.url} ${String(request.headers['x-test'])} é😀`);
    });
    expect(await get(`${origin}/a?b=c`, { headers: { 'x-test': '1' } })).toEqual({
      status: 404,
      body: 'GET /a?b=c 1 é😀',
    });
  });

  it('posts', async () => {
    const origin = await web((request, response) => {
      request.setEncoding('utf8').on('data', (body: string) => response.end(`got ${body}`));
    });
    expect(await get(origin, { method: 'POST', body: '{"é":1}' })).toEqual({
      status: 200,
      body: 'got {"é":1}',
    });
  });

  it('follows redirects of a GET, relative ones too', async () => {
    const target = await web((request, response) => response.end(`at ${request.url}`));
    const origin = await web((request, response) => {
      if (request.url === '/first') redirect('second')(request, response);
      else redirect(`${target}/third`, 307)(request, response);
    });
    expect(await get(`${origin}/first`)).toEqual({ status: 200, body: 'at /third' });
  });

  it('does not repeat a POST elsewhere', async () => {
    const origin = await web(redirect('/elsewhere', 307));
    expect(await get(origin, { method: 'POST', body: 'secret' })).toEqual({ status: 307, body: 'moved' });
  });

  it('gives up on a loop', async () => {
    let requests = 0;
    const origin = await web((request, response) => {
      requests++;
      redirect('/again')(request, response);
    });
    expect(await failure(get(origin))).toMatchObject({ code: 'redirect-loop', retryable: false });
    expect(requests).toBe(6);
  });

  it.each(['http://[', 'ftp://127.0.0.1/x', 'javascript:alert(1)', 'file:///etc/passwd'])(
    'does not follow to %s',
    async (location) => {
      const origin = await web(redirect(location));
      expect(await failure(get(`${origin}/config.js?token=secret`))).toMatchObject({
        code: 'redirect-invalid',
        message: expect.not.stringContaining('secret'),
      });
    },
  );

  it('never leaves TLS', async () => {
    const plain = await web((_, response) => response.end('plain'));
    const origin = await tlsWeb(redirect(`${plain}/config.js`));
    const error = await failure(get(origin, { insecure: true }));
    expect(error).toMatchObject({ code: 'insecure-redirect', retryable: false });
    expect(error.message).toContain(`without TLS, ${plain}/config.js`);
  });

  it('checks certificates unless told not to', async () => {
    const origin = await tlsWeb((_, response) => response.end('hello'));
    const error = await failure(get(origin));
    expect(error).toMatchObject({ code: 'certificate-invalid', kind: 'connection', retryable: false });
    expect(error.message).toContain('use insecure only if you trust the network');
    expect(await get(origin, { insecure: true })).toEqual({ status: 200, body: 'hello' });
    // What one request may does not carry over to the next.
    expect(await failure(get(origin))).toMatchObject({ code: 'certificate-invalid' });
  });

  it('takes no more than the size limit', async () => {
    const origin = await web((_, response) => {
      response.write('x'.repeat(600));
      response.end('x'.repeat(600));
    });
    expect((await get(origin, { sizeLimit: 1_200 })).body).toHaveLength(1_200);
    expect(await failure(get(origin, { sizeLimit: 1_199 }))).toMatchObject({
      code: 'http-too-large',
      message: expect.stringContaining('larger than 1199 bytes'),
    });
  });

  it.each([
    ['no answer', (): void => {}],
    ['an answer without an end', (_: unknown, response: ServerResponse): void => void response.write('x')],
  ])('waits no longer than the timeout for %s', async (_, listener) => {
    const origin = await web(listener);
    expect(await failure(get(origin, { timeout: 50 }))).toMatchObject({
      code: 'http-timeout',
      retryable: true,
      message: expect.stringContaining('within 0.05 s'),
    });
  });

  it.each([
    ['', undefined],
    [', by a fetch of the caller', fetch],
  ])('bounds an answer that drips, whatever is collected meanwhile%s', async (_, byFetch) => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const origin = await web((request, response) => {
      const drip = setInterval(() => {
        response.write('x');
        collect();
      }, 5);
      request.once('close', () => clearInterval(drip));
    });
    const request = get(origin, { timeout: 500, ...(byFetch && { fetch: byFetch }) });
    expect(await failure(request)).toMatchObject({ code: 'http-timeout' });
  });

  it('counts redirects in, and ends though a fetch does not', async () => {
    const never = (): Promise<Response> => new Promise(() => {});
    expect(await failure(get('http://127.0.0.1:9/', { timeout: 50, fetch: never }))).toMatchObject({
      code: 'http-timeout',
    });
    let hops = 0;
    const origin = await web((_, response) => {
      // The second one has no answer.
      if (hops++ === 0) response.writeHead(302, { location: '/on' }).end();
    });
    expect(await failure(get(origin, { timeout: 300 }))).toMatchObject({ code: 'http-timeout' });
  });

  it('says who is asking, as a browser on the page would', async () => {
    const origin = await web((request, response) => {
      const { origin: from = 'no origin', 'user-agent': agent } = request.headers;
      response.end(`${from}, ${agent}`);
    });
    const other = await web((_, response) => response.end());
    const userAgent = 'test/1';
    expect((await get(origin, { origin, userAgent })).body).toBe('no origin, test/1');
    expect((await get(origin, { origin, userAgent, method: 'POST' })).body).toBe(`${origin}, test/1`);
    expect((await get(origin, { origin: other, userAgent })).body).toBe(`${other}, test/1`);
    expect((await get(origin, { origin: other, userAgent, fetch })).body).toBe(`${other}, test/1`);
  });

  it('goes by the agent that it is given', async () => {
    const origin = await tlsWeb((_, response) => response.end('hello'));
    const agent = new Agent({ rejectUnauthorized: false });
    expect(await get(origin, { agent })).toEqual({ status: 200, body: 'hello' });
    const plain = await web((_, response) => response.end());
    expect(await failure(get(plain, { agent }))).toMatchObject({
      code: 'connection-failed',
      message: expect.stringContaining('Protocol "http:" not supported. Expected "https:"'),
    });
  });

  it('goes by the fetch that it is given, within the same limits', async () => {
    const target = await web((request, response) => response.end(`${request.method} é`));
    const origin = await web(redirect(`${target}/there`));
    expect(await get(origin, { fetch })).toEqual({ status: 200, body: 'GET é' });
    expect(await get(target, { fetch, method: 'POST', body: 'x' })).toEqual({ status: 200, body: 'POST é' });
    expect(await failure(get(target, { fetch, sizeLimit: 3 }))).toMatchObject({ code: 'http-too-large' });
    expect(await failure(get(`http://127.0.0.1:${await freePort()}/`, { fetch }))).toMatchObject({
      code: 'connection-refused',
    });
  });

  it('tells when the server wants to be asked again', async () => {
    const answers: Record<string, string>[] = [
      { 'retry-after': '7' },
      { 'retry-after': 'Wed, 21 Oct 2015 07:28:30 GMT', date: 'Wed, 21 Oct 2015 07:28:00 GMT' },
      { 'retry-after': 'Wed, 21 Oct 2015 07:28:00 GMT' },
      { 'retry-after': 'soon' },
      {},
    ];
    const origin = await web((_, response) => response.writeHead(429, answers.shift()).end());
    const delays: (number | undefined)[] = [];
    while (answers.length > 0) delays.push((await get(origin)).retryAfter);
    expect(delays).toEqual([7_000, 30_000, 0, undefined, undefined]);
  });

  it('stops when it is told to, with the reason', async () => {
    const stop = new AbortController();
    const origin = await web(() => stop.abort(new Error('enough')));
    await expect(get(origin, { signal: stop.signal })).rejects.toThrow('enough');
    await expect(get(origin, { signal: stop.signal })).rejects.toThrow('enough');
  });

  it('says that nothing listens there', async () => {
    const error = await failure(get(`http://127.0.0.1:${await freePort()}/config.js?token=secret`));
    expect(error).toMatchObject({ code: 'connection-refused', retryable: true });
    expect(error.message).toMatch(/^fetching http:\/\/127\.0\.0\.1:\d+\/config\.js: nothing listens there/);
  });

  it('says that there is no such host', async () => {
    expect(await failure(get('http://nonexistent.invalid/'))).toMatchObject({
      code: 'host-not-found',
      retryable: true,
    });
  });

  it('says that the server broke the connection', async () => {
    const broken = createServer((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort'));
    }).listen(0, '127.0.0.1');
    await once(broken, 'listening');
    expect(await failure(get(`http://127.0.0.1:${portOf(broken)}/`))).toMatchObject({
      code: 'connection-lost',
      retryable: true,
    });
    broken.close();
    await once(broken, 'close');
  });

  it('says that a server does not speak TLS', async () => {
    const origin = await web((_, response) => response.end('plain'));
    expect(await failure(get(origin.replace('http:', 'https:'), { insecure: true }))).toMatchObject({
      code: 'tls-failed',
      message: expect.stringContaining('give the address as http://'),
    });
  });
});

describe('connections of our own making', () => {
  const pins = (letter: string): string[] => [`sha256//${Buffer.alloc(32, letter).toString('base64')}`];

  it('are used again by those who would make the same, and by nobody else', async () => {
    const origin = await tlsWeb((_, response) => response.end('x'));
    const shown = pinOf(new X509Certificate(await shownCertificate(origin)));
    const [one, other] = [await startConnectProxy(), await startConnectProxy()];
    const by = ({ port }: ConnectProxy): string => `http://127.0.0.1:${port}`;
    const ask = (options: Partial<HttpOptions>): Promise<HttpAnswer> =>
      get(origin, { insecure: true, ...options });
    try {
      for (let count = 0; count < 10; count += 1) await ask({ proxy: by(one) });
      expect(one.targets).toHaveLength(1);
      await ask({ proxy: by(other) });
      expect(other.targets).toHaveLength(1);
      await ask({ proxy: by(one), pinnedKeys: [shown] });
      expect(one.targets).toHaveLength(2);
      // The connections that are there are those of somebody who does not care.
      const error = await failure(ask({ proxy: by(one), pinnedKeys: pins('a') }));
      expect(error.code).toBe('pin-mismatch');
      await ask({ proxy: by(one), pinnedKeys: [shown] });
      expect(one.targets).toHaveLength(3);
    } finally {
      await Promise.all([one.close(), other.close()]);
    }
  });
});
