import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { proxyFor } from '../../../src/net/proxy.ts';

const names = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy', 'wss_proxy', 'ws_proxy'];

beforeEach(() => {
  for (const name of [...names, ...names.map((each) => each.toUpperCase())]) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

function chosen(
  url: string,
  environment: Record<string, string>,
  choice = 'environment',
): string | undefined {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return proxyFor(choice, url)?.href;
}

describe('the environment', () => {
  it.each<[url: string, Record<string, string>, string | undefined]>([
    ['https://meet.test/config.js', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['wss://meet.test/xmpp-websocket', { HTTPS_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['wss://meet.test/xmpp-websocket', { https_proxy: 'https://p' }, 'https://p/'],
    ['ws://meet.test/xmpp-websocket', { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://q:1' }, 'http://p:1/'],
    ['https://meet.test/', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['https://meet.test/', { ALL_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['https://meet.test/', { HTTPS_PROXY: 'p:3128' }, 'http://p:3128/'],
    ['https://meet.test/', { HTTPS_PROXY: 'u:x@p:3128' }, 'http://u:x@p:3128/'],
    ['https://meet.test/', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'meet.test' }, undefined],
    ['https://meet.test/', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'other.test, .test' }, undefined],
    ['wss://meet.test:8443/', { HTTPS_PROXY: 'http://p:1', NO_PROXY: 'meet.test:443' }, 'http://p:1/'],
    ['https://meet.test/', { HTTPS_PROXY: 'http://p:1', no_proxy: '*' }, undefined],
    ['https://localhost:8443/', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['http://127.0.0.1:8080/', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['http://[::1]:8080/', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['https://meet.test/', {}, undefined],
  ])('for %s, %j: %s', (url, environment, proxy) => {
    expect(chosen(url, environment)).toBe(proxy);
  });

  it.each(['socks5://p:1080', 'ftp://p', 'http://', 'http://secret:secret@:1'])(
    'is wrong with %s',
    (value) => {
      let words = '';
      try {
        chosen('https://meet.test/', { HTTPS_PROXY: value });
      } catch (error) {
        expect(error).toMatchObject({ kind: 'usage', code: 'proxy-invalid' });
        words = String(error);
      }
      expect(words).toContain('HTTPS_PROXY');
      expect(words).not.toContain('secret');
    },
  );
});

describe('a choice', () => {
  it('is for every address, and comes before the environment', () => {
    expect(chosen('http://127.0.0.1/', { HTTP_PROXY: 'http://p:1' }, 'https://q')).toBe('https://q/');
    expect(chosen('https://meet.test/', { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, 'http://q')).toBe(
      'http://q/',
    );
  });

  it('is none', () => {
    expect(chosen('https://meet.test/', { HTTPS_PROXY: 'http://p:1' }, 'none')).toBeUndefined();
  });

  it.each(['', 'p:3128', 'socks5://p:1080', 'nonsense'])('is not %j', (choice) => {
    expect(() => proxyFor(choice, 'https://meet.test/')).toThrow(
      expect.objectContaining({ code: 'proxy-invalid' }),
    );
  });
});
