import dns from 'node:dns';
import http from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ByteSource } from '../../../../src/media/origin/byte-source.ts';
import { openOrigin } from '../../../../src/media/origin/open-origin.ts';

const content = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff);
const servers: http.Server[] = [];
const sources: ByteSource[] = [];

afterEach(() => {
  for (const source of sources.splice(0)) source.close();
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve(answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function open(...args: Parameters<typeof openOrigin>): Promise<ByteSource> {
  const source = await openOrigin(args[0], { allowPrivate: true, ...args[1] });
  sources.push(source);
  return source;
}

/** As servers do that hand out parts. */
function parts(asked: string[] = []): http.RequestListener {
  return (request, response) => {
    const { range = '' } = request.headers;
    asked.push(range);
    const start = Number(/^bytes=(\d+)-$/.exec(range)?.[1] ?? 0);
    response.writeHead(206, {
      'content-range': `bytes ${start}-${content.length - 1}/${content.length}`,
      'content-length': content.length - start,
    });
    response.end(content.subarray(start));
  };
}

async function whole(source: ByteSource): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source.bytes()) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('what a web server has', () => {
  it('is read in parts, over one connection while they follow one another', async () => {
    const asked: string[] = [];
    const source = await open(`${await serve(parts(asked))}/a.ogg?token=s3cret`);
    expect(source).toMatchObject({ size: content.length, isSeekable: true });
    expect(source.name).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/a\.ogg$/);
    const read = async (start: number, end: number): Promise<void> =>
      expect(Buffer.from(await source.read(start, end)).equals(content.subarray(start, end))).toBe(true);
    for (const [start, end] of [
      [0, 100],
      [50, 70_000],
      [70_000, 70_001],
      [100_000, 120_000],
      [0, 10],
    ] as const)
      await read(start, end);
    expect(asked).toEqual(['bytes=0-']);
    await Promise.all([read(299_999, 300_000), read(200_000, 200_100)]);
    expect(asked).toEqual(['bytes=0-', 'bytes=200000-']);
    expect((await whole(source)).equals(content)).toBe(true);
  });

  it('is asked for again from where it broke off, once for each read', async () => {
    const asked: string[] = [];
    let breaks = 1;
    const url = await serve((request, response) => {
      const whole = parts(asked);
      if (breaks-- <= 0) return whole(request, response);
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1]);
      asked.push(request.headers.range ?? '');
      response.writeHead(206, {
        'content-range': `bytes ${start}-299999/300000`,
        'content-length': 300_000 - start,
      });
      response.write(content.subarray(start, start + 100_000), () => response.destroy());
    });
    const source = await open(url);
    expect((await whole(source)).equals(content)).toBe(true);
    expect(asked).toHaveLength(2);
    expect(Number(/^bytes=(\d+)-$/.exec(asked[1] ?? '')?.[1])).toBeGreaterThan(0);
    breaks = 9;
    const broken = await open(url);
    await expect(broken.read(0, 300_000)).rejects.toMatchObject({ code: 'connection-lost' });
    expect(breaks).toBe(7);
  });

  it('is not asked for again once it is closed', async () => {
    const asked: string[] = [];
    const url = await serve((request, response) => {
      asked.push(request.headers.range ?? '');
      response.writeHead(206, { 'content-range': 'bytes 0-299999/300000', 'content-length': 300_000 });
      response.write(content.subarray(0, 10));
    });
    const source = await open(url);
    const reading = source.read(0, 300_000);
    setImmediate(() => source.close());
    await expect(reading).rejects.toMatchObject({ code: expect.any(String) });
    expect(asked).toHaveLength(1);
  });

  it('is a stream where there are no parts, and asked for again from the beginning', async () => {
    let requests = 0;
    const source = await open(
      await serve((_, response) => {
        requests += 1;
        response.end(content);
      }),
    );
    expect(source.isSeekable).toBe(false);
    // Its beginning is kept.
    for (let round = 0; round < 2; round += 1) expect((await whole(source)).equals(content)).toBe(true);
    expect(requests).toBe(1);
  });

  it('is followed over redirects, five at most', async () => {
    const url = await serve((request, response) => {
      const left = Number((request.url ?? '').slice(1));
      if (left === 0) response.end('there');
      else response.writeHead(302, { location: `/${left - 1}` }).end();
    });
    expect((await whole(await open(`${url}/5`))).toString()).toBe('there');
    await expect(open(`${url}/6`)).rejects.toMatchObject({ code: 'redirect-loop' });
  });

  it('is no file of this machine, whatever a server says', async () => {
    const url = await serve((_, response) =>
      response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    );
    await expect(open(url)).rejects.toMatchObject({ code: 'redirect-invalid' });
  });

  it('has a bound, said or counted', async () => {
    const said = await serve(parts());
    await expect(open(said, { sizeLimit: 1_000 })).rejects.toMatchObject({ code: 'media-too-large' });
    const url = await serve((_, response) => {
      response.write(content);
      response.end();
    });
    const source = await open(url, { sizeLimit: 1_000 });
    await expect(whole(source)).rejects.toMatchObject({ code: 'media-too-large' });
  });

  it('has to come in time', async () => {
    const silent = await serve(() => {});
    await expect(open(silent, { timeout: 50 })).rejects.toMatchObject({ code: 'http-timeout' });
    const stuck = await open(await serve((_, response) => response.write('x')), { idleTimeout: 50 });
    await expect(whole(stuck)).rejects.toMatchObject({ code: 'http-timeout' });
  });

  it('is given up when the signal says so', async () => {
    const controller = new AbortController();
    const opening = open(await serve(() => controller.abort(new Error('enough'))), {
      signal: controller.signal,
    });
    await expect(opening).rejects.toThrow('enough');
  });

  it('says what the server says', async () => {
    const url = await serve((_, response) => response.writeHead(404).end());
    await expect(open(`${url}/a?token=s3cret`)).rejects.toMatchObject({
      code: 'http-status',
      message: `fetching ${url}/a: the server answered with status 404`,
    });
  });
});

