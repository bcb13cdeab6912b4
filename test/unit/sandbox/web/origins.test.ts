import { describe, expect, it } from 'vitest';
import { Origins, parseOrigin } from '../../../../src/sandbox/web/origins.ts';

const url = 'http://127.0.0.1:8080';
const seen = url;

describe('a page may use the deployment', () => {
  it.each([
    undefined,
    'http://127.0.0.1:8080',
    'http://localhost:8080',
    'http://[::1]:8080',
    'HTTP://LocalHost:8080',
  ])('of origin %s', (origin) => {
    expect(new Origins(url, []).allows(origin, seen)).toBe(true);
  });

  it.each([
    'http://127.0.0.1',
    'http://127.0.0.1:8081',
    'https://127.0.0.1:8080',
    'http://localhost:8080.evil.test',
    'http://127.0.0.1:8080@evil.test',
    'http://evil.test#http://127.0.0.1:8080',
    'http://127.0.0.1:8080/path',
    'http://evil.test',
    'null',
    'file://',
    'chrome-extension://abc',
    '',
    '//',
    'http://[',
    'x'.repeat(10_000),
  ])('but not of origin %s', (origin) => {
    expect(new Origins(url, []).allows(origin, seen)).toBe(false);
  });

  it('of an origin that it is told of', () => {
    const origins = new Origins(url, ['http://localhost:5173', 'null']);
    expect(origins.allows('http://localhost:5173', seen)).toBe(true);
    expect(origins.allows('null', seen)).toBe(true);
    expect(origins.allows('http://localhost:5174', seen)).toBe(false);
    expect(new Origins(url, ['*']).allows('http://evil.test', seen)).toBe(true);
  });

  it('of the address under which it is found where it listens everywhere', () => {
    const origins = new Origins('http://0.0.0.0:8080', []);
    expect(origins.allows('http://box.lan:8080', 'http://box.lan:8080')).toBe(true);
    expect(origins.allows('http://evil.test:8080', 'http://box.lan:8080')).toBe(false);
    expect(origins.allows('http://evil.test:8080', 'http://not a host')).toBe(false);
  });

  it('with the port of its scheme, which browsers leave out', () => {
    expect(new Origins('https://127.0.0.1:443', []).allows('https://localhost', seen)).toBe(true);
    expect(new Origins('http://127.0.0.1:80', []).allows('http://127.0.0.1', seen)).toBe(true);
  });
});

describe('an origin that somebody writes', () => {
  it.each([
    ['http://localhost:5173/', 'http://localhost:5173'],
    ['HTTPS://Meet.Example:443', 'https://meet.example'],
    ['null', 'null'],
    ['*', '*'],
  ])('%s', (text, wanted) => {
    expect(parseOrigin(text)).toBe(wanted);
  });

  it.each(['', 'localhost:5173', 'http://', 'ftp://x', 'http://x/path', 'http://u@x', 'http://x?y'])(
    'is refused: %j',
    (text) => {
      expect(() => parseOrigin(text)).toThrow(expect.objectContaining({ code: 'origin-invalid' }));
    },
  );
});
