import { describe, expect, it } from 'vitest';
import { type KeptPacket, PacketHistory } from '../../../../src/rtp/send/packet-history.ts';
import { defaultLimits } from '../../../../src/rtp/send/types.ts';

const packet = (sequenceNumber: number, sentAt = 0, length = 10): KeptPacket => ({
  sequenceNumber,
  payloadType: 100,
  rtxPayloadType: 96,
  timestamp: 0,
  marker: false,
  payload: new Uint8Array(length),
  extensions: [],
  sentAt,
  retransmittedAt: -Infinity,
});

function history(limits: Partial<typeof defaultLimits>, packets: readonly KeptPacket[]): PacketHistory {
  const kept = new PacketHistory({ ...defaultLimits, ...limits });
  for (const each of packets) kept.add(each);
  return kept;
}

const found = (kept: PacketHistory, numbers: readonly number[], now = 0): (number | undefined)[] =>
  numbers.map((number) => kept.find(number, now)?.sequenceNumber);

describe('what was sent', () => {
  it('is found over the wrap', () => {
    const kept = history(
      {},
      [0xfffe, 0xffff, 0x1_0000, 0x1_0001].map((number) => packet(number)),
    );
    expect(found(kept, [0xfffd, 0xfffe, 0xffff, 0, 1, 2])).toEqual([
      undefined,
      0xfffe,
      0xffff,
      0x1_0000,
      0x1_0001,
      undefined,
    ]);
  });

  it('is bounded in number', () => {
    const kept = history(
      { keptPackets: 3 },
      [5, 6, 7, 8].map((number) => packet(number)),
    );
    expect(found(kept, [5, 6, 7, 8])).toEqual([undefined, 6, 7, 8]);
  });

  it('is bounded in bytes', () => {
    const kept = history({ keptBytes: 25 }, [packet(1), packet(2), packet(3), packet(4, 0, 15)]);
    expect(found(kept, [1, 2, 3, 4])).toEqual([undefined, undefined, 3, 4]);
    kept.add(packet(5, 0, 100));
    expect(found(kept, [3, 4, 5])).toEqual([undefined, undefined, 5]);
    kept.add(packet(6));
    expect(found(kept, [5, 6])).toEqual([undefined, 6]);
  });

  it('is bounded in age', () => {
    const kept = history({ keptFor: 100 }, [packet(1, 0), packet(2, 50)]);
    expect(found(kept, [1, 2], 100)).toEqual([1, 2]);
    expect(found(kept, [1, 2], 101)).toEqual([undefined, 2]);
    kept.add(packet(3, 140));
    expect(found(kept, [1, 2, 3], 140)).toEqual([undefined, 2, 3]);
  });

  it('begins anew after a break', () => {
    const kept = history({}, [packet(1), packet(2), packet(9)]);
    expect(found(kept, [1, 2, 9])).toEqual([undefined, undefined, 9]);
    expect(found(history({}, []), [0, 1])).toEqual([undefined, undefined]);
  });
});