describe('an address that leads into a private network', () => {
  it.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0'])(
    'is refused before anybody is asked: %s',
    async (host) => {
      let requests = 0;
      const { port } = new URL(
        await serve((_, response) => {
          requests += 1;
          response.end();
        }),
      );
      await expect(openOrigin(`http://${host}:${port}/`)).rejects.toMatchObject({ code: 'address-private' });
      expect(requests).toBe(0);
    },
  );
});

describe('a name that leads to this machine', () => {
  const { lookup } = dns;
  afterEach(() => {
    vi.unstubAllEnvs();
    dns.lookup = lookup;
    syncBuiltinESMExports();
  });

  it.each([
    { proxy: 'none', nodes: undefined },
    { proxy: 'none', nodes: '1' },
    { proxy: 'environment', nodes: '1' },
    { proxy: undefined, nodes: '1' },
  ])('is refused where no proxy is asked: $proxy, NODE_USE_ENV_PROXY $nodes', async ({ nodes, proxy }) => {
    for (const name of ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY']) vi.stubEnv(name, undefined);
    vi.stubEnv('NODE_USE_ENV_PROXY', nodes);
    dns.lookup = ((...args: unknown[]) =>
      (args.at(-1) as (...answer: unknown[]) => void)(
        null,
        ...((args[1] as { all?: boolean }).all === true
          ? [[{ address: '127.0.0.1', family: 4 }]]
          : ['127.0.0.1', 4]),
      )) as typeof dns.lookup;
    syncBuiltinESMExports();
    let requests = 0;
    const { port } = new URL(
      await serve((_, response) => {
        requests += 1;
        response.end();
      }),
    );
    const options = proxy === undefined ? {} : { proxy };
    const url = `http://films.example.com:${port}/`;
    await expect(openOrigin(url, options)).rejects.toMatchObject({ code: 'address-private' });
    expect(requests).toBe(0);
    // Asked it would be, if it were allowed.
    await open(url, options);
    expect(requests).toBe(1);
  });
});

describe('an address that nobody can use', () => {
  it.each(['file://server/film.webm', 'file:///films%2Ffilm.webm', new URL('file://server/film.webm')])(
    'is said to be that: %s',
    async (origin) => {
      await expect(openOrigin(origin)).rejects.toMatchObject({ kind: 'usage', code: 'media-origin-invalid' });
    },
  );

  it('has a user that cannot be decoded, and is said to be that, as a redirect too', async () => {
    const url = await serve((_, response) =>
      response.writeHead(302, { location: 'http://%zz@[::1]/' }).end(),
    );
    for (const address of ['http://%zz@127.0.0.1/', url])
      await expect(open(address)).rejects.toMatchObject({ kind: 'connection', code: 'connection-failed' });
  });
});

describe('what somebody in a room has written', () => {
  it.each([
    '/etc/passwd',
    'file:///etc/passwd',
    'clips/tone.ogg',
    'concat:/etc/passwd',
    new URL('file:///etc/passwd'),
  ])('is never a path: %s', async (origin) => {
    await expect(openOrigin(origin, { webOnly: true })).rejects.toMatchObject({
      code: 'media-origin-invalid',
    });
  });

  it.each(['ftp://example.com/a', 'rtmp://example.com/a', 'data://x'])(
    'is no other scheme: %s',
    async (origin) => {
      await expect(openOrigin(origin)).rejects.toMatchObject({ code: 'media-origin-invalid' });
    },
  );
});
