/** Packets of media and their reports, from the protected bytes of a transport to frames. */
import * as fc from 'fast-check';
import { buildRtpHeader, parseRtp, type RtpExtension } from '../../../src/rtp/packet.ts';
import type { RtpParameters } from '../../../src/rtp/parameters.ts';
import { buildAudioLevel, parseAudioLevel } from '../../../src/rtp/codecs/opus/audio-level.ts';
import { createPacketizer } from '../../../src/rtp/codecs/create-packetizer.ts';
import { buildDependencyDescriptor } from '../../../src/rtp/codecs/av1/dependency-descriptor.ts';
import { describeFrame } from '../../../src/rtp/codecs/describe-frame.ts';
import { FrameAssembler } from '../../../src/rtp/codecs/frame-assembler.ts';
import { readDescriptor } from '../../../src/rtp/codecs/av1/read-descriptor.ts';
import { buildRtcp, parseRtcp } from '../../../src/rtp/rtcp/compound.ts';
import type { RtcpPacket } from '../../../src/rtp/rtcp.ts';
import { RtpSession } from '../../../src/rtp/session.ts';
import { nodeCiphers } from '../../../src/rtc/node-ciphers.ts';
import { Srtp, type SrtpKeys } from '../../../src/srtp/srtp.ts';
import { rtcpCompounds, rtpPackets } from '../../../test/support/hostile.ts';
import { seededRandom } from '../../../test/support/random.ts';
import { clips } from '../../../test/unit/rtp/codecs/clips.ts';
import { damagedBytes, framed, unframed } from '../bytes.ts';
import { wasRead } from '../outcome.ts';
import type { FuzzTarget, Subject } from '../target.ts';

const feedback = { nack: true, pli: true, transportFeedback: true };
const payloadTypes = { opus: 111, vp8: 100, vp9: 101, h264: 107, av1: 41 } as const;
const ids = { audioLevel: 1, transportSequence: 5, dependencyDescriptor: 11 };
const parameters: RtpParameters = {
  codecs: [
    {
      payloadType: 111,
      name: 'opus',
      kind: 'audio',
      clockRate: 48_000,
      channels: 2,
      ...feedback,
      nack: false,
    },
    ...(['vp8', 'vp9', 'h264', 'av1'] as const).map((name, index) => ({
      payloadType: payloadTypes[name],
      name,
      kind: 'video' as const,
      clockRate: 90_000,
      rtxPayloadType: 96 + index,
      ...feedback,
    })),
  ],
  extensions: {
    audioLevel: ids.audioLevel,
    dependencyDescriptor: ids.dependencyDescriptor,
    transportSequence: { audio: ids.transportSequence, video: ids.transportSequence },
  },
};
const sources = [
  { ssrc: 1, rtxSsrc: 3, kind: 'video' as const },
  { ssrc: 2, kind: 'audio' as const },
];
const ours = { ssrc: 9, rtxSsrc: 10, kind: 'video' as const };
const start = 1_790_000_000_000;

/** Real frames as the packets that a sender would make of them, one list for each codec. */
const streams: Uint8Array[][] = [
  ...(['vp8', 'vp9', 'av1', 'h264'] as const).map((codec) => {
    const packetizer = createPacketizer(codec, seededRandom(1), 400);
    return clips[codec].flatMap((frame, at) =>
      packetizer
        .packetize(frame)
        .map(({ payload, marker }) => ({ payload, marker, codec, ssrc: 1, timestamp: at * 3_000 })),
    );
  }),
  Array.from({ length: 8 }, (_, at) => ({
    payload: Uint8Array.of(0xfc, at, 1, 2),
    marker: false,
    codec: 'opus' as const,
    ssrc: 2,
    timestamp: at * 960,
  })),
].map((list) =>
  list.map(({ payload, marker, codec, ssrc, timestamp }, index) => {
    const extensions: RtpExtension[] = [
      { id: ids.transportSequence, value: Uint8Array.of(0, index) },
      codec === 'opus'
        ? { id: ids.audioLevel, value: buildAudioLevel({ level: 30, voice: true }) }
        : {
            id: ids.dependencyDescriptor,
            value: buildDependencyDescriptor({
              isFirstPacket: index === 0,
              isLastPacket: marker,
              keyFrame: index === 0,
              frameNumber: index,
              size: { width: 98, height: 66 },
            }),
          },
    ];
    return joinedPacket(
      {
        payloadType: payloadTypes[codec],
        marker,
        sequenceNumber: 0xfffc + index,
        timestamp,
        ssrc,
        extensions,
      },
      payload,
    );
  }),
);
const knownRtp = streams.flat();

