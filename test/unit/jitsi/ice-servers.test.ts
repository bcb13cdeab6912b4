import { describe, expect, it } from 'vitest';
import { iceServersFrom } from '../../../src/jitsi/ice-servers.ts';
import { parseIceServer } from '../../../src/rtc/ice-server-url.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { type ExternalService, parseExternalServices } from '../../../src/xmpp/extdisco.ts';
import { caseFile } from './config-js/fixture.ts';

const account = { username: 'u', password: 'p' };

function turn(more: Partial<ExternalService>): ExternalService {
  return { type: 'turn', host: 't.example', port: '3478', transport: 'udp', ...account, ...more };
}

describe('lists of STUN and TURN services', () => {
  it('case 07: give what a browser takes, and tell of the rest', () => {
    const leftOut: [string, string][] = [];
    const services = parseExternalServices(parseXml(caseFile('07-ice-services/services.xml')));
    expect(iceServersFrom(services, (service, why) => leftOut.push([service, why]))).toEqual([
      { urls: 'stun:s.x.test' },
      { urls: 'turn:t3.x.test:443', username: 'u', credential: 'p' },
    ]);
    expect(leftOut).toEqual([
      ['turn t1.x.test 3478', expect.stringContaining('both')],
      ['turns t2.x.test 443', expect.stringContaining('both')],
      ['turn t4.x.test 443', expect.stringContaining('ssltcp')],
      ['turn t5.x.test 0', expect.stringContaining('port')],
    ]);
  });

  it.each<[string, ExternalService, string]>([
    ['upper case', turn({ type: 'TURN', transport: 'TCP' }), 'turn:t.example:3478?transport=tcp'],
    [
      'spaces',
      turn({ type: ' turns ', host: ' t.example ', port: ' 443 ', transport: ' tcp ' }),
      'turns:t.example:443?transport=tcp',
    ],
    ['no port', { type: 'stun', host: 's.example' }, 'stun:s.example'],
    ['a port of blanks', { type: 'stuns', host: 's.example', port: ' ' }, 'stuns:s.example'],
    ['a port with zeros', turn({ port: '0443' }), 'turn:t.example:443'],
    ['no transport', turn({ transport: '' }), 'turn:t.example:3478'],
    ['a transport of STUN', { type: 'stun', host: 's.example', transport: 'sctp' }, 'stun:s.example'],
    ['UDP for TURN over TLS', turn({ type: 'turns' }), 'turns:t.example:3478'],
    ['IPv4', turn({ host: '192.0.2.1' }), 'turn:192.0.2.1:3478'],
    ['IPv6 without brackets', turn({ host: '2001:db8::1' }), 'turn:[2001:db8::1]:3478'],
    ['IPv6 with brackets', turn({ host: '[2001:DB8::1]', port: '' }), 'turn:[2001:DB8::1]'],
    ['the port behind the host', turn({ host: 't.example:5349', port: '' }), 'turn:t.example:5349'],
    ['the port behind IPv6', turn({ host: '[::1]:5349', port: '' }), 'turn:[::1]:5349'],
    ['another script', turn({ host: 'münchen.example' }), 'turn:xn--mnchen-3ya.example:3478'],
  ])('with %s are put right', (_, service, urls) => {
    const [server] = iceServersFrom([service]);
    expect(server?.urls).toBe(urls);
    // Our own engine takes what browsers take, but for STUN over TLS.
    if (server && service.type !== 'stuns') expect(parseIceServer(server)).toBeDefined();
  });

  it.each<[string, ExternalService]>([
    ['a port that is none', turn({ port: '-1' })],
    ['a port that is too high', turn({ port: '65536' })],
    ['a port in words', turn({ port: 'https' })],
    ['a broken port', turn({ port: '443.5' })],
    ['a port in hexadecimal', turn({ port: '0x1bb' })],
    ['two ports', turn({ host: 't.example:443' })],
    ['no user name', turn({ username: '' })],
    ['no password', { type: 'turn', host: 't.example', username: 'u' }],
    ['a user name that is too long', turn({ username: 'u'.repeat(509) })],
    ['TLS for a transport', turn({ transport: 'tls' })],
    ['a host of blanks', turn({ host: ' ' })],
    ['a path', turn({ host: 't.example/x' })],
    ['a scheme', turn({ host: 'turn:t.example' })],
    ['a user', turn({ host: 'u@t.example' })],
    ['blanks in the host', turn({ host: 't example' })],
    ['a query in the host', turn({ host: 't.example?transport=tcp' })],
    ['half an address', turn({ host: '[2001:db8::1' })],
    ['an address that is none', turn({ host: '1:2:3' })],
    ['a zone', turn({ host: 'fe80::1%eth0' })],
    ['a name that nobody knew', turn({ host: 'turn.undefined' })],
  ])('with %s lose that one, and tell of it', (_, service) => {
    const leftOut: string[] = [];
    const good: ExternalService = { type: 'stun', host: 's.example', port: '3478' };
    expect(iceServersFrom([service, good], (name) => leftOut.push(name))).toEqual([
      { urls: 'stun:s.example:3478' },
    ]);
    expect(leftOut).toHaveLength(1);
  });

  it('say nothing of services of other kinds', () => {
    const leftOut: string[] = [];
    const others = ['xmpp', 'short-lived-token', ''].map((type) => ({ type, host: 'x.example' }));
    expect(iceServersFrom(others, (name) => leftOut.push(name))).toEqual([]);
    expect(leftOut).toEqual([]);
  });
});
