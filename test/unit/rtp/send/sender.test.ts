import { describe, expect, it } from 'vitest';
import { extensionOf, parseRtp, type RtpPacket } from '../../../../src/rtp/packet.ts';
import type { RtpCodec, RtpParameters } from '../../../../src/rtp/parameters.ts';
import type { ReportBlock, RtcpPacket } from '../../../../src/rtp/rtcp.ts';
import { middleOf, toNtp } from '../../../../src/rtp/ntp.ts';
import { RtpSender, type SenderOptions } from '../../../../src/rtp/send/sender.ts';
import type { OutgoingPacket } from '../../../../src/rtp/send/types.ts';

const vp8: RtpCodec = {
  payloadType: 100,
  name: 'vp8',
  kind: 'video',
  clockRate: 90_000,
  rtxPayloadType: 96,
  nack: true,
  pli: true,
  transportFeedback: true,
};
const opus: RtpCodec = {
  payloadType: 111,
  name: 'opus',
  kind: 'audio',
  clockRate: 48_000,
  channels: 2,
  nack: false,
  pli: false,
  transportFeedback: true,
};
const extensions = {
  audioLevel: 1,
  absSendTime: 3,
  transportSequence: { audio: 5, video: 6 },
  mid: 10,
  dependencyDescriptor: 11,
};
/** 2026-11-26T10:00:00Z */
const start = 1_795_687_200_000;
const video = { ssrc: 0x1111, rtxSsrc: 0x1112, kind: 'video' } as const;
const audio = { ssrc: 0x2222, kind: 'audio' } as const;

class Rig {
  readonly packets: RtpPacket[] = [];
  readonly compounds: RtcpPacket[][] = [];
  readonly keyFrames: number[] = [];
  readonly available: number[] = [];
  readonly sender: RtpSender;
  now = start;

  constructor(options: Partial<SenderOptions> = {}) {
    const parameters: RtpParameters = { codecs: [vp8, opus], extensions };
    // Numbers begin at 0x7ffe each, transport-wide at 0xfffe; intervals are about their longest.
    const random = (size: number): Uint8Array => Uint8Array.of(0xff, 0xfe, 0xff, 0xfe).subarray(0, size);
    this.sender = new RtpSender(
      { parameters, random, cname: 'abcd1234-1', limits: { reportInterval: 1000 }, ...options },
      {
        rtp: (header, payload) => {
          const packet = parseRtp(new Uint8Array(Buffer.concat([header, payload])));
          if (packet) this.packets.push(packet);
        },
        rtcp: (packets) => this.compounds.push(packets),
        keyFrameRequested: (ssrc) => this.keyFrames.push(ssrc),
        available: (bitrate) => this.available.push(bitrate),
      },
    );
    this.sender.add(video);
    this.sender.add(audio);
  }

  sendVideo(packet: Partial<OutgoingPacket> = {}): void {
    const outgoing = { payloadType: 100, timestamp: 3000, marker: true, payload: Uint8Array.of(1, 2, 3) };
    this.sender.send(video.ssrc, { ...outgoing, ...packet }, this.now);
  }

  sendAudio(packet: Partial<OutgoingPacket> = {}): void {
    const outgoing = { payloadType: 111, timestamp: 960, marker: false, payload: Uint8Array.of(9) };
    this.sender.send(audio.ssrc, { ...outgoing, ...packet }, this.now);
  }

  nack(...sequenceNumbers: number[]): void {
    this.sender.receiveRtcp(
      { type: 'nack', senderSsrc: 1, mediaSsrc: video.ssrc, sequenceNumbers },
      this.now,
    );
  }

  /** Lets time pass; ticks when it is due. */
  advance(duration: number): void {
    const end = this.now + duration;
    for (
      let due = this.sender.nextTimeout();
      due !== undefined && due <= end;
      due = this.sender.nextTimeout()
    ) {
      this.now = Math.max(this.now, due);
      this.sender.tick(this.now);
    }
    this.now = end;
  }

  numbers(ssrc: number): number[] {
    return this.packets.filter((packet) => packet.ssrc === ssrc).map(({ sequenceNumber }) => sequenceNumber);
  }
}

