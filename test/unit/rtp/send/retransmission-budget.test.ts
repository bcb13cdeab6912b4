import { expect, it } from 'vitest';
import { parseRtp } from '../../../../src/rtp/packet.ts';
import { RtpSender } from '../../../../src/rtp/send/sender.ts';
import { offered } from '../../../support/fake-rtp.ts';
import { seededRandom } from '../../../support/random.ts';

it('leaves no gap in the numbers of what is sent again, however much is asked for', () => {
  const again: number[] = [];
  let now = 1_000;
  const sender = new RtpSender(
    {
      parameters: { ...offered, extensions: { transportSequence: { video: 6 } } },
      random: seededRandom(1),
      cname: 'test',
    },
    {
      rtp(header, payload) {
        const packet = parseRtp(Uint8Array.from([...header, ...payload]));
        if (packet?.ssrc === 12) again.push(packet.sequenceNumber);
      },
      rtcp() {},
      keyFrameRequested() {},
      available() {},
    },
  );
  const advance = (duration: number): void => {
    const end = now + duration;
    for (let due = sender.nextTimeout(); due !== undefined && due <= end; due = sender.nextTimeout()) {
      now = Math.max(now, due);
      sender.tick(now);
    }
    now = end;
  };
  sender.add({ kind: 'video', ssrc: 11, rtxSsrc: 12, continues: { media: 100, rtx: 7 } });
  const packet = { payloadType: 100, marker: true, payload: new Uint8Array(1_000) };
  for (let index = 0; index < 40; index++) sender.send(11, { ...packet, timestamp: index * 3_000 }, now);
  const senders = { senderSsrc: 1, mediaSsrc: 11 };
  const feedback = { baseSequenceNumber: 0, referenceTime: 0, feedbackCount: 0, arrivals: [0] };
  for (let base = 0; base < 0x10000; base += 0x2000)
    sender.receiveRtcp(
      {
        type: 'transport-feedback',
        ...senders,
        feedback: {
          ...feedback,
          baseSequenceNumber: base,
          arrivals: Array.from({ length: 0x2000 }, () => 0),
        },
      },
      now,
    );
  const sequenceNumbers = Array.from({ length: 40 }, (_, index) => 100 + index);
  for (let round = 0; round < 3; round++) {
    sender.receiveRtcp({ type: 'nack', ...senders, sequenceNumbers }, now);
    advance(1_500);
  }
  expect(again.length).toBeGreaterThan(10);
  expect(again.length).toBeLessThan(120);
  expect(again).toEqual(again.map((_, index) => 7 + index));
});
