/** What senders hear of their packets, and what receivers get of what they ask for. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { feature } from '../../../../src/jitsi/features.ts';
import {
  bytes,
  MediaRig,
  opus,
  type RigEndpoint,
  source,
  vp8,
  vp8Delta,
  vp8KeyFrame,
  vp8Rtx,
} from './media-rig.ts';
import { ModelReceiver } from './model-receiver.ts';

let rig: MediaRig;
let alice: RigEndpoint;
let bob: RigEndpoint;

beforeEach(async () => {
  rig = new MediaRig();
  [alice, bob] = [await rig.join('alice'), await rig.join('bob')];
  for (const endpoint of [alice, bob]) endpoint.open();
  alice.setSources(source('audio', 'alice-a0', [1]), source('video', 'alice-v0', [2], [3]));
  bob.want();
});
afterEach(() => rig.close());

function show(sequenceNumber: number, payload = vp8Delta()): void {
  alice.send(
    { ssrc: 2, payloadType: vp8, sequenceNumber, timestamp: sequenceNumber * 3000, marker: true },
    payload,
  );
}

/** As `alice` retransmits. */
function retransmit(sequenceNumber: number, payload = vp8Delta()): void {
  alice.send(
    { ssrc: 3, payloadType: vp8Rtx, sequenceNumber: 500, timestamp: sequenceNumber * 3000, marker: true },
    bytes(sequenceNumber >> 8, sequenceNumber & 0xff, ...payload),
  );
}

describe('transport-wide feedback', () => {
  const told = (): number[] =>
    alice
      .of('transport-feedback')
      .flatMap(({ feedback: { arrivals, baseSequenceNumber } }) =>
        arrivals.flatMap((arrival, index) => (arrival === undefined ? [] : [baseSequenceNumber + index])),
      );

  it('tells of every packet: of those that are dropped, probes and unknown SSRCs too', () => {
    alice.send({ ssrc: 1, payloadType: opus }, bytes(1));
    alice.send({ ssrc: 99, payloadType: vp8 }, bytes());
    alice.send({ ssrc: 2, payloadType: vp8 }, bytes());
    alice.send({ ssrc: 3, payloadType: vp8Rtx }, bytes());
    rig.clock.advance(200);
    expect(told()).toEqual([0, 1, 2, 3]);
  });

  it('comes each 100 ms, or 20 ms after a frame has ended; then no more', () => {
    for (let packet = 0; packet < 50; packet++) {
      alice.send({ ssrc: 1, payloadType: opus, sequenceNumber: packet }, bytes(1));
      rig.clock.advance(20);
    }
    const count = alice.of('transport-feedback').length;
    expect(count).toBeGreaterThanOrEqual(9);
    expect(count).toBeLessThanOrEqual(11);
    rig.clock.advance(1000);
    expect(told()).toHaveLength(50);
    const before = alice.of('transport-feedback').length;
    for (let packet = 0; packet < 30; packet++) {
      show(packet);
      rig.clock.advance(33);
    }
    expect(alice.of('transport-feedback').length - before).toBeGreaterThanOrEqual(29);
  });

  it('stops its timers when nobody sends', () => {
    const timers = rig.clock.pending;
    show(1);
    rig.clock.advance(5000);
    expect(rig.clock.pending).toBe(timers);
  });
});

it('of a receiver makes the bridge tell it of its bandwidth each 10 s', () => {
  const receiver = new ModelReceiver(rig, bob);
  const play = (seconds: number): void => {
    for (let elapsed = 0; elapsed < seconds * 1000; elapsed += 20) {
      alice.send({ ssrc: 1, sequenceNumber: elapsed / 20 }, bytes(1));
      rig.clock.advance(20);
    }
  };
  play(21);
  expect(bob.heard('ConnectionStats')).toHaveLength(2);
  expect(receiver.told).toBe(20_000_000);
  expect(alice.heard('ConnectionStats')).toEqual([]);
  rig.bridge.setDownlink(700_000);
  expect(receiver.told).toBe(700_000);
});