const values = ({ extensions: list }: RtpPacket): [number, string][] =>
  list.map(({ id, value }) => [id, Buffer.from(value).toString('hex')]);

describe('packets', () => {
  it('are numbered by source, and transport-wide', () => {
    const rig = new Rig();
    rig.sendVideo();
    rig.sendAudio();
    rig.sendVideo({ marker: false });
    expect(rig.packets).toMatchObject([
      { ssrc: 0x1111, payloadType: 100, timestamp: 3000, marker: true, sequenceNumber: 0x7ffe },
      { ssrc: 0x2222, payloadType: 111, timestamp: 960, marker: false, sequenceNumber: 0x7ffe },
      { ssrc: 0x1111, payloadType: 100, timestamp: 3000, marker: false, sequenceNumber: 0x7fff },
    ]);
    expect(rig.packets.map(values)).toEqual([[[6, 'fffe']], [[5, 'ffff']], [[6, '0000']]]);
    expect(rig.packets.map(({ payload }) => payload.length)).toEqual([3, 1, 3]);
  });

  it('have the extensions that the offer has', () => {
    const rig = new Rig();
    rig.sendAudio({
      audioLevel: { level: 30, voice: true },
      extensions: [{ id: 7, value: Uint8Array.of(1) }],
    });
    rig.sendVideo({ dependencyDescriptor: Uint8Array.of(0xc0, 0, 0) });
    expect(rig.packets.map(values)).toEqual([
      [
        [5, 'fffe'],
        [7, '01'],
        [1, '9e'],
      ],
      [
        [6, 'ffff'],
        [11, 'c00000'],
      ],
    ]);
  });

  it('have none that it has not', () => {
    const rig = new Rig({ parameters: { codecs: [vp8, opus], extensions: {} } });
    rig.sender.add({ ssrc: 5, kind: 'video', mid: 'v1' });
    rig.sendAudio({ audioLevel: { level: 30, voice: true } });
    rig.sendVideo({ dependencyDescriptor: Uint8Array.of(0xc0, 0, 0) });
    rig.sender.send(5, { payloadType: 100, timestamp: 0, marker: true, payload: Uint8Array.of(1) }, start);
    expect(rig.packets.map(values)).toEqual([[], [], []]);
  });

  it('say when they were sent if they have no transport-wide number', () => {
    const rig = new Rig({ parameters: { codecs: [vp8, opus], extensions: { absSendTime: 3 } } });
    rig.now = 64_001_500;
    rig.sendVideo();
    rig.sendAudio();
    expect(rig.packets.map(values)).toEqual([[[3, '060000']], []]);
  });

  it('have a MID if the source has one', () => {
    const rig = new Rig();
    rig.sender.add({ ssrc: 5, kind: 'video', mid: 'v1' });
    rig.sender.send(5, { payloadType: 100, timestamp: 0, marker: true, payload: Uint8Array.of(1) }, start);
    expect(rig.packets.map(values)).toEqual([
      [
        [6, 'fffe'],
        [10, '7631'],
      ],
    ]);
  });

  it('of an unknown source are not sent, of an unknown payload type they are', () => {
    const rig = new Rig();
    rig.sender.send(9, { payloadType: 100, timestamp: 0, marker: true, payload: Uint8Array.of(1) }, start);
    expect(rig.packets).toEqual([]);
    rig.sendVideo({ payloadType: 127 });
    rig.nack(0x7ffe);
    expect(rig.packets).toHaveLength(1);
  });
});

