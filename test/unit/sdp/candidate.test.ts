import { describe, expect, it } from 'vitest';
import { ParseError } from '../../../src/base/errors.ts';
import { buildCandidate, parseCandidate } from '../../../src/sdp/candidate.ts';

const host = {
  foundation: '1',
  component: 1,
  protocol: 'udp',
  priority: 2130706431,
  ip: '192.0.2.10',
  port: 10000,
  type: 'host',
  generation: 0,
};
const reflexive = { ...host, type: 'srflx', relatedAddress: '10.0.0.1', relatedPort: 9 };

describe('candidate lines', () => {
  it.each([
    ['candidate:1 1 udp 2130706431 192.0.2.10 10000 typ host generation 0', host],
    [
      'candidate:1 1 udp 2130706431 192.0.2.10 10000 typ srflx raddr 10.0.0.1 rport 9 generation 0',
      reflexive,
    ],
    [
      'candidate:1 1 tcp 2130706431 192.0.2.10 9 typ host tcptype active generation 2',
      { ...host, protocol: 'tcp', port: 9, tcpType: 'active', generation: 2 },
    ],
    [
      'candidate:a+/b 1 udp 1 0ab8f2b0-8f0a-4b7e.local 5 typ host generation 0',
      { ...host, foundation: 'a+/b', priority: 1, ip: '0ab8f2b0-8f0a-4b7e.local', port: 5 },
    ],
  ])('%s', (line, candidate) => {
    expect(parseCandidate(line)).toEqual(candidate);
    expect(buildCandidate(candidate)).toBe(line);
  });

  it('are read as browsers write them', () => {
    expect(
      parseCandidate(
        'a=candidate:1 1 UDP 2130706431 192.0.2.10 10000 typ host ufrag kvhf network-id 1 network-cost 10\r\n',
      ),
    ).toEqual(host);
  });

  it('do not take a value for the name of an extension', () => {
    expect(parseCandidate('candidate:1 1 udp 1 ::1 1 typ host ufrag raddr network-id 3').relatedAddress).toBe(
      undefined,
    );
  });

  it('tell the related address of a candidate that has one only', () => {
    expect(buildCandidate({ ...reflexive, type: 'host' })).not.toContain('raddr');
    expect(buildCandidate({ ...host, type: 'relay' })).not.toContain('raddr');
  });

  it.each([
    '',
    'candidate:',
    'candidate: 1 1 udp',
    'candidate:1 1 udp 1 ::1 1 host',
    'candidate:1 0 udp 1 ::1 1 typ host',
    'candidate:1 1 udp 4294967296 ::1 1 typ host',
    'candidate:1 1 udp 1 ::1 65536 typ host',
    'candidate:1 1 udp 1 ::1 x typ host',
  ])('are refused: %j', (line) => {
    expect(() => parseCandidate(line)).toThrow(ParseError);
  });
});
