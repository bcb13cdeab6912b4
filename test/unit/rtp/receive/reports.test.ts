import { describe, expect, it } from 'vitest';
import { randomBetween } from '../../../../src/base/random.ts';
import { seededRandom } from '../../../support/random.ts';
import {
  audio,
  keyFrame,
  localSsrc,
  opus,
  packetOf,
  parameters,
  placeholder,
  ReceiverRig,
  retransmission,
  video,
} from './rig.ts';

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

  it('is not sent for each packet when packets overtake each other by far', () => {
    const rig = new ReceiverRig();
    const random = seededRandom(3);
    // 5000 a second, late by up to 100 ms.
    const sent = Array.from({ length: 10_000 }, (_, index) => ({
      transportSequence: index,
      at: index / 5 + randomBetween(random, 0, 100),
    })).sort((one, other) => one.at - other.at);
    const start = rig.clock.now();
    for (const { at, transportSequence } of sent) {
      rig.clock.advance(start + at - rig.clock.now());
      rig.receive(packetOf({ ssrc: 4, transportSequence }));
    }
    rig.clock.advance(200);
    const feedbacks = rig.sent('transport-feedback');
    expect(feedbacks.length).toBeLessThan(200);
    const told = feedbacks.flatMap(({ feedback: { arrivals, baseSequenceNumber } }) =>
      arrivals.flatMap((arrival, index) => (arrival === undefined ? [] : [baseSequenceNumber + index])),
    );
    expect(new Set(told).size).toBe(10_000);
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
    const times = {
      ntp: { seconds: 0x11112222, fraction: 0x33334444 },
      rtpTimestamp: 960,
      arrival: reported,
    };
    expect(rig.receiver.statistics(audio.ssrc)?.senderReport).toEqual(times);
    expect(rig.senderReports).toEqual([{ ssrc: audio.ssrc, ...times }]);
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

  it('fit into datagrams together with requests for packets of many sources', () => {
    const rig = new ReceiverRig({ limits: { reportInterval: 100 } });
    const sources = Array.from({ length: 60 }, (_, index) => 10_000 + index);
    for (const ssrc of sources) rig.receiver.add({ ssrc, kind: 'video' });
    for (const ssrc of sources)
      for (const sequenceNumber of [1, 61]) rig.receive(packetOf({ ssrc, sequenceNumber }));
    const lengths: number[] = [];
    rig.onRtcp = (compound) => lengths.push(compound.length);
    rig.receiver.tick(rig.clock.now() + 100);
    expect(rig.sent('nack').map(({ mediaSsrc }) => mediaSsrc)).toEqual(sources);
    expect(rig.sent('nack').every(({ sequenceNumbers }) => sequenceNumbers.length === 59)).toBe(true);
    expect(rig.sent('receiver-report').flatMap(({ reports }) => reports)).toHaveLength(60);
    // Before the session adds its name to them.
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1_000);
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
