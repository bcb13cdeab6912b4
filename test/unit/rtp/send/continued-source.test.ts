import { expect, it } from 'vitest';
import { parseRtp } from '../../../../src/rtp/packet.ts';
import { RtpSender } from '../../../../src/rtp/send/sender.ts';
import type { LocalSource } from '../../../../src/rtp/send/types.ts';
import { vp8 } from '../../../support/fake-rtp.ts';
import { seededRandom } from '../../../support/random.ts';

const video: LocalSource = { ssrc: 11, rtxSsrc: 12, kind: 'video' };

/** A sender, and the SSRC and number of what it sends. */
function createSender(seed: number): { sender: RtpSender; sent: [ssrc: number, number: number][] } {
  const sent: [number, number][] = [];
  const sender = new RtpSender(
    { parameters: { codecs: [vp8], extensions: {} }, random: seededRandom(seed), cname: 'test' },
    {
      rtp: (header) => {
        const packet = parseRtp(header);
        if (packet) sent.push([packet.ssrc, packet.sequenceNumber]);
      },
      rtcp: () => {},
      keyFrameRequested: () => {},
      available: () => {},
    },
  );
  return { sender, sent };
}

function send(sender: RtpSender): void {
  const payload = Uint8Array.of(1);
  sender.send(video.ssrc, { payloadType: vp8.payloadType, timestamp: 0, marker: true, payload }, 0);
}

it('a source goes on with the numbers of an earlier session', () => {
  const first = createSender(1);
  first.sender.add(video);
  for (let count = 0; count < 3; count += 1) send(first.sender);
  const last = first.sent.at(-1)?.[1] ?? 0;
  first.sender.receiveRtcp({ type: 'nack', senderSsrc: 1, mediaSsrc: 11, sequenceNumbers: [last] }, 100);
  const lastRtx = first.sent.at(-1)?.[1] ?? 0;
  const continues = first.sender.sequenceNumbers(video.ssrc);
  expect(continues).toEqual({ media: last + 1, rtx: lastRtx + 1 });
  expect(first.sender.sequenceNumbers(999)).toBeUndefined();

  const second = createSender(2);
  second.sender.add({ ...video, continues });
  send(second.sender);
  second.sender.receiveRtcp({ type: 'nack', senderSsrc: 1, mediaSsrc: 11, sequenceNumbers: [last + 1] }, 100);
  expect(second.sent).toEqual([
    [11, last + 1],
    [12, lastRtx + 1],
  ]);
});