it('who has told nothing hears of the fault that stands for it, and of its end', () => {
  rig.bridge.setDownlink(700_000);
  rig.bridge.setDownlink(Infinity);
  const told = bob.heard('ConnectionStats').map((message) => message.estimatedDownlinkBandwidth);
  expect(told).toEqual([700_000, 20_000_000]);
});

describe('receiver reports', () => {
  it('come each 500 ms from the bridge’s own source, with losses and the last sender report', () => {
    for (const number of [1, 2, 4, 5]) alice.send({ ssrc: 1, sequenceNumber: number }, bytes(1));
    alice.sendRtcp({
      type: 'sender-report',
      ssrc: 1,
      ntp: { seconds: 0x1234_5678, fraction: 0x9abc_def0 },
      rtpTimestamp: 1,
      packets: 4,
      octets: 4,
      reports: [],
    });
    rig.clock.advance(100);
    alice.send({ ssrc: 1, sequenceNumber: 6 }, bytes(1));
    rig.clock.advance(2000);
    const [first, second, ...more] = alice.of('receiver-report');
    expect(first?.ssrc).toBe(rig.bridgeSsrc);
    expect(first?.reports).toMatchObject([
      { ssrc: 1, fractionLost: 51, cumulativeLost: 1, highestSequence: 5 },
    ]);
    expect(second?.reports).toMatchObject([
      { ssrc: 1, fractionLost: 0, cumulativeLost: 1, highestSequence: 6, lastSenderReport: 0x5678_9abc },
    ]);
    // Nothing has come since.
    expect(more).toEqual([]);
  });
});

describe('what a sender of many sources hears', () => {
  const ssrcs = Array.from({ length: 40 }, (_, index) => 100 + index);

  it('is about all of them', () => {
    alice.setSources(...ssrcs.map((ssrc) => source('audio', `alice-a${ssrc}`, [ssrc])));
    for (let number = 0; number < 40; number++) {
      for (const ssrc of ssrcs) alice.send({ ssrc, sequenceNumber: number }, bytes(1));
      rig.clock.advance(20);
    }
    const reports = alice.of('receiver-report').map((report) => report.reports.map(({ ssrc }) => ssrc));
    expect(Math.max(...reports.map(({ length }) => length))).toBeLessThanOrEqual(31);
    expect(new Set(reports.flat())).toEqual(new Set(ssrcs));
  });
});

describe('requests for what is missing', () => {
  it('are for video, soon, and again until it has come', () => {
    show(1, vp8KeyFrame());
    show(4);
    alice.send({ ssrc: 1, sequenceNumber: 1 }, bytes(1));
    alice.send({ ssrc: 1, sequenceNumber: 3 }, bytes(1));
    rig.clock.advance(40);
    expect(alice.of('nack')).toEqual([
      { type: 'nack', senderSsrc: rig.bridgeSsrc, mediaSsrc: 2, sequenceNumbers: [2, 3] },
    ]);
    show(2);
    rig.clock.advance(400);
    expect(alice.of('nack').slice(1)).not.toEqual([]);
    for (const { sequenceNumbers } of alice.of('nack').slice(1)) expect(sequenceNumbers).toEqual([3]);
    retransmit(3);
    const before = alice.of('nack').length;
    rig.clock.advance(1500);
    expect(alice.of('nack')).toHaveLength(before);
    const repaired = bob.rtp.filter(({ ssrc }) => ssrc === 2).map(({ sequenceNumber }) => sequenceNumber);
    expect(repaired).toEqual([1, 4, 2, 3]);
  });

  it('end some time; what is lost for good, or too much, is counted, and a key frame asked for', () => {
    show(1, vp8KeyFrame());
    show(3);
    for (let elapsed = 0; elapsed < 4000; elapsed += 100) {
      rig.clock.advance(100);
      alice.send({ ssrc: 1 }, bytes(1));
    }
    expect(alice.of('nack')).toHaveLength(10);
    expect(alice.of('pli')).toEqual([]);
    show(500);
    expect(alice.of('pli')).toHaveLength(1);
  });

  it('of a key frame that begins something bring the rest with it', async () => {
    const carol = (await rig.join('carol')).open();
    carol.want();
    show(1);
    show(3);
    show(4);
    retransmit(2, vp8KeyFrame());
    expect(carol.rtp.map(({ sequenceNumber }) => sequenceNumber)).toEqual([2, 3, 4]);
  });
});

