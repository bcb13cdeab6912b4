/** RTP and RTCP from one end of a transport to the other. */
import { expect, it } from 'vitest';
import { buildRtpHeader, parseRtp } from '../../../src/rtp/packet.ts';
import { waitFor } from '../../support/wait.ts';
import { connectEnds, End } from './ends.ts';

const header = (sequenceNumber: number): Uint8Array =>
  buildRtpHeader({
    payloadType: 111,
    marker: false,
    sequenceNumber,
    timestamp: 960 * sequenceNumber,
    ssrc: 4711,
    extensions: [{ id: 1, value: Uint8Array.of(30) }],
  });
const receiverReport = Uint8Array.of(0x80, 201, 0, 1, 0, 0, 18, 103);

it('carries packets both ways, whatever SSRC they have, and loses them while there is no connection', async () => {
  await using bridge = await End.create({ end: 'bridge' });
  await using participant = await End.create({ end: 'participant' });
  participant.packets.sendRtp(header(0), Uint8Array.of(0));
  participant.packets.sendRtcp(receiverReport);
  connectEnds(participant, bridge);
  await Promise.all([participant.reaches('connected'), bridge.reaches('connected')]);

  for (let number = 1; number <= 50; number++) {
    participant.packets.sendRtp(header(number), Uint8Array.of(number));
    bridge.packets.sendRtp(header(number + 1000), Uint8Array.of(number));
  }
  participant.packets.sendRtcp(receiverReport);
  bridge.packets.sendRtcp(receiverReport);
  await waitFor(() => bridge.rtcp.length > 0 && participant.rtcp.length > 0, { what: 'the RTCP' });

  const numbers = (end: End): (number | undefined)[] =>
    end.rtp.map((bytes) => parseRtp(bytes)?.sequenceNumber);
  expect(numbers(bridge)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  expect(numbers(participant)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1001));
  expect(parseRtp(bridge.rtp[0] ?? new Uint8Array())).toMatchObject({
    payloadType: 111,
    ssrc: 4711,
    extensions: [{ id: 1, value: Uint8Array.of(30) }],
    payload: Uint8Array.of(1),
  });
  expect(bridge.rtcp).toEqual([receiverReport]);
  expect(participant.rtcp).toEqual([receiverReport]);

  for (const bytes of [...bridge.rtp, ...participant.rtcp]) expect(Buffer.isBuffer(bytes)).toBe(false);

  await participant.transport.close();
  participant.packets.sendRtp(header(51), Uint8Array.of(0));
});
