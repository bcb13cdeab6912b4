import { describe, expect, it } from 'vitest';
import type { RtcpPacket } from '../../../../src/rtp/rtcp.ts';
import {
  audio,
  type Fields,
  frameStart,
  keyFrameStart,
  localSsrc,
  packetOf,
  parameters,
  placeholder,
  ReceiverRig,
  video,
} from './rig.ts';

const opus = (sequenceNumber: number): Fields => ({
  ssrc: audio.ssrc,
  payloadType: 111,
  sequenceNumber,
  timestamp: sequenceNumber * 960,
  payload: Uint8Array.of(1, 2, 3),
});

const keyFrame = (sequenceNumber: number, timestamp = 0): Fields => ({
  sequenceNumber,
  timestamp,
  payload: keyFrameStart,
});

const retransmission = (original: number, fields: Fields = {}): Fields => ({
  ssrc: video.rtxSsrc,
  payloadType: 96,
  payload: Uint8Array.of(original >>> 8, original, ...frameStart),
  ...fields,
});

describe('a receiver', () => {
  it('gives a packet as it came, with its codec', () => {
    const rig = new ReceiverRig();
    rig.receiver.add(audio);
    rig.receive(packetOf({ ...opus(9), marker: true, transportSequence: 3 }));
    expect(rig.packets).toEqual([
      {
        ssrc: audio.ssrc,
        codec: parameters.codecs[0],
        sequenceNumber: 9,
        timestamp: 9 * 960,
        marker: true,
        payload: Uint8Array.of(1, 2, 3),
        extensions: [{ id: 5, value: Uint8Array.of(0, 3) }],
        arrival: rig.clock.now(),
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

describe('requests for key frames', () => {
  const times = (rig: ReceiverRig, start: number, type: RtcpPacket['type'] = 'pli'): number[] =>
    rig.compounds
      .filter(({ packets }) => packets.some((packet) => packet.type === type))
      .map(({ at }) => at - start);

  it('are repeated, up to a limit', () => {
    const rig = new ReceiverRig();
    rig.receiver.add(video);
    const start = rig.clock.now();
    rig.receiver.requestKeyFrame(video.ssrc, start);
    rig.arm();
    rig.clock.advance(60_000);
    expect(times(rig, start)).toEqual([0, 500, 1_500, 3_500, 7_500]);
    expect(rig.sent('pli')[0]).toEqual({ type: 'pli', senderSsrc: localSsrc, mediaSsrc: video.ssrc });
    expect(rig.receiver.statistics(video.ssrc)?.plisSent).toBe(5);
    expect(rig.receiver.nextTimeout()).toBeUndefined();
  });

  it('end with a key frame, and do not come more often than they are heard', () => {
    const rig = new ReceiverRig();
    rig.receiver.add(video);
    const start = rig.clock.now();
    const request = (): void => {
      rig.receiver.requestKeyFrame(video.ssrc, rig.clock.now());
      rig.arm();
    };
    request();
    rig.clock.advance(100);
    request();
    rig.receive(packetOf(keyFrame(1)));
    rig.clock.advance(200);
    request();
    rig.clock.advance(1_000);
    expect(times(rig, start)).toEqual([0, 500, 1_000]);
  });

  it('for several sources are never in one compound', () => {
    const rig = new ReceiverRig();
    for (const ssrc of [10, 20]) {
      rig.receiver.add({ ssrc, kind: 'video' });
      rig.receiver.requestKeyFrame(ssrc, rig.clock.now());
    }
    rig.receiver.tick(rig.clock.now());
    expect(rig.compounds.map(({ packets }) => packets.length)).toEqual([1, 1]);
  });

  it('are sent when a source begins without one', () => {
    const rig = new ReceiverRig();
    rig.receiver.add(video);
    const start = rig.clock.now();
    rig.receiveAll([{ sequenceNumber: 1, payload: frameStart }]);
    rig.clock.advance(200);
    expect(times(rig, start)).toEqual([50]);
  });

  it('are full intra requests where picture losses were not offered', () => {
    const codecs = parameters.codecs.map((codec) => ({ ...codec, pli: false }));
    const rig = new ReceiverRig({ parameters: { ...parameters, codecs } });
    rig.receiver.add(video);
    const start = rig.clock.now();
    rig.receiver.requestKeyFrame(video.ssrc, start);
    rig.arm();
    rig.clock.advance(600);
    rig.receive(packetOf(keyFrame(1)));
    rig.clock.advance(1_000);
    rig.receiver.requestKeyFrame(video.ssrc, rig.clock.now());
    rig.arm();
    rig.clock.advance(1);
    expect(times(rig, start, 'fir')).toEqual([0, 500, 1_600]);
    expect(rig.sent('fir').map(({ requests }) => requests)).toEqual([
      [{ ssrc: video.ssrc, sequenceNumber: 1 }],
      [{ ssrc: video.ssrc, sequenceNumber: 1 }],
      [{ ssrc: video.ssrc, sequenceNumber: 2 }],
    ]);
  });
});

describe('transport-wide feedback', () => {
  it('acknowledges everything: media, retransmissions, unknown sources, padding', () => {
    const rig = new ReceiverRig();
    rig.receiver.add(video);
    rig.receiver.add(audio);
    rig.receiveAll([
      { ...keyFrame(1), transportSequence: 0xfffd },
      { ...opus(1), transportSequence: 0xfffe },
      { ...retransmission(1), transportSequence: 0xffff },
      { ssrc: 4, payloadType: 3, transportSequence: 0 },
      {
        ssrc: placeholder,
        payloadType: 96,
        payload: new Uint8Array(0),
        padding: 255,
        transportSequence: 1,
      },
      {
        ssrc: placeholder,
        payload: new Uint8Array(0),
        padding: 255,
        transportSequence: 3,
        sequenceNumber: 9,
      },
      {
        ssrc: placeholder,
        payload: new Uint8Array(0),
        padding: 255,
        transportSequence: 4,
        sequenceNumber: 12,
      },
    ]);
    rig.clock.advance(400);
    const [feedback, ...others] = rig.sent('transport-feedback');
    expect(others).toEqual([]);
    expect(feedback).toMatchObject({ senderSsrc: localSsrc, feedback: { baseSequenceNumber: 0xfffd } });
    const arrivals = feedback?.feedback.arrivals ?? [];
    const first = arrivals[0] ?? NaN;
    expect(arrivals.map((at) => at && (at - first) / 4)).toEqual([0, 1, 2, 3, 4, undefined, 5, 6]);
    expect(rig.sent('nack')).toEqual([]);
    expect(rig.receiver.transportStatistics).toMatchObject({
      packets: 7,
      unknownPackets: 4,
      probePackets: 3,
    });
  });

  it('is sent ten times a second while packets come, more often when there are many', () => {
    const rig = new ReceiverRig();
    for (let index = 0; index < 500; index++) {
      rig.receive(packetOf({ ssrc: 4, transportSequence: index }));
      rig.clock.advance(2);
    }
    const few = rig.sent('transport-feedback').length;
    expect(few).toBeGreaterThanOrEqual(9);
    expect(few).toBeLessThanOrEqual(10);
    for (let index = 500; index < 5_500; index++) {
      rig.receive(packetOf({ ssrc: 4, transportSequence: index }));
      rig.clock.advance(0.2);
    }
    rig.clock.advance(200);
    expect(rig.sent('transport-feedback').length - few).toBeGreaterThanOrEqual(20);
    const all = rig.sent('transport-feedback').flatMap(({ feedback }) => feedback.arrivals);
    expect(all).toHaveLength(5_500);
    expect(all).not.toContain(undefined);
  });

  it('is not sent where it was not offered', () => {
    const rig = new ReceiverRig({ parameters: { ...parameters, extensions: {} } });
    rig.receiver.add(audio);
    rig.receiveAll([{ ...opus(1), transportSequence: 1 }]);
    rig.clock.advance(400);
    expect(rig.compounds).toEqual([]);
  });

  it('reads the number of each kind of media where it is', () => {
    const extensions = { transportSequence: { video: 5 } };
    const rig = new ReceiverRig({ parameters: { ...parameters, extensions } });
    rig.receiveAll([
      { ...opus(1), transportSequence: 1 },
      { ...keyFrame(1), transportSequence: 2 },
    ]);
    rig.clock.advance(400);
    expect(rig.sent('transport-feedback')).toMatchObject([
      { feedback: { baseSequenceNumber: 2, arrivals: { length: 1 } } },
    ]);
  });
});

describe('receiver reports', () => {
  it('say what came of each source, about every second, and how long ago its report was', () => {
    const rig = new ReceiverRig();
    rig.receiver.add(audio);
    rig.receiveAll([opus(0xfffe), opus(0xffff)]);
    rig.receiver.receiveRtcp(
      {
        type: 'sender-report',
        ssrc: audio.ssrc,
        ntp: { seconds: 0x11112222, fraction: 0x33334444 },
        rtpTimestamp: 960,
        packets: 2,
        octets: 6,
        reports: [],
      },
      rig.clock.now(),
    );
    const reported = rig.clock.now();
    rig.receiveAll([opus(2), opus(3)]);
    rig.clock.advance(1_000);
    const [report] = rig.sent('receiver-report');
    const at = rig.compounds[0]?.at ?? 0;
    expect(at - reported).toBeGreaterThanOrEqual(490);
    expect(report).toEqual({
      type: 'receiver-report',
      ssrc: localSsrc,
      reports: [
        {
          ssrc: audio.ssrc,
          fractionLost: Math.floor((2 / 6) * 256),
          cumulativeLost: 2,
          highestSequence: 0x10003,
          jitter: expect.any(Number) as number,
          lastSenderReport: 0x22223333,
          delaySinceLastSenderReport: Math.round(((at - reported) / 1000) * 65_536),
        },
      ],
    });
    expect(rig.receiver.statistics(audio.ssrc)?.senderReport).toMatchObject({
      rtpTimestamp: 960,
      arrival: reported,
    });
    rig.receiveAll([opus(4)]);
    rig.clock.advance(1_000);
    expect(rig.sent('receiver-report')[1]?.reports[0]).toMatchObject({ fractionLost: 0, cumulativeLost: 2 });
    // Nothing came since.
    rig.clock.advance(10_000);
    expect(rig.sent('receiver-report')).toHaveLength(2);
  });

  it('come at random times within half a second', () => {
    const rig = new ReceiverRig();
    rig.receiver.add(audio);
    for (let sequence = 0; sequence < 1_000; sequence++) {
      rig.receive(packetOf(opus(sequence)));
      rig.clock.advance(20);
    }
    const times = rig.compounds.map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(500);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1_020);
    expect(new Set(gaps.map(Math.round)).size).toBeGreaterThan(5);
  });

  it('count what was lost on the way, whether it was repaired or not', () => {
    const rig = new ReceiverRig();
    rig.receiver.add(video);
    rig.receiveAll([keyFrame(1), { sequenceNumber: 3 }, retransmission(2)]);
    rig.clock.advance(1_000);
    expect(rig.sent('receiver-report')[0]?.reports).toMatchObject([{ ssrc: video.ssrc, cumulativeLost: 1 }]);
    expect(rig.receiver.statistics(video.ssrc)?.lost).toBe(0);
  });

  it('hold 31 sources each', () => {
    const rig = new ReceiverRig();
    for (let ssrc = 1; ssrc <= 40; ssrc++) {
      rig.receiver.add({ ssrc, kind: 'audio' });
      rig.receive(packetOf({ ...opus(1), ssrc }));
    }
    rig.clock.advance(1_000);
    expect(rig.compounds.map(({ packets }) => packets)).toMatchObject([
      [{ reports: { length: 31 } }],
      [{ reports: { length: 9 } }],
    ]);
  });

  it('measure jitter as RFC 3550, A.8 does', () => {
    const rig = new ReceiverRig();
    rig.receiver.add(audio);
    let expected = 0;
    for (let sequence = 0; sequence < 100; sequence++) {
      const late = sequence % 2 === 0 ? 0 : 8;
      rig.clock.advance(sequence === 0 ? 0 : 20 + (late > 0 ? 8 : -8));
      rig.receive(packetOf(opus(sequence)));
      if (sequence > 0) expected += (8 - expected) / 16;
    }
    expect((rig.receiver.statistics(audio.ssrc)?.jitter ?? 0) * 1000).toBeCloseTo(expected, 6);
    // A clock that jumps is no jitter, nor is a frame in several packets.
    rig.receive(packetOf({ ...opus(100), timestamp: 3_000_000_000 }));
    rig.clock.advance(500);
    rig.receive(packetOf({ ...opus(101), timestamp: 3_000_000_000 }));
    expect((rig.receiver.statistics(audio.ssrc)?.jitter ?? 0) * 1000).toBeCloseTo(expected, 6);
  });
});