describe('a NACK', () => {
  it('is answered on the stream of retransmissions', () => {
    const rig = new Rig();
    rig.sendVideo({ payload: Uint8Array.of(1), dependencyDescriptor: Uint8Array.of(0xc0, 0, 0) });
    rig.sendVideo({ payload: Uint8Array.of(2), timestamp: 6000, marker: false });
    rig.packets.length = 0;
    rig.nack(0x7fff, 0x7ffe);
    // RFC 4588, 4: a number of its own, the original one in front of the payload
    expect(rig.packets).toMatchObject([
      { ssrc: 0x1112, payloadType: 96, sequenceNumber: 0x7ffe, timestamp: 6000, marker: false },
      { ssrc: 0x1112, payloadType: 96, sequenceNumber: 0x7fff, timestamp: 3000, marker: true },
    ]);
    expect(rig.packets.map(({ payload }) => [...payload])).toEqual([
      [0x7f, 0xff, 2],
      [0x7f, 0xfe, 1],
    ]);
    expect(rig.packets.map(values)).toEqual([
      [[6, '0000']],
      [
        [6, '0001'],
        [11, 'c00000'],
      ],
    ]);
    expect(rig.sender.statistics(0x1111)).toMatchObject({ packets: 2, bytes: 2, retransmitted: 2, nacks: 2 });
  });

  it('is answered on the source itself when one side has no RTX', () => {
    const rig = new Rig();
    rig.sender.remove(video.ssrc);
    rig.sender.add({ ssrc: video.ssrc, kind: 'video' });
    rig.sendVideo();
    rig.nack(0x7ffe);
    expect(
      rig.packets.map(({ ssrc, sequenceNumber, payload }) => [ssrc, sequenceNumber, payload.length]),
    ).toEqual([
      [0x1111, 0x7ffe, 3],
      [0x1111, 0x7ffe, 3],
    ]);
    const other = new Rig({ parameters: { codecs: [{ ...vp8, rtxPayloadType: undefined }], extensions } });
    other.sendVideo();
    other.nack(0x7ffe);
    expect(other.numbers(0x1111)).toEqual([0x7ffe, 0x7ffe]);
  });

  it('is answered over the wraps of both numbers', () => {
    const rig = new Rig();
    for (let packet = 0; packet < 0x8010; packet++) rig.sendVideo();
    for (let number = 0xfff8; number < 0x1_0008; number++) {
      rig.nack(number & 0xffff);
      rig.advance(31);
    }
    const repeats = rig.packets.filter(({ ssrc }) => ssrc === 0x1112);
    expect(repeats.map(({ payload }) => ((payload[0] ?? 0) << 8) | (payload[1] ?? 0))).toEqual(
      Array.from({ length: 16 }, (_, index) => (0xfff8 + index) & 0xffff),
    );
    for (let turn = 0; turn < 0x8000; turn++) {
      rig.sendVideo();
      rig.nack((0x7ffe + 0x8010 + turn) & 0xffff);
    }
    expect(rig.numbers(0x1112)).toEqual(
      Array.from({ length: 16 + 0x8000 }, (_, index) => (0x7ffe + index) & 0xffff),
    );
  });

  it('that repeats another within the round trip is not answered', () => {
    const rig = new Rig();
    rig.sendVideo();
    rig.nack(0x7ffe, 0x7ffe);
    rig.advance(29);
    rig.nack(0x7ffe);
    expect(rig.numbers(0x1112)).toHaveLength(1);
    rig.advance(1);
    rig.nack(0x7ffe);
    expect(rig.numbers(0x1112)).toHaveLength(2);
  });

  it('waits for the round trip that was measured', () => {
    const rig = new Rig();
    rig.sendVideo();
    rig.advance(1000);
    answerReport(rig, 0x1111, 120);
    rig.sendVideo();
    rig.nack(0x7fff);
    rig.advance(119);
    rig.nack(0x7fff);
    expect(rig.numbers(0x1112)).toHaveLength(1);
    rig.advance(2);
    rig.nack(0x7fff);
    expect(rig.numbers(0x1112)).toHaveLength(2);
  });

  it('about what is not there is nothing', () => {
    const rig = new Rig();
    rig.sendVideo();
    rig.nack(0x7ffd, 0x7fff, 0);
    rig.sender.receiveRtcp(
      { type: 'nack', senderSsrc: 1, mediaSsrc: 0x9999, sequenceNumbers: [0x7ffe] },
      rig.now,
    );
    rig.advance(5001);
    rig.nack(0x7ffe);
    expect(rig.packets).toHaveLength(1);
    expect(rig.sender.statistics(0x1111)).toMatchObject({ nacks: 4, retransmitted: 0 });
  });

  it('about sound is not answered when the offer has none for it', () => {
    const rig = new Rig();
    rig.sendAudio();
    rig.sender.receiveRtcp(
      { type: 'nack', senderSsrc: 1, mediaSsrc: 0x2222, sequenceNumbers: [0x7ffe] },
      rig.now,
    );
    expect(rig.packets).toHaveLength(1);
  });
});

