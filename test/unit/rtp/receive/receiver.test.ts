import { describe, expect, it } from 'vitest';
import { audio, keyFrame, opus, packetOf, parameters, ReceiverRig, video } from './rig.ts';

describe('a receiver', () => {
  it('gives a packet as it came, with its codec', () => {
    const rig = new ReceiverRig();
    rig.receiver.add(audio);
    const level = { id: 1, value: Uint8Array.of(0x80 | 23) };
    rig.receive(packetOf({ ...opus(9), marker: true, extensions: [level] }));
    expect(rig.packets).toEqual([
      {
        ssrc: audio.ssrc,
        codec: parameters.codecs[0],
        sequenceNumber: 9,
        timestamp: 9 * 960,
        marker: true,
        payload: Uint8Array.of(1, 2, 3),
        audioLevel: { level: 23, voice: true },
        arrival: rig.clock.now(),
        read: rig.clock.now(),
        isRecovered: false,
        gap: false,
      },
    ]);
    expect(rig.receiver.statistics(audio.ssrc)).toMatchObject({
      packets: 1,
      bytes: 3,
      frames: 1,
      codec: 'opus',
    });
  });

  it('has nothing due while nothing comes', () => {
    const rig = new ReceiverRig();
    rig.receiver.add(audio);
    rig.receiver.add(video);
    expect(rig.receiver.nextTimeout()).toBeUndefined();
    rig.receive(packetOf({ ...opus(1), transportSequence: 0 }));
    rig.clock.advance(60_000);
    // One feedback, and one report.
    expect(rig.ticks).toBe(2);
    expect(rig.receiver.nextTimeout()).toBeUndefined();
    expect(rig.compounds).toHaveLength(2);
  });

  it('knows sources while they are signalled', () => {
    const rig = new ReceiverRig();
    rig.receive(packetOf(opus(1)));
    expect(rig.packets).toEqual([]);
    expect(rig.receiver.transportStatistics).toMatchObject({ packets: 1, unknownPackets: 1 });
    expect(rig.receiver.transportStatistics.unknown.get(audio.ssrc)).toBe(1);
    rig.receiver.add(audio);
    rig.receiver.add(audio);
    expect(rig.receiver.transportStatistics.unknown.size).toBe(0);
    rig.receive(packetOf(opus(2)));
    expect(rig.sequences).toEqual([2]);
    rig.receiver.remove(audio.ssrc);
    rig.receiver.remove(audio.ssrc);
    rig.receive(packetOf(opus(3)));
    expect(rig.sequences).toEqual([2]);
    expect(rig.receiver.statistics(audio.ssrc)).toBeUndefined();
    expect(rig.receiver.nextTimeout()).toBeUndefined();
  });

  it('counts unknown sources, however many there are', () => {
    const rig = new ReceiverRig();
    for (let ssrc = 1; ssrc <= 10_000; ssrc++) rig.receive(packetOf({ ssrc, payloadType: 3 }));
    expect(rig.receiver.transportStatistics.unknownPackets).toBe(10_000);
    expect(rig.receiver.transportStatistics.unknown.size).toBe(64);
    expect(rig.receiver.nextTimeout()).toBeUndefined();
  });

  it('gives nothing of a source that is removed by who got its packet', () => {
    const rig = new ReceiverRig();
    rig.receiver.add(video);
    rig.onPacket = () => rig.receiver.remove(video.ssrc);
    rig.receiver.receiveRtcp({ type: 'bye', ssrcs: [video.ssrc, 5] }, rig.clock.now());
    rig.receiveAll([keyFrame(1), { sequenceNumber: 2 }]);
    expect(rig.sequences).toEqual([1]);
    rig.receiver.add(video);
    rig.onPacket = undefined;
    rig.receive(packetOf(keyFrame(1)));
    rig.receive(packetOf({ sequenceNumber: 3 }));
    rig.receive(packetOf({ sequenceNumber: 4 }));
    rig.onPacket = () => rig.receiver.remove(video.ssrc);
    rig.receive(packetOf({ sequenceNumber: 2 }));
    expect(rig.sequences).toEqual([1, 1, 2]);
    expect(rig.receiver.nextTimeout()).toBeUndefined();
  });
});

describe('audio', () => {
  const rigWithAudio = (): ReceiverRig => {
    const rig = new ReceiverRig();
    rig.receiver.add(audio);
    return rig;
  };

  it('is put in order, once each', () => {
    const rig = rigWithAudio();
    rig.receiveAll([0xfffe, 0, 0xffff, 0xffff, 1, 3, 2, 2].map(opus));
    expect(rig.sequences).toEqual([0xfffe, 0xffff, 0x10000, 0x10001, 0x10002, 0x10003]);
    expect(rig.packets.some(({ gap }) => gap)).toBe(false);
    expect(rig.receiver.statistics(audio.ssrc)).toMatchObject({
      packets: 6,
      duplicates: 2,
      lost: 0,
      frames: 6,
    });
  });

  it('waits shortly for what is late, and asks for nothing', () => {
    const rig = rigWithAudio();
    rig.receiveAll([opus(1), opus(3)]);
    expect(rig.sequences).toEqual([1]);
    rig.clock.advance(60);
    expect(rig.packets.map(({ sequenceNumber, gap }) => [sequenceNumber, gap])).toEqual([
      [1, false],
      [3, true],
    ]);
    rig.receiveAll([opus(2), opus(4)]);
    expect(rig.sequences).toEqual([1, 3, 4]);
    expect(rig.packets[2]?.gap).toBe(false);
    expect(rig.receiver.statistics(audio.ssrc)).toMatchObject({
      packets: 4,
      lost: 0,
      discarded: 1,
      nacksSent: 0,
    });
    expect(rig.sent('nack')).toEqual([]);
    expect(rig.sent('pli')).toEqual([]);
  });

  it('is not asked for key frames', () => {
    const rig = rigWithAudio();
    rig.receiver.requestKeyFrame(audio.ssrc, rig.clock.now());
    rig.receiver.requestKeyFrame(4, rig.clock.now());
    expect(rig.receiver.nextTimeout()).toBeUndefined();
  });
});