function joinedPacket(header: Parameters<typeof buildRtpHeader>[0], payload: Uint8Array): Uint8Array {
  const head = buildRtpHeader({ ...header, sequenceNumber: header.sequenceNumber & 0xffff });
  return Uint8Array.from([...head, ...payload]);
}

/** Neighbours in a stream, some of them damaged. */
const run = fc
  .tuple(
    fc.constantFrom(...streams),
    fc.nat(),
    fc.integer({ min: 1, max: 6 }),
    fc.array(fc.option(damagedBytes(knownRtp, 3), { freq: 2 }), { minLength: 6, maxLength: 6 }),
  )
  .map(([stream, at, size, damage]) => {
    const first = at % stream.length;
    return framed(stream.slice(first, first + size).map((packet, index) => damage[index] ?? packet));
  });
/** Right in its form, of any content. */
const made = fc
  .array(
    rtpPackets.map(({ header, payload }) => joinedPacket(header, payload)),
    { minLength: 1, maxLength: 4 },
  )
  .map(framed);

export const rtpTarget: FuzzTarget<Uint8Array> = {
  name: 'rtp',
  inputs: fc.oneof({ weight: 3, arbitrary: run }, { weight: 1, arbitrary: made }),
  worst: () => ({
    'ten thousand packets of one frame': framed(
      Array<Uint8Array>(10_000).fill(knownRtp[0] ?? new Uint8Array()),
    ),
    'every number': framed(numbered(60_000, 1)),
    'numbers that jump': framed(numbered(60_000, 32_769)),
    'extensions of nothing': framed([
      Uint8Array.from([
        0x90,
        100,
        0,
        1,
        ...new Uint8Array(8),
        0x10,
        0,
        0x3f,
        0,
        ...new Uint8Array(0x3f00 * 4).fill(1),
      ]),
    ]),
  }),
  open: () => new MediaSubject(),
};

function numbered(count: number, step: number): Uint8Array[] {
  return Array.from({ length: count }, (_, at) =>
    joinedPacket(
      {
        payloadType: 100,
        marker: false,
        sequenceNumber: at * step,
        timestamp: at * 90,
        ssrc: 1,
        extensions: [],
      },
      Uint8Array.of(0x10, 0x11, 0, 0),
    ),
  );
}

const report = {
  ssrc: 9,
  fractionLost: 3,
  cumulativeLost: -1,
  highestSequence: 7,
  jitter: 5,
  lastSenderReport: 1,
  delaySinceLastSenderReport: 2,
};
const compounds: RtcpPacket[][] = [
  [
    {
      type: 'sender-report',
      ssrc: 1,
      ntp: { seconds: 3_000_000_000, fraction: 5 },
      rtpTimestamp: 7,
      packets: 8,
      octets: 9,
      reports: [report],
    },
    {
      type: 'sdes',
      chunks: [
        { ssrc: 1, cname: 'x' },
        { ssrc: 2, cname: '' },
      ],
    },
  ],
  [{ type: 'receiver-report', ssrc: 1, reports: [report, { ...report, ssrc: 10 }] }],
  [{ type: 'nack', senderSsrc: 1, mediaSsrc: 9, sequenceNumbers: [1, 2, 3, 40, 0xffff, 0] }],
  [
    { type: 'pli', senderSsrc: 1, mediaSsrc: 9 },
    { type: 'fir', senderSsrc: 1, requests: [{ ssrc: 9, sequenceNumber: 3 }] },
  ],
  [{ type: 'remb', senderSsrc: 1, bitrate: 1_000_000, ssrcs: [9] }],
  [{ type: 'bye', ssrcs: [1, 2] }],
  [
    {
      type: 'transport-feedback',
      senderSsrc: 1,
      mediaSsrc: 9,
      feedback: {
        baseSequenceNumber: 0,
        referenceTime: 100,
        feedbackCount: 1,
        arrivals: [1, undefined, 3, 900, 2, undefined, 7, 8, 9],
      },
    },
  ],
];
const knownRtcp = compounds.map((packets) => Uint8Array.from(buildRtcp(packets)));

