/** Whatever packets an endpoint sends, the bridge goes on. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildRtpHeader } from '../../src/rtp/packet.ts';
import { junk, rtcpCompounds, rtpPackets } from '../support/hostile.ts';
import { MediaRig, source, vp8KeyFrame } from '../unit/sandbox/bridge/media-rig.ts';

const packet = rtpPackets.map(({ header, payload }) =>
  Uint8Array.from([...buildRtpHeader(header), ...payload]),
);

it('never throws, and forwards what is right afterwards', async () => {
  const sent = fc.oneof(
    fc.record({ rtp: fc.oneof(junk, packet) }),
    fc.record({ rtcp: fc.oneof(junk, rtcpCompounds) }),
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
        if ('rtp' in step) for (const end of [alice, bob]) end.transport.handlers.rtp?.(step.rtp, 0);
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
