import { describe, expect, it } from 'vitest';
import type { IceCandidate } from '../../../src/jingle/model.ts';
import { RemoteCandidates } from '../../../src/rtc/remote-candidates.ts';

const good: IceCandidate = {
  foundation: '1',
  component: 1,
  protocol: 'udp',
  priority: 2_130_706_431,
  ip: '192.0.2.1',
  port: 10_000,
  type: 'host',
  generation: 0,
};

describe('RemoteCandidates', () => {
  it('tells each address once', () => {
    const candidates = new RemoteCandidates();
    expect(candidates.add([good, good])).toEqual([good]);
    expect(candidates.add([good, { ...good, port: 10_001 }])).toEqual([{ ...good, port: 10_001 }]);
  });

  it('writes addresses as sockets do', () => {
    expect(new RemoteCandidates().add([{ ...good, ip: '2001:DB8:0:0::1' }])).toMatchObject([
      { ip: '2001:db8::1' },
    ]);
  });

  it.each<[string, Partial<IceCandidate>]>([
    ['a name', { ip: 'bridge.example.com' }],
    ['a name for multicast DNS', { ip: '0d6f6f5f-4a3e-4a0e-8f9b-e4b1b7b22d7c.local' }],
    ['nothing', { ip: '' }],
    ['port 0', { port: 0 }],
    ['a port that is too high', { port: 65_536 }],
    ['a port that is no number', { port: Number.NaN }],
    ['TCP', { protocol: 'tcp' }],
    ['RTCP', { component: 2 }],
    ['an unknown type', { type: 'magic' }],
    ['an impossible priority', { priority: 2 ** 32 }],
    ['a line break', { foundation: '1\r\na=x' }],
  ])('leaves out %s', (_, change) => {
    expect(new RemoteCandidates().add([{ ...good, ...change }])).toEqual([]);
  });

  it('takes a limited number of them', () => {
    const many = Array.from({ length: 1000 }, (_, index) => ({ ...good, port: 10_000 + index }));
    expect(new RemoteCandidates().add(many)).toHaveLength(64);
  });
});
