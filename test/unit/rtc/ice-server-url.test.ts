import { describe, expect, it } from 'vitest';
import { parseIceServer } from '../../../src/rtc/ice-server-url.ts';

describe('parseIceServer', () => {
  it.each([
    ['stun:stun.example.com', { kind: 'stun', host: 'stun.example.com', port: 3478, transport: 'udp' }],
    ['stun:192.0.2.1:1234', { kind: 'stun', host: '192.0.2.1', port: 1234, transport: 'udp' }],
    ['stun:[2001:db8::1]:3478', { kind: 'stun', host: '2001:db8::1', port: 3478, transport: 'udp' }],
    ['turn:example.com', { kind: 'turn', host: 'example.com', port: 3478, transport: 'udp' }],
    ['turn:example.com?transport=udp', { kind: 'turn', host: 'example.com', port: 3478, transport: 'udp' }],
    ['turn:example.com?transport=tcp', { kind: 'turn', host: 'example.com', port: 3478, transport: 'tcp' }],
    ['turns:example.com', { kind: 'turn', host: 'example.com', port: 5349, transport: 'tls' }],
    [
      'TURNS:example.com:443?transport=TCP',
      { kind: 'turn', host: 'example.com', port: 443, transport: 'tls' },
    ],
  ])('%s', (urls, expected) => {
    expect(parseIceServer({ urls })).toEqual(expected);
  });

  it('keeps user and password', () => {
    const server = { urls: 'turn:example.com', username: 'user', credential: 'secret' };
    expect(parseIceServer(server)).toMatchObject({ username: 'user', credential: 'secret' });
  });

  it.each([
    'stuns:example.com',
    'stun:example.com?transport=tcp',
    'turns:example.com?transport=udp',
    'turn:example.com:0',
    'turn:example.com:65536',
    'turn:example.com?transport=sctp',
    'turn:',
    'turn:2001:db8::1',
    'turn:[example.com]',
    'http://example.com',
    '',
  ])('knows no use for %j', (urls) => {
    expect(parseIceServer({ urls })).toBeUndefined();
  });
});