/** The bridge had the last report of a source for a second, `trip` ms ago in all. */
function answerReport(rig: Rig, ssrc: number, trip: number, more: Partial<ReportBlock> = {}): void {
  const report: ReportBlock = {
    ssrc,
    fractionLost: 0,
    cumulativeLost: 0,
    highestSequence: 0,
    jitter: 0,
    lastSenderReport: middleOf(toNtp(rig.now - 1000 - trip)),
    delaySinceLastSenderReport: 65_536,
    ...more,
  };
  rig.sender.receiveRtcp({ type: 'receiver-report', ssrc: 1, reports: [report] }, rig.now);
}

describe('requests for key frames', () => {
  const pli = (rig: Rig, mediaSsrc = 0x1111): void =>
    rig.sender.receiveRtcp({ type: 'pli', senderSsrc: 1, mediaSsrc }, rig.now);
  const fir = (rig: Rig, ...requests: [number, number][]): void =>
    rig.sender.receiveRtcp(
      {
        type: 'fir',
        senderSsrc: 1,
        requests: requests.map(([ssrc, sequenceNumber]) => ({ ssrc, sequenceNumber })),
      },
      rig.now,
    );

  it('are passed on at once, and at most every 200 ms', () => {
    const rig = new Rig();
    pli(rig);
    expect(rig.keyFrames).toEqual([0x1111]);
    rig.advance(50);
    pli(rig);
    pli(rig);
    expect(rig.sender.nextTimeout()).toBe(start + 200);
    rig.advance(149);
    expect(rig.keyFrames).toHaveLength(1);
    rig.advance(1);
    expect(rig.keyFrames).toHaveLength(2);
    expect(rig.sender.nextTimeout()).toBeUndefined();
    expect(rig.sender.statistics(0x1111)?.keyFrameRequests).toBe(2);
  });

  it('are known by their sources', () => {
    const rig = new Rig();
    rig.sender.add({ ssrc: 7, kind: 'video' });
    fir(rig, [0x1111, 1], [7, 1], [8, 1]);
    fir(rig, [0x1111, 1]);
    pli(rig, 8);
    rig.advance(1000);
    expect(rig.keyFrames).toEqual([0x1111, 7]);
    fir(rig, [0x1111, 2]);
    expect(rig.keyFrames).toEqual([0x1111, 7, 0x1111]);
  });

  it('that wait end with the source', () => {
    const rig = new Rig();
    pli(rig);
    pli(rig);
    rig.sender.remove(0x1111);
    expect(rig.sender.nextTimeout()).toBeUndefined();
    rig.advance(1000);
    expect(rig.keyFrames).toEqual([0x1111]);
  });
});