describe('packets that a receiver misses', () => {
  const nack = (...sequenceNumbers: number[]): void =>
    bob.sendRtcp({ type: 'nack', senderSsrc: 77, mediaSsrc: 2, sequenceNumbers });

  it('come again as RTX', () => {
    show(65_535, vp8KeyFrame());
    show(0);
    nack(65_535, 0, 9);
    const again = bob.rtp.slice(2);
    expect(again).toMatchObject([
      { ssrc: 3, payloadType: vp8Rtx, timestamp: (65_535 * 3000) >>> 0, marker: true },
      { ssrc: 3, payloadType: vp8Rtx, timestamp: 0 },
    ]);
    expect(again.map(({ payload }) => [...payload])).toEqual([
      [0xff, 0xff, ...vp8KeyFrame()],
      [0, 0, ...vp8Delta()],
    ]);
    const [first = 0, second = 0] = again.map(({ sequenceNumber }) => sequenceNumber);
    expect(second).toBe((first + 1) & 0xffff);
    // Asked for again at once.
    nack(0);
    expect(bob.rtp).toHaveLength(4);
    rig.clock.advance(20);
    nack(0);
    expect(bob.rtp).toHaveLength(5);
  });

  it('do not come if they were not sent to it, such as those of who is muted', () => {
    show(0, vp8KeyFrame());
    alice.local.media.forceMuted.add('video');
    show(1);
    nack(0, 1);
    expect(bob.rtp.map(({ payload }) => [...payload])).toEqual([
      [...vp8KeyFrame()],
      [0, 0, ...vp8KeyFrame()],
    ]);
  });

  it('come again as they were, where RTX is not known', async () => {
    const carol = (await rig.join('carol', { features: [feature.video] })).open();
    carol.want();
    show(1, vp8KeyFrame());
    carol.sendRtcp({ type: 'nack', senderSsrc: 77, mediaSsrc: 2, sequenceNumbers: [1] });
    expect(carol.rtp).toMatchObject([
      { ssrc: 2, payloadType: vp8, sequenceNumber: 1 },
      { ssrc: 2, payloadType: vp8, sequenceNumber: 1 },
    ]);
  });

  it('are kept for 15 s, 500 of them', () => {
    show(1, vp8KeyFrame());
    for (let number = 2; number <= 502; number++) show(number);
    nack(1, 2);
    nack(3);
    expect(bob.rtp.filter(({ ssrc }) => ssrc === 3).map(({ payload }) => payload[1])).toEqual([3]);
    rig.clock.advance(15_001);
    nack(502);
    expect(bob.rtp.filter(({ ssrc }) => ssrc === 3)).toHaveLength(1);
  });

  it('are kept when one that is older comes late', () => {
    show(1, vp8KeyFrame());
    for (let number = 3; number <= 502; number++) show(number);
    retransmit(2);
    nack(502);
    expect(bob.rtp.filter(({ ssrc }) => ssrc === 3).map(({ payload }) => payload[1])).toEqual([502 & 0xff]);
  });

  it('are found after a pause under their new numbers', () => {
    show(10, vp8KeyFrame());
    bob.want({ constraints: { 'alice-v0': { maxHeight: 0 } } });
    for (let number = 11; number < 20; number++) show(number);
    bob.want({ constraints: {} });
    show(20, vp8KeyFrame());
    expect(bob.rtp.at(-1)?.sequenceNumber).toBe(11);
    nack(11);
    expect([...(bob.rtp.at(-1)?.payload ?? [])]).toEqual([0, 11, ...vp8KeyFrame()]);
  });

  it('are numbered on as RTX when their source is gone for a while: the receiver would take others for old ones', () => {
    show(1, vp8KeyFrame());
    nack(1);
    const last = bob.rtp.at(-1);
    alice.setSources();
    alice.setSources(source('video', 'alice-v0', [2], [3]));
    show(2, vp8KeyFrame());
    nack(2);
    expect(bob.rtp.at(-1)).toMatchObject({
      ssrc: 3,
      sequenceNumber: ((last?.sequenceNumber ?? 0) + 1) & 0xffff,
    });
  });

  it('of a source that is not forwarded to it do not come', () => {
    alice.send({ ssrc: 1, sequenceNumber: 1 }, bytes(1));
    bob.sendRtcp({ type: 'nack', senderSsrc: 77, mediaSsrc: 1, sequenceNumbers: [1] });
    bob.sendRtcp({ type: 'nack', senderSsrc: 77, mediaSsrc: 4711, sequenceNumbers: [1] });
    expect(bob.rtp).toHaveLength(1);
  });
});

