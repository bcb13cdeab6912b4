/** Parts of the bridge's media half that have rules of their own. */
import { describe, expect, it } from 'vitest';
import { feature } from '../../../../src/jitsi/features.ts';
import { EndpointFormats } from '../../../../src/sandbox/bridge/media/formats.ts';
import { participantFeatures } from '../../../../src/sandbox/focus/features.ts';
import { offerDescriptions } from '../../../../src/sandbox/focus/sessions/offer.ts';
import { Reception } from '../../../../src/sandbox/bridge/media/incoming/reception.ts';
import { noOffsets, PictureIndices } from '../../../../src/sandbox/bridge/media/outgoing/picture-indices.ts';
import { SequenceCuts } from '../../../../src/sandbox/bridge/media/outgoing/sequence-cuts.ts';
import { WantedHeights } from '../../../../src/sandbox/bridge/media/allocation/wanted-heights.ts';

describe('sequence numbers without what was dropped', () => {
  it('are continuous, and late packets keep their place', () => {
    const cuts = new SequenceCuts();
    for (const dropped of [3, 4, 8]) cuts.cut(dropped);
    expect([1, 2, 5, 6, 7, 9].map((sequence) => cuts.map(sequence))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('are not known any more of what is very late', () => {
    const cuts = new SequenceCuts();
    for (let dropped = 0; dropped < 100; dropped += 2) cuts.cut(dropped);
    expect(cuts.map(10)).toBeUndefined();
    expect(cuts.map(100)).toBe(50);
  });
});

describe('what came of an SSRC', () => {
  const packet = (sequenceNumber: number, timestamp = 0) => ({
    sequenceNumber,
    timestamp,
    payload: new Uint8Array(100),
  });

  it('is counted over wraps, with what is late and what came twice', () => {
    const reception = new Reception();
    for (const number of [65_534, 65_535, 1, 0, 1, 4]) reception.received(packet(number), 90_000, 0);
    expect(reception.report(7, 0)).toMatchObject({
      ssrc: 7,
      // 2 and 3 are lost, 1 came twice
      cumulativeLost: 1,
      highestSequence: 65_536 + 4,
    });
    expect([reception.packets, reception.bytes]).toEqual([6, 600]);
  });

  it('begins anew after a jump', () => {
    const reception = new Reception();
    reception.received(packet(1), 90_000, 0);
    reception.received(packet(20_000), 90_000, 0);
    expect(reception.report(7, 0)).toMatchObject({ cumulativeLost: 0, fractionLost: 0 });
  });

  it('has the jitter of RFC 3550, over a wrap of the timestamp too', () => {
    const reception = new Reception();
    const late = [0, 5, 0, 5, 0, 5];
    for (const [index, delay] of late.entries()) {
      const timestamp = (2 ** 32 - 6000 + index * 1800) >>> 0;
      reception.received(packet(index, timestamp), 90_000, 1_000_000 + index * 20 + delay);
    }
    let jitter = 0;
    for (let index = 1; index < late.length; index++) jitter += (450 - jitter) / 16;
    expect(reception.report(7, 0)?.jitter).toBe(Math.round(jitter));
  });
});

describe('picture ids on an SSRC that stands for another source', () => {
  it.each([
    [
      'vp8',
      [0x90, 0xe0, 0x81, 0x00, 9, 0, 1],
      [0x90, 0xe0, 0x80, 0x05, 200, 0, 1],
      [0x90, 0xe0, 0x81, 0x01, 10, 0, 1],
    ],
    ['vp8', [0x90, 0x80, 0x7f, 1], [0x90, 0x80, 0x05, 1], [0x90, 0x80, 0x00, 1]],
    [
      'vp9',
      [0xa8, 0x81, 0x00, 0x00, 9, 1],
      [0xa8, 0x80, 0x05, 0x00, 200, 1],
      [0xa8, 0x81, 0x01, 0x00, 10, 1],
    ],
    ['vp9', [0xb8, 0x81, 0x00, 0x00, 9, 1], [0xb8, 0x80, 0x05, 0x00, 9, 1], [0xb8, 0x81, 0x01, 0x00, 9, 1]],
    ['av1', [0xc0, 0xff, 0xff], [0xc0, 0x00, 0x09], [0xc0, 0x00, 0x00]],
    ['h264', [0x65, 1, 2], [0x65, 1, 2], [0x65, 1, 2]],
    ['vp8', [0x10, 1, 2], [0x10, 1, 2], [0x10, 1, 2]],
    ['vp8', [0x90, 0xe0], [0x90, 0xe0], [0x90, 0xe0]],
  ])('go on: %s %j %j', (codec, before, first, expected) => {
    const indices = new PictureIndices();
    // As sockets have them: `slice` of a Buffer is no copy.
    const [old, packet] = [Buffer.from(before), Buffer.from(first)];
    expect(indices.rewrite(codec, old, noOffsets, true)).toBe(old);
    const offsets = indices.continueWith(codec, packet);
    expect([...indices.rewrite(codec, packet, offsets, true)]).toEqual(expected);
    expect([...packet]).toEqual(first);
  });
});

it('the greatest height is that of all who want one', () => {
  const wanted = new WantedHeights<string>();
  expect(wanted.greatest).toBe(0);
  wanted.set('a', 180);
  wanted.set('b', 180);
  wanted.set('c', 720);
  expect(wanted.greatest).toBe(720);
  wanted.set('c', 0);
  wanted.set('a', 90);
  expect([wanted.greatest, wanted.of('a'), wanted.of('c')]).toEqual([180, 90, 0]);
  wanted.set('d', -1);
  expect(wanted.greatest).toBe(-1);
});

it('identifiers of extensions are the same object for all who were offered the same: headers are made once for them', () => {
  const formats = (...features: string[]): EndpointFormats =>
    new EndpointFormats(offerDescriptions(participantFeatures(features), false));
  const [one, same] = [0, 1].map(() => formats(feature.audio, feature.video, feature.transportCc));
  const other = formats(feature.audio, feature.video);
  expect(same?.extensions.video).toBe(one?.extensions.video);
  expect(same?.extensions.audio).toBe(one?.extensions.audio);
  expect(other.extensions.video).not.toEqual(one?.extensions.video);
});
