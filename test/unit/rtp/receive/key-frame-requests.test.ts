import { describe, expect, it } from 'vitest';
import type { RtcpPacket } from '../../../../src/rtp/rtcp.ts';
import { frameStart, keyFrame, localSsrc, packetOf, parameters, ReceiverRig, video } from './rig.ts';

describe('requests for key frames', () => {
  const times = (rig: ReceiverRig, start: number, type: RtcpPacket['type'] = 'pli'): number[] =>
    rig.compounds
      .filter(({ packets }) => packets.some((packet) => packet.type === type))
      .map(({ at }) => at - start);

  it('are repeated, up to a limit', () => {
    const rig = new ReceiverRig();
    rig.receiver.add(video);
    const start = rig.clock.now();
    rig.receiver.requestKeyFrame(video.ssrc, start);
    rig.arm();
    rig.clock.advance(60_000);
    expect(times(rig, start)).toEqual([0, 500, 1_500, 3_500, 7_500]);
    expect(rig.sent('pli')[0]).toEqual({ type: 'pli', senderSsrc: localSsrc, mediaSsrc: video.ssrc });
    expect(rig.receiver.statistics(video.ssrc)?.plisSent).toBe(5);
    expect(rig.receiver.nextTimeout()).toBeUndefined();
  });

  it('end with a key frame, and do not come more often than they are heard', () => {
    const rig = new ReceiverRig();
    rig.receiver.add(video);
    const start = rig.clock.now();
    const request = (): void => {
      rig.receiver.requestKeyFrame(video.ssrc, rig.clock.now());
      rig.arm();
    };
    request();
    rig.clock.advance(100);
    request();
    rig.receive(packetOf(keyFrame(1)));
    rig.clock.advance(200);
    request();
    rig.clock.advance(1_000);
    expect(times(rig, start)).toEqual([0, 500, 1_000]);
  });

  it('for several sources are never in one compound', () => {
    const rig = new ReceiverRig();
    for (const ssrc of [10, 20]) {
      rig.receiver.add({ ssrc, kind: 'video' });
      rig.receiver.requestKeyFrame(ssrc, rig.clock.now());
    }
    rig.receiver.tick(rig.clock.now());
    expect(rig.compounds.map(({ packets }) => packets.length)).toEqual([1, 1]);
  });

  it('are sent when a source begins without one', () => {
    const rig = new ReceiverRig();
    rig.receiver.add(video);
    const start = rig.clock.now();
    rig.receiveAll([{ sequenceNumber: 1, payload: frameStart }]);
    rig.clock.advance(200);
    expect(times(rig, start)).toEqual([50]);
  });

  it('are full intra requests where picture losses were not offered', () => {
    const codecs = parameters.codecs.map((codec) => ({ ...codec, pli: false }));
    const rig = new ReceiverRig({ parameters: { ...parameters, codecs } });
    rig.receiver.add(video);
    const start = rig.clock.now();
    rig.receiver.requestKeyFrame(video.ssrc, start);
    rig.arm();
    rig.clock.advance(600);
    rig.receive(packetOf(keyFrame(1)));
    rig.clock.advance(1_000);
    rig.receiver.requestKeyFrame(video.ssrc, rig.clock.now());
    rig.arm();
    rig.clock.advance(1);
    expect(times(rig, start, 'fir')).toEqual([0, 500, 1_600]);
    expect(rig.sent('fir').map(({ requests }) => requests)).toEqual([
      [{ ssrc: video.ssrc, sequenceNumber: 1 }],
      [{ ssrc: video.ssrc, sequenceNumber: 1 }],
      [{ ssrc: video.ssrc, sequenceNumber: 2 }],
    ]);
  });
});
