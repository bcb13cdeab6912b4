/** VP9 with spatial layers in one encoding: a receiver gets those up to the height that it wants, as one stream. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RtpPacket } from '../../../../src/rtp/packet.ts';
import { parseVp9Descriptor } from '../../../../src/rtp/codecs/vp9/descriptor.ts';
import { MediaRig, type RigEndpoint, source } from './media-rig.ts';

const vp9 = 101;
const [ssrc, rtxSsrc] = [2, 3];
const heights = [180, 360, 720] as const;
/** Packets that each layer has of a picture. */
const packetsOf = [1, 2, 3] as const;
const packetBytes = 1_000;

let rig: MediaRig;
let alice: RigEndpoint;
let bob: RigEndpoint;
let sequence: number;
let picture: number;
let asked: number;

beforeEach(async () => {
  rig = new MediaRig();
  [alice, bob] = [(await rig.join('alice')).open(), (await rig.join('bob')).open()];
  alice.setSources(source('video', 'alice-v0', [ssrc], [rtxSsrc]));
  [sequence, picture, asked] = [65_500, 32_700, -1];
});
afterEach(() => rig.close());

/** s, at 30 pictures a second; a key frame first, and when it is asked. */
function play(seconds: number): void {
  for (let count = 0; count < seconds * 30; count++) {
    const isKey = alice.of('pli').length > asked;
    asked = alice.of('pli').length;
    picture += 1;
    for (const [layer, packets] of packetsOf.entries()) {
      for (let index = 0; index < packets; index++) send(layer, index, index === packets - 1, isKey);
    }
    rig.clock.advance(1000 / 30);
  }
}

/** As a browser's L3T3_KEY: layers need those below in key frames only. */
function send(layer: number, index: number, isLast: boolean, isKey: boolean): void {
  const hasStructure = isKey && layer === 0;
  const first =
    0xa0 | (isKey ? 0 : 0x40) | (index === 0 ? 0x08 : 0) | (isLast ? 0x04 : 0) | (hasStructure ? 0x02 : 0);
  const depends = isKey && layer > 0 ? 1 : 0;
  const sizes = heights.flatMap((height) => {
    const width = (height * 16) / 9;
    return [width >> 8, width & 0xff, height >> 8, height & 0xff];
  });
  const payload = new Uint8Array(packetBytes);
  payload.set([
    first,
    0x80 | ((picture >> 8) & 0x7f),
    picture & 0xff,
    (layer << 1) | depends,
    picture & 0xff,
    ...(hasStructure ? [0x50, ...sizes] : []),
  ]);
  sequence += 1;
  alice.send(
    {
      ssrc,
      payloadType: vp9,
      sequenceNumber: sequence & 0xffff,
      timestamp: (picture * 3_000) >>> 0,
      marker: isLast && layer === heights.length - 1,
    },
    payload,
  );
}

/** Layers of each picture, as a decoder gets them: in order, without a gap, whole, and ended by a marker. */
function pictures(packets: readonly RtpPacket[]): number[] {
  const layers: number[] = [];
  let [before, isEnded, last] = [packets[0]?.sequenceNumber ?? 0, true, -1];
  for (const [index, packet] of packets.entries()) {
    if (index > 0) expect(packet.sequenceNumber).toBe((before + 1) & 0xffff);
    before = packet.sequenceNumber;
    const { isFrameEnd, isFrameStart, spatialId = 0 } = parseVp9Descriptor(packet.payload) ?? {};
    if (isEnded) expect([spatialId, isFrameStart]).toEqual([0, true]);
    else expect(spatialId).toBeLessThanOrEqual(last + 1);
    last = spatialId;
    isEnded = packet.marker;
    if (!isEnded) continue;
    expect(isFrameEnd, 'a marked packet ends its layer').toBe(true);
    layers.push(spatialId);
  }
  expect(isEnded).toBe(true);
  return layers;
}

const media = (): RtpPacket[] => bob.rtp.filter((packet) => packet.ssrc === ssrc);
const want = (maxHeight: number): void => bob.want({ defaultConstraints: { maxHeight } });

it('are left out above the height that is wanted, from any picture on, and come with a key frame', () => {
  for (const [maxHeight, layer] of [
    [720, 2],
    [360, 1],
    [180, 0],
    [720, 2],
    [180, 0],
    [500, 1],
  ] as const) {
    want(maxHeight);
    play(1);
    expect(pictures(media()).at(-1), `${maxHeight} lines`).toBe(layer);
  }
  // Down at once, up when the key frame is there, which was asked for.
  const layers = pictures(media());
  const changes = layers.filter((layer, index) => layer !== layers[index - 1]);
  expect(changes).toEqual([0, 2, 1, 0, 2, 0, 1]);
  expect(alice.of('pli').length).toBeGreaterThanOrEqual(2);
});

it('are left out when they do not fit', () => {
  want(720);
  play(3);
  // 240, 720 and 1440 kbit/s
  for (const [downlink, layer] of [
    [1_000_000, 1],
    [300_000, 0],
    [20_000_000, 2],
  ] as const) {
    rig.bridge.setDownlink(downlink);
    play(1);
    expect(pictures(media()).at(-1), `${downlink} bit/s`).toBe(layer);
  }
});

it('that were sent are found again under their new numbers, marked as they were', () => {
  want(180);
  play(0.5);
  want(360);
  play(0.5);
  const sent = media().slice(-40);
  bob.sendRtcp({
    type: 'nack',
    senderSsrc: 77,
    mediaSsrc: ssrc,
    sequenceNumbers: sent.map(({ sequenceNumber }) => sequenceNumber),
  });
  const again = bob.rtp.filter((packet) => packet.ssrc === rtxSsrc);
  expect(again.map(({ payload }) => [...payload.subarray(2, 7)])).toEqual(
    sent.map(({ payload }) => [...payload.subarray(0, 5)]),
  );
  expect(again.map(({ marker }) => marker)).toEqual(sent.map(({ marker }) => marker));
});