describe('reports', () => {
  it('tell the time of both clocks and what was sent, each source in a compound of its own', () => {
    const rig = new Rig();
    rig.sendVideo({ timestamp: 0xffff_ff00 });
    rig.advance(20);
    rig.sendVideo({ timestamp: 0xffff_ff00 });
    rig.sendAudio();
    rig.advance(180);
    const ntp = { seconds: start / 1000 + 2_208_988_800, fraction: Math.floor(0.2 * 2 ** 32) };
    expect(rig.compounds).toEqual([
      [
        {
          type: 'sender-report',
          ssrc: 0x1111,
          ntp,
          rtpTimestamp: 0xffff_ff00 + 18_000 - 2 ** 32,
          packets: 2,
          octets: 6,
          reports: [],
        },
        { type: 'sdes', chunks: [{ ssrc: 0x1111, cname: 'abcd1234-1' }] },
      ],
      [
        {
          type: 'sender-report',
          ssrc: 0x2222,
          ntp,
          rtpTimestamp: 960 + 8640,
          packets: 1,
          octets: 1,
          reports: [],
        },
        { type: 'sdes', chunks: [{ ssrc: 0x2222, cname: 'abcd1234-1' }] },
      ],
    ]);
  });

  it('go on while something is sent', () => {
    const rig = new Rig();
    expect(rig.sender.nextTimeout()).toBeUndefined();
    for (let time = 0; time < 10_000; time += 20) {
      rig.sendAudio({ timestamp: time * 48 });
      rig.advance(20);
    }
    expect(rig.compounds.length).toBeGreaterThanOrEqual(7);
    expect(rig.compounds.length).toBeLessThanOrEqual(10);
    const count = rig.compounds.length;
    rig.advance(60_000);
    expect(rig.compounds.length - count).toBe(1);
    expect(rig.sender.nextTimeout()).toBeUndefined();
    rig.sendAudio();
    rig.advance(1500);
    expect(rig.compounds.length - count).toBe(2);
  });

  it('of a new source come soon', () => {
    const rig = new Rig();
    rig.sendVideo();
    rig.advance(300);
    rig.sendAudio();
    expect(rig.sender.nextTimeout()).toBe(start + 500);
  });

  it('of a source that is gone are not sent', () => {
    const rig = new Rig();
    rig.sendVideo();
    rig.sender.remove(0x1111);
    rig.sender.remove(0x9999);
    rig.advance(5000);
    expect(rig.compounds).toEqual([]);
    expect(rig.sender.nextTimeout()).toBeUndefined();
    expect(rig.sender.statistics(0x1111)).toBeUndefined();
  });

  it('that come back tell the round trip and losses', () => {
    const rig = new Rig();
    rig.sendVideo();
    expect(rig.sender.statistics(0x1111)).toEqual({
      packets: 1,
      bytes: 3,
      retransmitted: 0,
      nacks: 0,
      keyFrameRequests: 0,
      roundTripTime: undefined,
      fractionLost: undefined,
      lost: undefined,
    });
    answerReport(rig, 0x1111, 80, { fractionLost: 64, cumulativeLost: 5 });
    answerReport(rig, 0x9999, 500);
    answerReport(rig, 0x1111, 0, { lastSenderReport: 0, fractionLost: 64, cumulativeLost: 5 });
    const figures = rig.sender.statistics(0x1111);
    expect(figures).toMatchObject({ fractionLost: 0.25, lost: 5 });
    expect(figures?.roundTripTime).toBeCloseTo(80, 0);
  });

  it('about delivery count all packets of the transport', () => {
    const rig = new Rig();
    rig.sendVideo();
    rig.sendAudio();
    rig.nack(0x7ffe);
    const feedback = {
      baseSequenceNumber: 0xfffe,
      referenceTime: 0,
      feedbackCount: 0,
      arrivals: [0, undefined, 3],
    };
    rig.sender.receiveRtcp({ type: 'transport-feedback', senderSsrc: 1, mediaSsrc: 1, feedback }, rig.now);
    // 12 bytes, 8 of extensions, the payload
    const bytes = 12 + 8 + 3 + 12 + 8 + 5;
    expect(rig.sender.deliveryStatistics(rig.now)).toEqual({
      acknowledged: 2,
      lost: 1,
      bitrate: bytes * 8,
      available: 300_000,
      roundTripTime: undefined,
    });
    expect(rig.available).toEqual([300_000]);
  });

  it('of other kinds are nothing', () => {
    const rig = new Rig();
    rig.sender.receiveRtcp({ type: 'bye', ssrcs: [0x1111] }, rig.now);
    rig.sender.receiveRtcp({ type: 'sdes', chunks: [] }, rig.now);
    rig.sender.receiveRtcp({ type: 'remb', senderSsrc: 1, bitrate: 1, ssrcs: [0x1111] }, rig.now);
    expect(rig.sender.nextTimeout()).toBeUndefined();
  });
});

it('a source that is added twice stays as it is', () => {
  const rig = new Rig();
  rig.sendVideo();
  rig.sender.add(video);
  rig.sendVideo();
  expect(rig.numbers(0x1111)).toEqual([0x7ffe, 0x7fff]);
  expect(rig.packets.map((packet) => extensionOf(packet, 6)?.length)).toEqual([2, 2]);
});
