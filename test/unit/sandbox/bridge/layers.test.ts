/** Simulcast: which of a source's encodings a receiver gets, and that they are one stream to it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RtpPacket } from '../../../../src/rtp/packet.ts';
import { parseVp8Descriptor } from '../../../../src/rtp/codecs/vp8/descriptor.ts';
import { vp8FrameSize } from '../../../../src/rtp/codecs/vp8/frame.ts';
import { bytes, MediaRig, type RigEndpoint, vp8Rtx } from './media-rig.ts';
import { play, SimulcastCamera } from './simulcast-camera.ts';

const ssrcs = [2, 4, 6];
const rtxSsrcs = [3, 5, 7];

let rig: MediaRig;
let alice: RigEndpoint;
let bob: RigEndpoint;
let camera: SimulcastCamera;

beforeEach(async () => {
  rig = new MediaRig();
  [alice, bob] = [await rig.join('alice'), await rig.join('bob')];
  for (const endpoint of [alice, bob]) endpoint.open();
  camera = new SimulcastCamera(alice, ssrcs[0] ?? 0);
  alice.setSources(camera.source);
});
afterEach(() => rig.close());

/** What a decoder makes of it: one height after another. Anything that is not one stream is an error. */
function watched(packets: readonly RtpPacket[]): number[] {
  const heights: number[] = [];
  let before: { sequence: number; timestamp: number; picture: number; tl0: number } | undefined;
  for (const packet of packets) {
    expect(packet.ssrc).toBe(ssrcs[0]);
    const descriptor = parseVp8Descriptor(packet.payload);
    const { isPartitionStart, length = 0, pictureId = 0, tl0PictureIndex = 0 } = descriptor ?? {};
    const size = isPartitionStart ? vp8FrameSize(packet.payload, length) : undefined;
    if (size && size.height !== heights.at(-1)) heights.push(size.height);
    if (before) {
      expect(packet.sequenceNumber, 'sequence number').toBe((before.sequence + 1) & 0xffff);
      const [step, time] = [isPartitionStart ? 1 : 0, (packet.timestamp - before.timestamp) | 0];
      expect(pictureId, 'picture id').toBe((before.picture + step) & 0x7fff);
      expect(tl0PictureIndex, 'TL0PICIDX').toBe((before.tl0 + step) & 0xff);
      if (step === 0) expect(time, 'time within a picture').toBe(0);
      else expect(time, 'time between pictures').toBeGreaterThan(0);
      expect(time).toBeLessThan(10 * 90_000);
    } else expect(size, 'it begins with a key frame').toBeDefined();
    before = {
      sequence: packet.sequenceNumber,
      timestamp: packet.timestamp,
      picture: pictureId,
      tl0: tl0PictureIndex,
    };
  }
  return heights;
}

const want = (maxHeight: number): void => bob.want({ defaultConstraints: { maxHeight } });
const media = (): RtpPacket[] => bob.rtp.filter(({ ssrc }) => !rtxSsrcs.includes(ssrc));
/** Of the last picture. */
const height = (): number | undefined => watched(media()).at(-1);

