/** A video of ours that is sent in several sizes. */
import { describe, expect, it } from 'vitest';
import { layerRates } from '../../../../../src/client/media/local/layer-rates.ts';
import { parseVp8Descriptor } from '../../../../../src/rtp/codecs/vp8/descriptor.ts';
import type { LocalTrack } from '../../../../../src/client/media/local/local-track.ts';
import type { LocalTrackOptions } from '../../../../../src/client/media/track-types.ts';
import { type FakeRtp, fakeSessionMedia } from '../../../../support/fake-rtp.ts';
import { Rig } from './local-rig.ts';

const heights = [{ height: 180 }, { height: 360 }, { height: 720 }];
const options: LocalTrackOptions = { kind: 'video', codec: 'vp8', layers: heights };

interface Carried {
  rig: Rig;
  track: LocalTrack;
  rtp: FakeRtp;
  changes: string[];
  send(layer: number, keyFrame?: boolean): boolean;
}

function carried(): Carried {
  const rig = new Rig();
  const track = rig.sources.add(options);
  const changes: string[] = [];
  track.on('layersChanged', ({ layers }) => changes.push(`layers ${layers.join()}`));
  track.on('keyFrameRequested', ({ layer }) => changes.push(`key frame ${layer ?? 'of all'}`));
  const { media, rtp } = fakeSessionMedia();
  rig.sources.carriedBy(media, rig.carrier);
  const send = (layer: number, keyFrame = false): boolean =>
    track.send({ data: Uint8Array.of(keyFrame ? 0x10 : 0x11, 0, 0, 1), timestamp: 0, layer, keyFrame });
  return { rig, track, rtp, changes, send };
}

