/** Frames from one session to another over a network that loses packets: what comes out can always be decoded. */
import { describe, expect, it } from 'vitest';
import type { EncodedFrame } from '../../../../src/rtp/codecs/encoded-frame.ts';
import { FrameAssembler } from '../../../../src/rtp/codecs/frame-assembler.ts';
import { createPacketizer } from '../../../../src/rtp/codecs/create-packetizer.ts';
import type { RtpParameters } from '../../../../src/rtp/parameters.ts';
import { RtpSession } from '../../../../src/rtp/session.ts';
import { type LinkFaults, LossyLink } from '../../../support/lossy-link.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { seededRandom } from '../../../support/random.ts';
import { clips } from '../codecs/clips.ts';

type VideoCodec = keyof typeof clips;

const source = { ssrc: 1000, rtxSsrc: 1001, kind: 'video' } as const;
const payloadType = 100;
const frameInterval = 40;
const ticks = 3600;

function parametersOf(name: VideoCodec, nack: boolean): RtpParameters {
  return {
    codecs: [
      {
        payloadType,
        name,
        kind: 'video',
        clockRate: 90_000,
        rtxPayloadType: 96,
        nack,
        pli: true,
        transportFeedback: true,
      },
    ],
    extensions: { transportSequence: { video: 5 }, dependencyDescriptor: 11 },
  };
}

/** Sends that many frames, key frames where they are asked for, and lets all arrive. */
function transfer(
  codec: VideoCodec,
  nack: boolean,
  faults: LinkFaults,
  count: number,
): { sent: Uint8Array[]; received: EncodedFrame[]; keyFramesSent: number; lost: number } {
  const clock = new ManualClock(1_790_000_000_000);
  const random = seededRandom(7);
  const received: EncodedFrame[] = [];
  const sent: Uint8Array[] = [];
  const assembler = new FrameAssembler();
  const parameters = parametersOf(codec, nack);
  let isKeyFrameNext = true;
  let keyFramesSent = 0;

  const there = new LossyLink<Uint8Array>(clock, random, faults, (bytes) => {
    receiver.receiveRtp(bytes, clock.now());
  });
  const back = new LossyLink<Uint8Array>(clock, random, faults, (bytes) => {
    sender.receiveRtcp(bytes, clock.now());
  });
  const sender: RtpSession = new RtpSession(
    { parameters, localSsrc: 1, cname: 'a', random },
    {
      packet: () => {},
      reported: () => {},
      keyFrameRequested: () => (isKeyFrameNext = true),
      available: () => {},
      sendRtp: (header, payload) => there.send(new Uint8Array(Buffer.concat([header, payload]))),
      sendRtcp: () => {},
    },
  );
  const receiver: RtpSession = new RtpSession(
    { parameters, localSsrc: 2, cname: 'b', random },
    {
      packet: (packet) => {
        received.push(...assembler.push(packet));
        if (assembler.needsKeyFrame) receiver.requestKeyFrame(source.ssrc, clock.now());
      },
      reported: () => {},
      keyFrameRequested: () => {},
      available: () => {},
      sendRtp: () => {},
      sendRtcp: (compound) => back.send(compound),
    },
  );
  sender.addSent(source);
  receiver.addReceived(source);
  const packetizer = createPacketizer(codec, random, 400);
  const pass = (duration: number): void => {
    for (let passed = 0; passed < duration; passed += 5) {
      clock.advance(5);
      for (const session of [sender, receiver])
        if ((session.nextTimeout() ?? Infinity) <= clock.now()) session.tick(clock.now());
    }
  };

  for (let index = 0; index < count; index++) {
    const [key = new Uint8Array(), ...deltas] = clips[codec];
    const data = isKeyFrameNext ? key : (deltas[index % 2] ?? key);
    if (isKeyFrameNext) keyFramesSent++;
    isKeyFrameNext = false;
    sent.push(data);
    for (const packet of packetizer.packetize(data))
      sender.send(source.ssrc, { ...packet, payloadType, timestamp: index * ticks }, clock.now());
    pass(frameInterval);
  }
  pass(3000);
  return { sent, received, keyFramesSent, lost: there.lost };
}

describe.each(['vp8', 'vp9', 'h264', 'av1'] as const)('%s', (codec) => {
  it('comes through whole when losses are repaired', () => {
    const { sent, received, keyFramesSent, lost } = transfer(codec, true, { loss: 0.05, delay: 20 }, 250);
    expect(lost).toBeGreaterThan(8);
    expect(received.map(({ data }) => data)).toEqual(sent);
    expect(keyFramesSent).toBe(1);
  });

  it('goes on with key frames when they are not', () => {
    const faults = { loss: 0.03, delay: 20, jitter: 10, duplicates: 0.02 };
    const { sent, received, keyFramesSent } = transfer(codec, false, faults, 250);
    expect(keyFramesSent).toBeGreaterThan(5);
    expect(received.length).toBeGreaterThan(80);
    expect(received.length).toBeLessThan(250);
    let next = 0;
    for (const { data, keyFrame, timestamp } of received) {
      const index = timestamp / ticks;
      expect(data).toEqual(sent[index]);
      // After a hole only a key frame is any good.
      if (index !== next) expect(keyFrame).toBe(true);
      next = index + 1;
    }
  });
});