describe('a receiver', () => {
  it('gets the encoding of the height that it wants, in one stream', () => {
    for (const [wanted, expected] of [
      [180, 180],
      [360, 360],
      [720, 720],
      [-1, 720],
      [500, 360],
      [720, 720],
      [180, 180],
      [90, 180],
    ] as const) {
      want(wanted);
      play(rig, [camera], 1);
      expect(height(), `of ${wanted} lines`).toBe(expected);
    }
    expect(watched(media())).toEqual([180, 360, 720, 360, 720, 180]);
  });

  it('gets each as it wants, beside others', async () => {
    const carol = (await rig.join('carol')).open();
    want(180);
    carol.want({ defaultConstraints: { maxHeight: 720 } });
    play(rig, [camera], 1);
    expect(watched(media())).toEqual([180]);
    expect(watched(carol.rtp).at(-1)).toBe(720);
    expect(alice.heard('SenderSourceConstraints').at(-1)).toMatchObject({ maxHeight: 720 });
    const asked = new Set(alice.of('pli').map(({ mediaSsrc }) => mediaSsrc));
    expect(ssrcs).toEqual(expect.arrayContaining([...asked]));
  });

  it('gets a source that is gone and comes again as one stream still, whatever was left out of it before', () => {
    want(720);
    play(rig, [camera], 2);
    want(180);
    play(rig, [camera], 1);
    alice.setSources();
    play(rig, [camera], 1);
    alice.setSources(camera.source);
    const before = media().length;
    play(rig, [camera], 1);
    expect(media().length).toBeGreaterThan(before);
    expect(watched(media())).toEqual([180, 720, 180]);
  });

  it('gets the best that comes while the sender leaves encodings out', () => {
    want(720);
    play(rig, [camera], 1);
    camera.on = [0, 1];
    play(rig, [camera], 4);
    expect(height()).toBe(360);
    camera.on = [0];
    play(rig, [camera], 4);
    expect(height()).toBe(180);
    camera.on = [0, 1, 2];
    play(rig, [camera], 4);
    expect(height()).toBe(720);
  });

  it('gets less when its downlink is narrow, nothing when it is very narrow, and more again', () => {
    want(720);
    play(rig, [camera], 3);
    for (const [downlink, expected] of [
      [1_000_000, 360],
      [200_000, 180],
      [20_000_000, 720],
    ] as const) {
      rig.bridge.setDownlink(downlink);
      play(rig, [camera], 1);
      expect(height(), `of ${downlink} bit/s`).toBe(expected);
    }
    rig.bridge.setDownlink(50_000);
    const before = bob.rtp.length;
    play(rig, [camera], 1);
    expect(bob.rtp).toHaveLength(before);
    expect(bob.heard('ForwardedSources').at(-1)).toMatchObject({ forwardedSources: [] });
    // Its owner does not learn of that.
    expect(alice.heard('SenderSourceConstraints').at(-1)).toMatchObject({ maxHeight: 720 });
    rig.bridge.setDownlink(20_000_000);
    play(rig, [camera], 1);
    expect(height()).toBe(720);
    expect(bob.heard('ForwardedSources').at(-1)).toMatchObject({ forwardedSources: ['alice-v0'] });
  });

  it('has pictures of all encodings in one time, by the reports of their sender', () => {
    want(180);
    play(rig, [camera], 1);
    camera.report();
    want(720);
    play(rig, [camera], 1);
    const marks = media().filter(({ marker }) => marker);
    const steps = marks
      .slice(1)
      .map(({ timestamp }, index) => (timestamp - (marks[index]?.timestamp ?? 0)) | 0);
    // The picture with which it is 720 lines was there in 180 lines already.
    expect(new Set(steps)).toEqual(new Set([1, 3_000]));
    camera.report();
    const [report] = bob.of('sender-report').slice(-1);
    expect(report).toMatchObject({
      ssrc: ssrcs[0],
      rtpTimestamp: ((marks.at(-1)?.timestamp ?? 0) + 3_000) >>> 0,
    });
  });

  it('gets again what it misses, of what was sent before the encoding changed too', () => {
    want(180);
    play(rig, [camera], 0.5);
    want(360);
    play(rig, [camera], 0.5);
    const sent = media();
    bob.sendRtcp({
      type: 'nack',
      senderSsrc: 77,
      mediaSsrc: ssrcs[0] ?? 0,
      sequenceNumbers: sent.map(({ sequenceNumber }) => sequenceNumber),
    });
    const again = bob.rtp.filter(({ ssrc }) => ssrc === rtxSsrcs[0]);
    expect(again.map(({ payloadType }) => payloadType)).toEqual(again.map(() => vp8Rtx));
    expect(again.map(({ payload }) => [...payload.subarray(2)])).toEqual(
      sent.map(({ payload }) => [...payload]),
    );
    expect(again.map(({ timestamp }) => timestamp)).toEqual(sent.map(({ timestamp }) => timestamp));
  });

  it('is asked for nothing that was lost before the bridge: that is repaired there, in each encoding', () => {
    want(720);
    camera.lost = [3_030];
    play(rig, [camera], 1);
    rig.clock.advance(30);
    expect(alice.of('nack')).toContainEqual({
      type: 'nack',
      senderSsrc: rig.bridgeSsrc,
      mediaSsrc: 6,
      sequenceNumbers: [3_030],
    });
    const before = bob.rtp.length;
    alice.send(
      { ssrc: 7, payloadType: vp8Rtx, sequenceNumber: 1, timestamp: 1 },
      bytes(3_030 >> 8, 3_030 & 0xff, 0x80, 0xe0, 0x81, 0, 0, 0, 9),
    );
    expect(bob.rtp).toHaveLength(before + 1);
  });
});

it('a receiver with SSRCs of the bridge’s gets encodings in one stream too', async () => {
  const dave = (await rig.join('dave', { ssrcRewriting: true })).open();
  for (const maxHeight of [180, 720, 360]) {
    dave.want({ defaultConstraints: { maxHeight } });
    play(rig, [camera], 1);
  }
  const [map] = dave.heard('VideoSourcesMap');
  const [mapped] = (map?.mappedSources ?? []) as { ssrc: number }[];
  const packets = dave.rtp.map((packet) => {
    expect(packet.ssrc).toBe(mapped?.ssrc);
    return { ...packet, ssrc: ssrcs[0] ?? 0 };
  });
  expect(watched(packets)).toEqual([180, 720, 360]);
});