export const rtcpTarget: FuzzTarget<Uint8Array> = {
  name: 'rtcp',
  inputs: fc
    .array(
      fc.oneof({ weight: 3, arbitrary: damagedBytes(knownRtcp) }, { weight: 1, arbitrary: rtcpCompounds }),
      {
        minLength: 1,
        maxLength: 3,
      },
    )
    .map(framed),
  worst: () => ({
    'many packets of nothing': framed([
      Uint8Array.from({ length: 60_000 }, (_, at) => [0x80, 206, 0, 0][at % 4] ?? 0),
    ]),
    'all are missing': framed([
      Uint8Array.from([
        0x81,
        205,
        0x3a,
        0x98,
        ...new Uint8Array(4),
        0,
        0,
        0,
        9,
        ...new Uint8Array(0x3a98 * 4 - 8).fill(0xff),
      ]),
    ]),
    'long runs of feedback': framed(
      Array<Uint8Array>(2_000).fill(
        Uint8Array.of(
          0x8f,
          205,
          0,
          5,
          0,
          0,
          0,
          1,
          0,
          0,
          0,
          9,
          0,
          0,
          0x1f,
          0xff,
          0,
          0,
          1,
          1,
          0x1f,
          0xff,
          0x1f,
          0xff,
        ),
      ),
    ),
    'reports about everybody': framed(
      Array<Uint8Array>(60).fill(
        Uint8Array.from({ length: 60_000 }, (_, at) => [0x9f, 201, 0, 187][at] ?? at),
      ),
    ),
  }),
  open: () => new MediaSubject('rtcp'),
};

/** Both ends of an SRTP association, and a session whose other side sends and receives. */
class MediaSubject implements Subject<Uint8Array> {
  readonly #kind: 'rtp' | 'rtcp';
  readonly #near = new Srtp(nodeCiphers, keys('near', 'far'));
  readonly #far = new Srtp(nodeCiphers, keys('far', 'near'));
  #sequence = 0;

  constructor(kind: 'rtp' | 'rtcp' = 'rtp') {
    this.#kind = kind;
  }

  read(input: Uint8Array): string {
    let now = start;
    let taken = 0;
    const session = this.#session();
    for (const packet of unframed(input)) {
      now += 7;
      if (this.#kind === 'rtp') taken += this.#receiveRtp(session, packet, now);
      else taken += this.#receiveRtcp(session, packet, now);
      session.tick(now);
    }
    // Everything that is due, until all is quiet.
    for (let next = session.nextTimeout(), ticks = 0; next !== undefined; next = session.nextTimeout()) {
      now = Math.max(now, next);
      session.tick(now);
      // Our own source reports for ever.
      if (++ticks > 20) break;
    }
    JSON.stringify([session.transportStatistics, session.deliveryStatistics(now)]);
    return taken > 0 ? wasRead : 'ignored';
  }

  #session(): RtpSession {
    const assemblers = new Map(sources.map(({ ssrc }) => [ssrc, new FrameAssembler()]));
    const session = new RtpSession(
      { parameters, localSsrc: 77, cname: 'c', random: seededRandom(1) },
      {
        packet: (packet) => {
          for (const frame of assemblers.get(packet.ssrc)?.push(packet) ?? [])
            describeFrame(frame.codec, frame.data);
        },
        reported() {},
        keyFrameRequested() {},
        available() {},
        sendRtp() {},
        sendRtcp: (compound) => void parseRtcp(compound),
      },
    );
    for (const source of sources) session.addReceived(source);
    if (this.#kind === 'rtcp') {
      session.addSent(ours);
      for (let at = 0; at < 8; at++)
        session.send(
          ours.ssrc,
          {
            payloadType: payloadTypes.vp8,
            payload: Uint8Array.of(0x10, 0x11, 0, 0),
            marker: true,
            timestamp: at,
          },
          start,
        );
    }
    return session;
  }

  #receiveRtp(session: RtpSession, packet: Uint8Array, now: number): number {
    const bytes = Buffer.from(packet);
    // Nobody without the keys gets further than this.
    if (this.#near.unprotectRtp(bytes)) throw new Error('what is not protected was taken');
    const parsed = parseRtp(packet);
    for (const { value } of parsed?.extensions ?? []) {
      parseAudioLevel(value);
      const read = readDescriptor(value, undefined);
      if (read?.structure) readDescriptor(value, read.structure);
    }
    session.receiveRtp(packet, now);
    return parsed ? 1 : 0;
  }

  #receiveRtcp(session: RtpSession, packet: Uint8Array, now: number): number {
    if (this.#near.unprotectRtcp(Buffer.from(packet))) throw new Error('what is not protected was taken');
    const packets = parseRtcp(packet);
    const written = buildRtcp(packets);
    if (parseRtcp(written).length !== packets.length)
      throw new Error('what is written reads as something else');
    session.receiveRtcp(packet, now);
    if (this.#sequence++ % 64 === 0 && packet.length >= 8) {
      const sealed = this.#far.protectRtcp(packet);
      if (!sealed || !this.#near.unprotectRtcp(sealed)) throw new Error('what is protected was not taken');
    }
    return packets.length;
  }
}

function keys(local: string, remote: string): SrtpKeys {
  const filled = (size: number, name: string): Buffer => Buffer.alloc(size, name);
  return {
    profile: 7,
    localMasterKey: filled(16, local),
    localMasterSalt: filled(12, local),
    remoteMasterKey: filled(16, remote),
    remoteMasterSalt: filled(12, remote),
  };
}
