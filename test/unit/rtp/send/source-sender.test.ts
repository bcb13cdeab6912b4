import { describe, expect, it } from 'vitest';
import { SourceSender } from '../../../../src/rtp/send/source-sender.ts';
import { defaultLimits } from '../../../../src/rtp/send/types.ts';
import { opus } from '../../../support/fake-rtp.ts';
import { seededRandom } from '../../../support/random.ts';

const start = 1_790_000_000_000;

function rig(): { send(captured: number, at: number): void; offset(at: number): number } {
  const sender = new SourceSender({ ssrc: 1, kind: 'audio' }, undefined, seededRandom(1), defaultLimits);
  return {
    send: (captured, at) => {
      const packet = {
        payloadType: 111,
        timestamp: captured * 48,
        marker: false,
        payload: Uint8Array.of(1),
      };
      sender.number(packet, [], opus, start + at);
    },
    /** ms from when its timestamp says to when the report says. */
    offset: (at) => {
      const { ntp, rtpTimestamp } = sender.report(start + at);
      return (
        (ntp.seconds - 2_208_988_800) * 1_000 + (ntp.fraction * 1_000) / 2 ** 32 - start - rtpTimestamp / 48
      );
    },
  };
}

describe('a report', () => {
  it('tells when what was sent was captured, though some of it had to wait', () => {
    const source = rig();
    for (let second = 0; second < 20; second += 1) {
      // Every fifth is late, the last before each report as well.
      for (let frame = 0; frame < 50; frame += 1) {
        const captured = second * 1_000 + frame * 20;
        source.send(captured, captured + (frame % 5 === 4 ? 15 : 0));
      }
      expect(Math.abs(source.offset(second * 1_000 + 996))).toBeLessThan(0.1);
    }
  });

  it('knows a pause in which the timestamps stood still', () => {
    const source = rig();
    source.send(0, 0);
    source.send(20, 5_000);
    source.send(40, 5_020);
    expect(source.offset(5_200)).toBeCloseTo(4_980, 1);
  });

  it('goes on from the last timestamp when nothing was sent since the one before', () => {
    const source = rig();
    source.send(0, 0);
    expect(source.offset(1_000)).toBeCloseTo(0, 1);
    expect(source.offset(2_000)).toBeCloseTo(0, 1);
  });
});
