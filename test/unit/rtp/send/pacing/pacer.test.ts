import { describe, expect, it } from 'vitest';
import { Pacer } from '../../../../../src/rtp/send/pacing/pacer.ts';
import type { ProbeCluster } from '../../../../../src/rtp/send/pacing/probe-cluster.ts';

interface Sent {
  packet: string;
  probe: number;
  at: number;
}

/** Packets of 1000 bytes: 8 ms each at a pace of 1 Mbit/s, which is what 400 kbit/s have. */
class Rig {
  readonly sent: Sent[] = [];
  readonly probes: ProbeCluster[] = [];
  readonly gone = new Set<string>();
  hasPadding = true;
  now = 1_000;
  readonly pacer = new Pacer<string>({
    transmit: (packet, probe, now) => {
      if (this.gone.has(packet)) return 0;
      this.sent.push({ packet, probe, at: now });
      return 1_000;
    },
    padding: () => (this.hasPadding ? 'padding' : undefined),
    probing: (probe) => this.probes.push(probe),
  });

  send(...packets: string[]): void {
    for (const packet of packets) this.pacer.send(packet, 1_000, this.now);
  }

  advance(duration: number): void {
    const end = this.now + duration;
    while (this.pacer.due <= end) {
      this.now = Math.max(this.now, Math.ceil(this.pacer.due));
      this.pacer.tick(this.now);
    }
    this.now = end;
  }

  get names(): string[] {
    return this.sent.map(({ packet }) => packet);
  }
}

const frame = (count: number, name = ''): string[] =>
  Array.from({ length: count }, (_, index) => `${name}${index}`);

describe('a pacer', () => {
  it('holds nothing back while nothing is known of the way', () => {
    const rig = new Rig();
    rig.send(...frame(1_000));
    expect(rig.sent).toHaveLength(1_000);
    expect(rig.pacer.due).toBe(Infinity);
  });

  it('lets through what fits, and has nothing to do then', () => {
    const rig = new Rig();
    rig.pacer.allow(400_000, rig.now);
    for (let turn = 0; turn < 50; turn++) {
      rig.send(...frame(2));
      expect(rig.pacer.due).toBe(Infinity);
      rig.now += 20;
    }
    expect(rig.sent).toHaveLength(100);
  });

  it('spreads a large frame at two and a half times of what the way carries, in order', () => {
    const rig = new Rig();
    rig.pacer.allow(400_000, rig.now);
    rig.send(...frame(50));
    expect(rig.sent.length).toBeLessThan(5);
    rig.advance(200);
    // 20 ms of it may go at once.
    expect(rig.sent.length).toBeGreaterThanOrEqual(24);
    expect(rig.sent.length).toBeLessThanOrEqual(28);
    rig.advance(400);
    expect(rig.names).toEqual(frame(50));
    expect(rig.pacer.due).toBe(Infinity);
  });

  it('sends what is missed before what is new', () => {
    const rig = new Rig();
    rig.pacer.allow(400_000, rig.now);
    rig.send(...frame(10));
    const before = rig.sent.length;
    rig.pacer.sendAgain('again', 1_000, rig.now);
    rig.advance(1_000);
    expect(rig.names.indexOf('again')).toBe(before);
  });

  it('keeps nothing waiting for longer than two seconds', () => {
    const rig = new Rig();
    rig.pacer.allow(40_000, rig.now);
    rig.send(...frame(200));
    rig.advance(2_050);
    expect(rig.names).toEqual(frame(200));
  });

  it('tries a rate that is asked for though many have waited in vain', () => {
    const rig = new Rig();
    rig.pacer.allow(400_000, rig.now);
    for (let count = 0; count < 20; count++) {
      rig.pacer.probe(1_000_000, rig.now);
      rig.now += 5_000;
    }
    rig.pacer.probe(2_000_000, rig.now);
    rig.send('video');
    rig.advance(100);
    expect(rig.probes.map(({ bitrate }) => bitrate)).toContain(2_000_000);
  });

  it('is as fast as it may be when more is allowed', () => {
    const rig = new Rig();
    rig.pacer.allow(40_000, rig.now);
    rig.send(...frame(10));
    rig.advance(20);
    expect(rig.sent.length).toBeLessThan(5);
    rig.pacer.allow(20_000_000, rig.now);
    rig.advance(5);
    expect(rig.sent).toHaveLength(10);
  });

  it('forgets what nobody wants any more', () => {
    const rig = new Rig();
    rig.pacer.allow(400_000, rig.now);
    rig.send(...frame(10));
    for (const packet of frame(10)) rig.gone.add(packet);
    const { length } = rig.sent;
    rig.advance(500);
    expect(rig.sent).toHaveLength(length);
    expect(rig.pacer.due).toBe(Infinity);
  });
});

describe('a probe', () => {
  it('begins with the next packet, has that rate, and goes on with what is sent anyway', () => {
    const rig = new Rig();
    rig.pacer.allow(400_000, rig.now);
    rig.pacer.probe(4_000_000, rig.now);
    expect(rig.pacer.due).toBe(Infinity);
    rig.send('media');
    rig.advance(100);
    expect(rig.probes.map(({ bitrate }) => bitrate)).toEqual([4_000_000]);
    // 15 ms of 4 Mbit/s are 7.5 packets.
    expect(rig.sent.map(({ probe }) => probe)).toEqual(Array(8).fill(1));
    expect(rig.names).toEqual(['media', ...Array(7).fill('padding')]);
    const took = (rig.sent.at(-1)?.at ?? 0) - (rig.sent[0]?.at ?? 0);
    expect(took).toBe(14);
  });

  it('takes what waits before anything that tells nothing new', () => {
    const rig = new Rig();
    rig.pacer.allow(400_000, rig.now);
    rig.send(...frame(20));
    rig.pacer.probe(8_000_000, rig.now);
    rig.send('last');
    rig.advance(500);
    expect(rig.names).toEqual([...frame(20), 'last']);
    expect(rig.sent.filter(({ probe }) => probe === 1)).toHaveLength(15);
  });

  it('follows the other, and takes five packets at least', () => {
    const rig = new Rig();
    rig.pacer.probe(100_000, rig.now);
    rig.pacer.probe(200_000, rig.now);
    rig.send('media');
    rig.advance(2_000);
    expect(rig.sent.map(({ probe }) => probe)).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
  });

  it('ends where there is nothing to send', () => {
    const rig = new Rig();
    rig.hasPadding = false;
    rig.pacer.probe(4_000_000, rig.now);
    rig.send('media');
    rig.advance(100);
    expect(rig.names).toEqual(['media']);
    expect(rig.pacer.due).toBe(Infinity);
  });

  it('is forgotten when there was no video for five seconds, and so many at most are kept', () => {
    const rig = new Rig();
    for (let turn = 0; turn < 20; turn++) rig.pacer.probe(100_000, rig.now);
    rig.now += 5_001;
    rig.send('media');
    rig.advance(10_000);
    expect(rig.sent).toEqual([{ packet: 'media', probe: 0, at: 6_001 }]);
    for (let turn = 0; turn < 20; turn++) rig.pacer.probe(100_000, rig.now);
    rig.send('media');
    rig.advance(10_000);
    expect(rig.probes).toHaveLength(8);
  });

  it('goes on in a burst when it was called late, and is over then', () => {
    const rig = new Rig();
    rig.pacer.probe(4_000_000, rig.now);
    rig.send('media');
    rig.now += 300;
    rig.pacer.tick(rig.now);
    expect(rig.sent).toHaveLength(8);
    expect(rig.pacer.due).toBe(Infinity);
  });
});