describe('a video in layers', () => {
  it('is signalled as lib-jitsi-meet does it: a SIM group from the smallest up, and an FID group for each', () => {
    const rig = new Rig();
    rig.sources.add({ kind: 'audio' });
    const track = rig.sources.add(options);
    const { media, rtp } = fakeSessionMedia();
    const { groups, sources } = rig.sources.carriedBy(media, rig.carrier);
    const [low = 0, middle = 0, high = 0] = track.layers.map(({ ssrc }) => ssrc);
    const [sim, ...pairs] = groups;
    expect(sim).toEqual({ semantics: 'SIM', ssrcs: [low, middle, high], mediaType: 'video' });
    expect(pairs.map(({ semantics, ssrcs }) => [semantics, ssrcs[0]])).toEqual([
      ['FID', low],
      ['FID', middle],
      ['FID', high],
    ]);
    const videos = sources.filter(({ mediaType }) => mediaType === 'video');
    expect(new Set(videos.map(({ ssrc }) => ssrc)).size).toBe(6);
    expect(new Set(videos.map(({ msid, name, videoType }) => `${name} ${msid} ${videoType}`)).size).toBe(1);
    expect([...rtp.sending.values()].filter(({ kind }) => kind === 'video')).toHaveLength(3);
    expect(track.ssrc).toBe(low);
  });

  it('has retransmission streams only where the session has them', () => {
    const rig = new Rig();
    rig.sources.add(options);
    const { media } = fakeSessionMedia({
      codecs: [{ ...vp8WithoutRtx }],
      extensions: {},
    });
    const { groups, sources } = rig.sources.carriedBy(media, rig.carrier);
    expect([sources.length, groups.map(({ semantics }) => semantics)]).toEqual([3, ['SIM']]);
  });

  it('gets other streams under another endpoint id', () => {
    const { rig, track } = carried();
    const before = track.layers.map(({ ssrc }) => ssrc);
    rig.sources.renew();
    const after = track.layers.map(({ ssrc }) => ssrc);
    expect(new Set([...before, ...after]).size).toBe(6);
  });

  it('goes out on the stream of each frame’s layer, each from its own key frame on', () => {
    const { changes, rtp, send, track } = carried();
    expect([send(0), send(1, true), send(0, true), send(1), send(2)]).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    const [low, middle] = track.layers.map(({ ssrc }) => ssrc);
    expect(rtp.sent.map(({ ssrc }) => ssrc)).toEqual([middle, low, middle]);
    expect(changes).toEqual(['key frame 0', 'key frame 2']);
    expect(
      track.layers.map(({ statistics: { frames, keyFrames, unsent } }) => [frames, keyFrames, unsent]),
    ).toEqual([
      [1, 1, 1],
      [2, 1, 0],
      [0, 0, 1],
    ]);
    expect(track.statistics).toMatchObject({ frames: 3, keyFrames: 2, unsent: 2 });
  });

  it('has temporal layers as far as it goes: its key frames, and the others, unless it says which', () => {
    const { rtp, send, track } = carried();
    send(0, true);
    send(0);
    send(0);
    track.send({ data: Uint8Array.of(0x11, 0, 0, 1), timestamp: 0, layer: 0, temporalId: 2 });
    const layers = rtp.sent.map(({ payload }) => parseVp8Descriptor(payload));
    expect(layers.map((each) => each?.temporalId)).toEqual([0, 1, 1, 2]);
    // Depends on the key frame alone.
    expect(layers.map((each) => each?.isLayerSync)).toEqual([false, true, false, false]);
  });

  it('is sent no larger than anybody looks at', () => {
    const { changes, rig, send, track } = carried();
    for (const layer of [0, 1, 2]) send(layer, true);
    rig.sources.constrained(track.sourceName, 360);
    expect([send(0), send(1), send(2, true)]).toEqual([true, true, false]);
    rig.sources.constrained(track.sourceName, 90);
    expect([send(0), send(1)]).toEqual([true, false]);
    rig.sources.constrained(track.sourceName, 0);
    expect([send(0, true), track.isWanted]).toEqual([false, false]);
    rig.sources.constrained(track.sourceName, -1);
    expect([send(0), send(2), send(2, true)]).toEqual([false, false, true]);
    expect(changes).toEqual([
      'layers 0,1',
      'layers 0',
      'layers ',
      'layers 0,1,2',
      'key frame 0',
      'key frame 2',
    ]);
    expect(track.layers.map(({ isWanted }) => isWanted)).toEqual([true, true, true]);
  });

  it('is sent no larger than what fits, and each layer is told its share', () => {
    const { changes, rtp, send, track } = carried();
    for (const layer of [0, 1, 2]) send(layer, true);
    rtp.handlers?.available(3_000_000);
    expect(track.layers.map(({ targetBitrate }) => targetBitrate)).toEqual([200_000, 500_000, 1_500_000]);
    rtp.handlers?.available(1_000_000);
    expect(track.layers.map(({ targetBitrate }) => targetBitrate)).toEqual([200_000, 500_000, undefined]);
    expect(send(2, true)).toBe(false);
    rtp.handlers?.available(100_000);
    expect(track.layers.map(({ targetBitrate }) => targetBitrate)).toEqual([100_000, undefined, undefined]);
    rtp.handlers?.available(5_000_000);
    expect(changes).toEqual(['layers 0,1', 'layers 0', 'layers 0,1,2']);
    expect(track.targetBitrate).toBe(5_000_000);
  });

  it('is asked for key frames by layer, or all at once on the first of them', () => {
    const { changes, rtp, track } = carried();
    const [low = 0, , high = 0] = track.layers.map(({ ssrc }) => ssrc);
    rtp.handlers?.keyFrameRequested(high);
    rtp.handlers?.keyFrameRequested(low);
    expect(changes).toEqual(['key frame 2', 'key frame of all']);
  });

  it.each([undefined, -1, 3, 0.5, 'high'])('refuses a frame of layer %s', (layer) => {
    const { track } = carried();
    const frame = { data: Uint8Array.of(0x10), timestamp: 0, layer: layer as number };
    expect(() => track.send(frame)).toThrow(/3 of them: give 0 for the smallest, up to 2/);
  });

  it.each<[string, Partial<Record<keyof LocalTrackOptions, unknown>>, string]>([
    ['one', { layers: [{ height: 180 }] }, 'option-invalid'],
    ['four', { layers: [...heights, { height: 1080 }] }, 'option-invalid'],
    ['something else', { layers: [1, 2] }, 'option-invalid'],
    ['the larger first', { layers: [...heights].reverse() }, 'option-invalid'],
    ['no bitrate', { layers: [{ height: 180, maxBitrate: 0 }, { height: 360 }] }, 'option-invalid'],
    ['sound', { kind: 'audio', codec: 'opus' }, 'option-invalid'],
    ['a codec without a descriptor', { codec: 'h264' }, 'codec-invalid'],
  ])('refuses %s', (_, wrong, code) => {
    const rig = new Rig();
    const add = (): unknown => rig.sources.add({ ...options, ...wrong } as LocalTrackOptions);
    expect(add).toThrow(expect.objectContaining({ code }));
  });

  it('without layers needs none', () => {
    const rig = new Rig();
    expect(rig.sources.add({ kind: 'video' }).layers).toEqual([]);
  });
});

describe('what a layer may take', () => {
  const layers = [
    { height: 180, maxBitrate: 200 },
    { height: 360, maxBitrate: 500 },
  ];
  const wanted = (before: boolean, bitrate: number): boolean | undefined =>
    layerRates(layers, [true, before], -1, bitrate)[1]?.isWanted;

  it('is three tenths of its bitrate at least, and somewhat more before it comes back', () => {
    expect([wanted(true, 349), wanted(true, 350)]).toEqual([false, true]);
    expect([wanted(false, 379), wanted(false, 380)]).toEqual([false, true]);
  });
});

const vp8WithoutRtx = {
  payloadType: 100,
  name: 'vp8',
  kind: 'video',
  clockRate: 90_000,
  nack: true,
  pli: true,
  transportFeedback: true,
} as const;