describe('requests for key frames', () => {
  const pli = (from = bob): void => from.sendRtcp({ type: 'pli', senderSsrc: 77, mediaSsrc: 2 });

  beforeEach(() => {
    show(1, vp8KeyFrame());
    rig.clock.advance(1000);
  });

  it('reach the sender, in its form', async () => {
    pli();
    expect(alice.of('pli')).toEqual([{ type: 'pli', senderSsrc: rig.bridgeSsrc, mediaSsrc: 2 }]);
    rig.clock.advance(300);
    bob.sendRtcp({ type: 'fir', senderSsrc: 77, requests: [{ ssrc: 2, sequenceNumber: 1 }] });
    expect(alice.of('pli')).toHaveLength(2);
    expect(alice.of('fir')).toEqual([]);
  });

  it('come from one receiver three times in 10 s, and not within 200 ms', () => {
    for (let elapsed = 0; elapsed < 9_900; elapsed += 100) {
      pli();
      rig.clock.advance(100);
    }
    expect(alice.of('pli')).toHaveLength(3);
    rig.clock.advance(10_000);
    pli();
    expect(alice.of('pli')).toHaveLength(4);
  });

  it('of several receivers are one within 200 ms', async () => {
    const carol = (await rig.join('carol')).open();
    carol.want();
    show(2, vp8KeyFrame());
    pli();
    pli(carol);
    expect(alice.of('pli')).toHaveLength(1);
    rig.clock.advance(200);
    pli(carol);
    expect(alice.of('pli')).toHaveLength(2);
  });

  it('are FIRs for those to whom no PLI was offered', async () => {
    const dave = await rig.join('dave', {
      descriptions: [
        {
          media: 'video',
          payloadTypes: [{ id: vp8, name: 'VP8', clockRate: 90_000, parameters: [], feedback: [] }],
          feedback: [],
          headerExtensions: [],
          extmapAllowMixed: true,
          rtcpMux: true,
        },
      ],
    });
    dave.setSources(source('video', 'dave-v0', [31]));
    for (const number of [1, 2]) {
      dave.send({ ssrc: 31, payloadType: vp8, sequenceNumber: number }, vp8Delta());
      rig.clock.advance(200);
    }
    expect(dave.of('fir').map(({ requests }) => requests)).toEqual([
      [{ ssrc: 31, sequenceNumber: 1 }],
      [{ ssrc: 31, sequenceNumber: 2 }],
    ]);
  });

  it('and reports share a compound packet at their cost: the last one counts', () => {
    const report = {
      type: 'sender-report',
      ssrc: 2,
      ntp: { seconds: 1, fraction: 2 },
      rtpTimestamp: 3000,
      packets: 1000,
      octets: 100_000,
      reports: [],
    } as const;
    alice.sendRtcp({ ...report, ssrc: 1 }, report, { type: 'bye', ssrcs: [2] });
    expect(bob.rtcp).toEqual([{ ...report, packets: 1, octets: vp8KeyFrame().length }]);
  });
});
