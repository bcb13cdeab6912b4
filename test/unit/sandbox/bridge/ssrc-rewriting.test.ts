/** Receivers that learn of SSRCs from the bridge (media 3.7). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { extensionOf } from '../../../../src/rtp/packet.ts';
import {
  bytes,
  extensionId,
  MediaRig,
  opus,
  type RigEndpoint,
  source,
  vp8,
  vp8Delta,
  vp8KeyFrame,
  vp8Rtx,
} from './media-rig.ts';

let rig: MediaRig;
let alice: RigEndpoint;
let viewer: RigEndpoint;

beforeEach(async () => {
  rig = new MediaRig();
  alice = await rig.join('alice');
  viewer = (await rig.join('viewer', { ssrcRewriting: true, midDemux: true })).open();
  alice.setSources(source('audio', 'alice-a0', [1]), source('video', 'alice-v0', [2]));
});
afterEach(() => rig.close());

interface Mapped {
  source: string;
  owner: string;
  ssrc: number;
  rtx?: number;
}

const maps = (kind: 'Audio' | 'Video', of = viewer): Mapped[][] =>
  of.heard(`${kind}SourcesMap`).map(({ mappedSources }) => mappedSources as Mapped[]);

const [sequenceNumbers, timestamps] = (['sequenceNumber', 'timestamp'] as const).map(
  (field) => () => viewer.rtp.map((packet) => packet[field]),
) as [() => number[], () => number[]];

describe('audio', () => {
  it('is mapped when its first packet comes', () => {
    expect(maps('Audio')).toEqual([]);
    alice.send({ ssrc: 1, payloadType: opus, sequenceNumber: 7 }, bytes(1), { level: 20 });
    const [packet] = viewer.rtp;
    expect(maps('Audio')).toEqual([[{ source: 'alice-a0', owner: 'alice', ssrc: packet?.ssrc, mid: 'a0' }]]);
    expect(packet?.ssrc).not.toBe(1);
    expect(packet && new TextDecoder().decode(extensionOf(packet, extensionId.mid))).toBe('a0');
    expect(packet && extensionOf(packet, extensionId.audioLevel)).toEqual(bytes(20));
    alice.send({ ssrc: 1, payloadType: opus, sequenceNumber: 8 }, bytes(1));
    expect(maps('Audio')).toHaveLength(1);
  });

  it('has 50 SSRCs; the one that was quiet for longest is taken over, and goes on', async () => {
    const speakers: RigEndpoint[] = [];
    for (let index = 0; index < 51; index++) {
      const speaker = await rig.join(`s${index}`);
      speaker.setSources(source('audio', `s${index}-a0`, [100 + index]));
      speakers.push(speaker);
    }
    const speak = (index: number, sequenceNumber = 9): number | undefined => {
      rig.clock.advance(20);
      speakers[index]?.send({ ssrc: 100 + index, sequenceNumber, timestamp: 12_345 }, bytes(1));
      return viewer.rtp.at(-1)?.ssrc;
    };
    const ssrcs = new Set<number | undefined>();
    for (let index = 0; index < 50; index++) ssrcs.add(speak(index));
    expect(ssrcs.size).toBe(50);
    const second = maps('Audio')[1]?.[0]?.ssrc;
    speak(0, 10);
    const before = viewer.rtp.filter(({ ssrc }) => ssrc === second).at(-1);
    expect(speak(50, 40_000)).toBe(second);
    expect(maps('Audio').at(-1)).toEqual([{ source: 's50-a0', owner: 's50', ssrc: second, mid: 'a1' }]);
    const after = viewer.rtp.at(-1);
    expect(after?.sequenceNumber).toBe((before?.sequenceNumber ?? 0) + 1);
    // 50 steps of 20 ms at 48 kHz
    expect((after?.timestamp ?? 0) - (before?.timestamp ?? 0)).toBe(50 * 960);
    // The one that lost it takes that which is quiet for longest now.
    expect(speak(1, 10)).toBe(maps('Audio')[2]?.[0]?.ssrc);
  });

  it('frees the SSRC when its source is gone; that is not told', async () => {
    alice.send({ ssrc: 1, sequenceNumber: 1 }, bytes(1));
    const bob = await rig.join('bob');
    bob.setSources(source('audio', 'bob-a0', [11]));
    alice.local.expire();
    bob.send({ ssrc: 11, sequenceNumber: 1 }, bytes(1));
    expect(maps('Audio').flat()).toMatchObject([{ source: 'alice-a0' }, { source: 'bob-a0' }]);
    expect(viewer.rtp[0]?.ssrc).toBe(viewer.rtp[1]?.ssrc);
  });
});

describe('video', () => {
  it('is mapped when it is wanted, before it comes', () => {
    viewer.want();
    const [[mapped] = []] = maps('Video');
    expect(mapped).toEqual({
      source: 'alice-v0',
      owner: 'alice',
      ssrc: expect.any(Number),
      rtx: expect.any(Number),
      videoType: 'CAMERA',
      mid: 'v0',
    });
    alice.send({ ssrc: 2, payloadType: vp8, sequenceNumber: 1 }, vp8Delta(5));
    alice.send({ ssrc: 2, payloadType: vp8, sequenceNumber: 2 }, vp8KeyFrame(6));
    expect(viewer.rtp.map(({ ssrc }) => ssrc)).toEqual([mapped?.ssrc]);
    viewer.sendRtcp({ type: 'nack', senderSsrc: 7, mediaSsrc: mapped?.ssrc ?? 0, sequenceNumbers: [2] });
    expect(viewer.rtp[1]).toMatchObject({ ssrc: mapped?.rtx, payloadType: vp8Rtx });
    rig.clock.advance(500);
    const before = alice.of('pli').length;
    viewer.sendRtcp({ type: 'pli', senderSsrc: 7, mediaSsrc: mapped?.ssrc ?? 0 });
    expect(alice.of('pli').slice(before)).toMatchObject([{ mediaSsrc: 2 }]);
  });

  it('goes on when its SSRC stands for another: numbers, times and picture ids', async () => {
    const bob = await rig.join('bob');
    viewer.want({ lastN: 1 });
    const picture = (): number[] =>
      viewer.rtp.map(({ payload }) => (((payload[2] ?? 0) & 0x7f) << 8) | (payload[3] ?? 0));
    alice.send({ ssrc: 2, payloadType: vp8, sequenceNumber: 50, timestamp: 9000 }, vp8KeyFrame(0x7fff));
    alice.local.expire();
    bob.setSources(source('video', 'bob-v0', [12], [13]));
    rig.clock.advance(100);
    bob.send({ ssrc: 12, payloadType: vp8, sequenceNumber: 1000, timestamp: 77 }, vp8Delta(1000));
    bob.send({ ssrc: 12, payloadType: vp8, sequenceNumber: 1001, timestamp: 3077 }, vp8KeyFrame(1001));
    bob.send({ ssrc: 12, payloadType: vp8, sequenceNumber: 1002, timestamp: 6077 }, vp8Delta(1002));
    expect(new Set(viewer.rtp.map(({ ssrc }) => ssrc)).size).toBe(1);
    expect(sequenceNumbers()).toEqual([50, 51, 52]);
    expect(timestamps()).toEqual([9000, 18_000, 21_000]);
    expect(picture()).toEqual([0x7fff, 0, 1]);
    // TL0PICIDX
    expect(viewer.rtp.map(({ payload }) => payload[4])).toEqual([0xff, 0, 1]);
    bob.sendRtcp({
      type: 'sender-report',
      ssrc: 12,
      ntp: { seconds: 1, fraction: 2 },
      rtpTimestamp: 6077,
      packets: 10,
      octets: 10,
      reports: [],
    });
    expect(viewer.of('sender-report')).toMatchObject([
      { ssrc: viewer.rtp[0]?.ssrc, rtpTimestamp: 21_000, packets: 2 },
    ]);
    viewer.sendRtcp({
      type: 'nack',
      senderSsrc: 7,
      mediaSsrc: viewer.rtp[0]?.ssrc ?? 0,
      sequenceNumbers: [51, 50],
    });
    const [repeated, ...more] = viewer.rtp.slice(3);
    expect([...(repeated?.payload ?? [])].slice(0, 6)).toEqual([0, 51, 0x90, 0xe0, 0x80, 0]);
    // It was another's.
    expect(more).toEqual([]);
  });

  it('and audio are all told again on a new channel', () => {
    viewer.want();
    alice.send({ ssrc: 1, sequenceNumber: 1 }, bytes(1));
    const before = [...maps('Video').flat(), ...maps('Audio').flat()];
    viewer.messages.length = 0;
    viewer.open();
    expect([...maps('Video').flat(), ...maps('Audio').flat()]).toEqual(before);
    expect(viewer.messages.map(({ colibriClass }) => colibriClass)).toEqual([
      'ServerHello',
      'ForwardedSources',
      'VideoSourcesMap',
      'AudioSourcesMap',
    ]);
  });

  it('of those who did not ask for it has no MID', async () => {
    const plain = (await rig.join('plain', { ssrcRewriting: true })).open();
    plain.want();
    expect(maps('Video', plain)[0]?.[0]).not.toHaveProperty('mid');
    alice.send({ ssrc: 2, payloadType: vp8, sequenceNumber: 1 }, vp8KeyFrame());
    expect(plain.rtp[0] && extensionOf(plain.rtp[0], extensionId.mid)).toBeUndefined();
  });
});
