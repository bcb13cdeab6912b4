/**
 * A program that is busy and looks at nothing, in a process of its own: its transport in the network thread acknowledges all that comes, has repaired what was lost, and
 * gives the program everything when it has time again.
 */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { IceTransport } from '../../../src/jingle/model.ts';
import { buildRtpHeader } from '../../../src/rtp/packet.ts';
import { parseRtcp } from '../../../src/rtp/rtcp/compound.ts';
import type { RtcpPacket } from '../../../src/rtp/rtcp.ts';
import { Program } from '../../support/process.ts';
import { waitFor } from '../../support/wait.ts';
import { End } from './ends.ts';

const script = join(import.meta.dirname, '../../support/busy-program.mjs');
const lost = 40;
const count = 100;

/** VP8, of which each packet is a frame. */
function packet(sequenceNumber: number, transportSequence: number, rtx = false): [Uint8Array, Uint8Array] {
  const header = {
    payloadType: rtx ? 96 : 100,
    marker: true,
    sequenceNumber,
    timestamp: sequenceNumber * 3_000,
    ssrc: rtx ? 1001 : 1000,
    extensions: [{ id: 5, value: Uint8Array.of(0, transportSequence) }],
  };
  const keyFrame = [0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 2, 0x68, 1];
  return [buildRtpHeader(header), Uint8Array.from(rtx ? [0, lost, ...keyFrame] : keyFrame)];
}

it('has everything acknowledged and repaired while it is busy', async () => {
  await using bridge = await End.create({ end: 'bridge', sctpPort: undefined });
  await using busy = new Program(process.execPath, [script]);
  const told = async (key: string): Promise<unknown> => {
    await busy.waitForLine(new RegExp(`^{"${key}":`));
    return busy.objects.find((each) => key in each)?.[key];
  };
  const rtcp = (): RtcpPacket[] => bridge.rtcp.flatMap((compound) => parseRtcp(compound));
  const local = (await told('local')) as IceTransport;
  bridge.transport.connect({ ...local, candidates: [] });
  busy.writeLine(JSON.stringify({ connect: bridge.local }));
  await told('isBusy');

  let sequence = 0;
  const send = (number: number, rtx = false): void => {
    const [header, payload] = packet(number, sequence++, rtx);
    bridge.packets.sendRtp(header, payload);
  };
  for (let number = 1; number <= count; number += 1) if (number !== lost) send(number);
  await waitFor(() => rtcp().some(({ type }) => type === 'nack'), { what: 'a request for what was lost' });
  expect(rtcp().find((each) => each.type === 'nack')).toMatchObject({ sequenceNumbers: [lost] });
  send(1, true);
  await waitFor(
    () =>
      rtcp().reduce(
        (sum, each) =>
          each.type === 'transport-feedback'
            ? sum + each.feedback.arrivals.filter((arrival) => arrival !== undefined).length
            : sum,
        0,
      ) >= count,
    { what: 'an acknowledgement of everything' },
  );
  expect(busy.objects.some((each) => 'packets' in each)).toBe(false);

  busy.writeLine(JSON.stringify({ expected: count }));
  expect(await told('packets')).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  expect(busy.objects.at(-1)).toMatchObject({
    statistics: { packets: count, lost: 0, recovered: 1, keyFrames: count },
  });
  expect(await busy.exited).toEqual({ code: 0, signal: null });
});
