import { describe, expect, it } from 'vitest';
import { FrameAssembler } from '../../../../src/rtp/codecs/frame-assembler.ts';
import {
  type Fields,
  frameStart,
  keyFrame,
  localSsrc,
  packetOf,
  parameters,
  ReceiverRig,
  retransmission,
  video,
} from './rig.ts';

describe('video', () => {
  const rigWithVideo = (options?: ConstructorParameters<typeof ReceiverRig>[0]): ReceiverRig => {
    const rig = new ReceiverRig(options);
    rig.receiver.add(video);
    return rig;
  };

  it('that is missing is asked for, soon and then less often than it can come, and given up', () => {
    const rig = rigWithVideo();
    const start = rig.clock.now();
    rig.receiveAll([keyFrame(0xfffd), { sequenceNumber: 2 }]);
    rig.clock.advance(2_000);
    const asked = rig.compounds.filter(({ packets }) => packets.some(({ type }) => type === 'nack'));
    expect(asked.map(({ at }) => Math.round(at - start))).toEqual([11, 261, 511, 761]);
    for (const nack of rig.sent('nack'))
      expect(nack).toEqual({
        type: 'nack',
        senderSsrc: localSsrc,
        mediaSsrc: video.ssrc,
        sequenceNumbers: [0xfffe, 0xffff, 0, 1],
      });
    expect(rig.packets.map(({ gap }) => gap)).toEqual([false, true]);
    expect(rig.packets[1]?.arrival).toBe(start + 1);
    expect(rig.receiver.statistics(video.ssrc)).toMatchObject({ lost: 4, nacksSent: 16, recovered: 0 });
  });

  it('that was only overtaken is not asked for', () => {
    const rig = rigWithVideo();
    rig.receiveAll([keyFrame(1), { sequenceNumber: 3 }, { sequenceNumber: 2 }]);
    rig.clock.advance(2_000);
    expect(rig.sent('nack')).toEqual([]);
    expect(rig.sequences).toEqual([1, 2, 3]);
  });

  it('comes back by retransmission, with its own numbers', () => {
    const rig = rigWithVideo();
    rig.receiveAll([keyFrame(0xffff), { sequenceNumber: 1, timestamp: 6_000 }]);
    rig.clock.advance(20);
    rig.receiveAll([retransmission(0, { sequenceNumber: 77, timestamp: 3_000, marker: true })]);
    expect(rig.packets[1]).toMatchObject({
      ssrc: video.ssrc,
      codec: parameters.codecs[1],
      sequenceNumber: 0x10000,
      timestamp: 3_000,
      marker: true,
      payload: frameStart,
      isRecovered: true,
      gap: false,
    });
    expect(rig.sequences).toEqual([0xffff, 0x10000, 0x10001]);
    // A second one is a probe; so is one of what came by itself.
    rig.receiveAll([retransmission(0), retransmission(1)]);
    expect(rig.receiver.statistics(video.ssrc)).toMatchObject({
      packets: 3,
      recovered: 1,
      duplicates: 2,
      lost: 0,
    });
  });

  it('has retransmissions that are of no use', () => {
    const rig = rigWithVideo();
    rig.receiveAll([retransmission(5)]);
    rig.receiveAll([keyFrame(10)]);
    rig.receiveAll([
      retransmission(9),
      retransmission(500),
      retransmission(11, { payload: Uint8Array.of(1) }),
      retransmission(11, { payload: new Uint8Array(0), padding: 200 }),
      // Of no codec's retransmissions, or on the source's own SSRC.
      retransmission(11, { payloadType: 100 }),
      retransmission(11, { ssrc: video.ssrc, sequenceNumber: 11 }),
    ]);
    expect(rig.sequences).toEqual([10]);
    expect(rig.receiver.statistics(video.ssrc)).toMatchObject({ packets: 2, lost: 0, discarded: 3 });
  });

  it('that ends with a loss is repaired by a retransmission that nobody asked for', () => {
    const rig = rigWithVideo();
    rig.receiveAll([keyFrame(10), retransmission(11)]);
    expect(rig.sequences).toEqual([10, 11]);
  });

  it('may have padding among its packets, which is never asked for', () => {
    const rig = rigWithVideo();
    rig.receiveAll([
      keyFrame(1),
      { sequenceNumber: 2, payload: new Uint8Array(0), padding: 255 },
      { sequenceNumber: 4, payload: new Uint8Array(0), padding: 255 },
      { sequenceNumber: 3 },
      { sequenceNumber: 5 },
    ]);
    expect(rig.sequences).toEqual([1, 3, 5]);
    expect(rig.packets.some(({ gap }) => gap)).toBe(false);
    rig.clock.advance(100);
    expect(rig.sent('nack')).toEqual([]);
    expect(rig.receiver.statistics(video.ssrc)).toMatchObject({ packets: 5, lost: 0 });
  });

  it('is read as frames behind padding, and asks for one key frame after a loss', () => {
    const rig = rigWithVideo();
    const assembler = new FrameAssembler();
    const frames: number[] = [];
    rig.onPacket = (packet) => {
      for (const { timestamp } of assembler.push(packet)) frames.push(timestamp);
      if (assembler.needsKeyFrame) rig.receiver.requestKeyFrame(packet.ssrc, rig.clock.now());
    };
    const frame = (sequenceNumber: number, timestamp: number): Fields[] => [
      { sequenceNumber, timestamp, payload: frameStart },
      { sequenceNumber: sequenceNumber + 1, timestamp, marker: true },
    ];
    rig.receiveAll([
      { ...keyFrame(1), marker: true },
      { sequenceNumber: 2, payload: new Uint8Array(0), padding: 255 },
      ...frame(3, 3_000),
    ]);
    expect(frames).toEqual([0, 3_000]);
    // Number 5 is lost for good, and the key frame comes before another request could.
    rig.receiveAll(frame(6, 6_000));
    rig.clock.advance(1_100);
    expect(rig.sent('pli')).toHaveLength(1);
    rig.receiveAll([keyFrame(8, 9_000), { sequenceNumber: 9, timestamp: 9_000 }]);
    rig.clock.advance(5);
    rig.receiveAll([{ sequenceNumber: 10, timestamp: 9_000, marker: true }]);
    rig.clock.advance(5_000);
    expect(frames).toEqual([0, 3_000, 9_000]);
    expect(rig.sent('pli')).toHaveLength(1);
  });

  it('may have packets of unknown types, which count and are not given', () => {
    const rig = rigWithVideo();
    rig.receiveAll([keyFrame(1), { sequenceNumber: 2, payloadType: 3 }, { sequenceNumber: 3 }]);
    expect(rig.sequences).toEqual([1, 3]);
    expect(rig.receiver.statistics(video.ssrc)).toMatchObject({ packets: 3, discarded: 1, lost: 0 });
  });

  it('may change its codec', () => {
    const rig = rigWithVideo();
    const sps = Uint8Array.of(0x67, 0x42, 0xe0, 0x1f);
    rig.receiveAll([
      keyFrame(1),
      { sequenceNumber: 2, payloadType: 107, timestamp: 3_000, payload: Uint8Array.of(0x09, 0x10) },
      { sequenceNumber: 3, payloadType: 107, timestamp: 3_000, payload: sps },
      { sequenceNumber: 4, payloadType: 107, timestamp: 3_000, payload: Uint8Array.of(0x65, 0x88) },
    ]);
    expect(rig.packets.map(({ codec }) => codec.name)).toEqual(['vp8', 'h264', 'h264', 'h264']);
    expect(rig.receiver.statistics(video.ssrc)).toMatchObject({ codec: 'h264', frames: 2, keyFrames: 2 });
  });

  it('is given up at once when more is missing than can be asked for', () => {
    const rig = rigWithVideo();
    rig.receiveAll([keyFrame(1), { sequenceNumber: 3 }, { sequenceNumber: 103 }]);
    expect(rig.sequences).toEqual([1]);
    rig.receiveAll([{ sequenceNumber: 300 }]);
    expect(rig.sequences).toEqual([1, 3, 103, 300]);
    expect(rig.packets.map(({ gap }) => gap)).toEqual([false, true, true, true]);
    rig.clock.advance(0);
    expect(rig.sent('pli')).toHaveLength(1);
  });

  it('of which too much is missing goes on after the oldest', () => {
    const rig = rigWithVideo({ limits: { missingPackets: 3 } });
    rig.receiveAll([1, 3, 5, 7].map((sequenceNumber) => keyFrame(sequenceNumber)));
    expect(rig.sequences).toEqual([1]);
    rig.receiveAll([keyFrame(9)]);
    expect(rig.sequences).toEqual([1, 3]);
  });

  it('waits up to a number of packets', () => {
    const rig = rigWithVideo({ limits: { heldPackets: 5 } });
    rig.receive(packetOf(keyFrame(1)));
    for (let sequenceNumber = 3; sequenceNumber < 8; sequenceNumber++)
      rig.receive(packetOf({ sequenceNumber }));
    expect(rig.sequences).toEqual([1]);
    rig.receive(packetOf({ sequenceNumber: 8 }));
    expect(rig.sequences).toEqual([1, 3, 4, 5, 6, 7, 8]);
  });

  it('without NACK is waited for shortly', () => {
    const codecs = parameters.codecs.map((codec) => ({ ...codec, nack: false }));
    const rig = rigWithVideo({ parameters: { ...parameters, codecs } });
    rig.receiveAll([keyFrame(1), { sequenceNumber: 3 }]);
    rig.clock.advance(60);
    expect(rig.sequences).toEqual([1, 3]);
    expect(rig.sent('nack')).toEqual([]);
  });

  it('starts anew after a jump that goes on', () => {
    const rig = rigWithVideo();
    rig.receiveAll([keyFrame(5), keyFrame(40_000), { sequenceNumber: 6 }, { sequenceNumber: 40_002 }]);
    expect(rig.sequences).toEqual([5, 6]);
    rig.receiveAll([keyFrame(40_003), { sequenceNumber: 40_004 }]);
    expect(rig.sequences).toEqual([5, 6, 40_003, 40_004]);
    expect(rig.packets[2]?.gap).toBe(true);
    rig.receiveAll([keyFrame(3), keyFrame(4), { sequenceNumber: 5 }]);
    expect(rig.sequences).toEqual([5, 6, 40_003, 40_004, 0x10004, 0x10005]);
    expect(rig.receiver.statistics(video.ssrc)).toMatchObject({ packets: 6, lost: 0, discarded: 3 });
  });

  it('ends with a goodbye, and nothing is waited for', () => {
    const rig = rigWithVideo();
    rig.receiveAll([keyFrame(1), { sequenceNumber: 3 }]);
    rig.receiver.requestKeyFrame(video.ssrc, rig.clock.now());
    rig.receiver.receiveRtcp({ type: 'bye', ssrcs: [video.ssrc] }, rig.clock.now());
    expect(rig.sequences).toEqual([1, 3]);
    rig.clock.advance(5_000);
    expect(rig.sent('nack')).toEqual([]);
    expect(rig.sent('pli')).toEqual([]);
    rig.receiveAll([{ sequenceNumber: 4 }]);
    expect(rig.sequences).toEqual([1, 3, 4]);
  });
});
