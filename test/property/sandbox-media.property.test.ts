/** Whatever packets an endpoint sends, the bridge goes on. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildRtpHeader } from '../../src/rtp/packet.ts';
import { MediaRig, source, vp8KeyFrame } from '../unit/sandbox/bridge/media-rig.ts';

const junk = fc.uint8Array({ maxLength: 200 });
/** Looks right up to some point. */
const packet = fc
  .record({
    payloadType: fc.constantFrom(41, 42, 96, 97, 99, 100, 101, 107, 111, 126, 5),
    marker: fc.boolean(),
    sequenceNumber: fc.nat(65_535),
    timestamp: fc.nat(2 ** 32 - 1),
    ssrc: fc.constantFrom(1, 2, 3, 4),
    extensions: fc.array(
      fc.record({ id: fc.constantFrom(1, 3, 5, 10, 11, 20), value: fc.uint8Array({ maxLength: 20 }) }),
      { maxLength: 4 },
    ),
    payload: junk,
  })
  .map(({ payload, ...header }) => Uint8Array.from([...buildRtpHeader(header), ...payload]));
/** Its first packet has a length that fits. */
const feedback = fc
  .record({
    head: fc.constantFrom(0x80, 0x81, 0x84, 0x8f, 0x9f, 0xa1),
    type: fc.integer({ min: 200, max: 207 }),
    body: junk,
  })
  .map(({ body, head, type }) => {
    const words = Math.floor(body.length / 4);
    return Uint8Array.from([head, type, words >> 8, words, ...body.subarray(0, words * 4), 0x80]);
  });

it('never throws, and forwards what is right afterwards', async () => {
  const sent = fc.oneof(
    fc.record({ rtp: fc.oneof(junk, packet) }),
    fc.record({ rtcp: fc.oneof(junk, feedback) }),
    fc.record({ elapsed: fc.nat(700) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(sent, { maxLength: 60 }), fc.boolean(), async (steps, ssrcRewriting) => {
      const rig = new MediaRig();
      const alice = await rig.join('alice');
      const bob = (await rig.join('bob', { ssrcRewriting })).open();
      alice.setSources(source('audio', 'alice-a0', [1]), source('video', 'alice-v0', [2], [3]));
      bob.want();
      for (const step of steps) {
        if ('rtp' in step) for (const end of [alice, bob]) end.transport.handlers.rtp?.(step.rtp);
        else if ('rtcp' in step) for (const end of [alice, bob]) end.transport.handlers.rtcp?.(step.rtcp);
        else rig.clock.advance(step.elapsed);
      }
      alice.setSources(source('video', 'alice-v9', [9]));
      const before = bob.rtp.length;
      alice.send({ ssrc: 9, payloadType: 100, sequenceNumber: 1 }, vp8KeyFrame());
      expect(bob.rtp).toHaveLength(before + 1);
      await rig.close();
      expect(rig.clock.pending).toBe(0);
    }),
    { numRuns: 300 },
  );
});
