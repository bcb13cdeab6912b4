import { describe, expect, it } from 'vitest';
import { fakeSessionMedia, opus, vp8Packet } from '../../../../support/fake-rtp.ts';
import type { Participant } from '../../../../../src/conference/room/roster.ts';
import type { Source } from '../../../../../src/jingle/model.ts';
import { parseAudioLevel } from '../../../../../src/rtp/codecs/opus/audio-level.ts';
import type { ReceivedPacket } from '../../../../../src/rtp/receive/types.ts';
import { audio, group, participant, Rig, set, video } from './remote-sources-rig.ts';

describe('an older participant, who lists no sources', () => {
  const older = (state: Partial<Participant>): Participant => ({ ...participant('old'), ...state });

  it.each([true, false])('shows a screen when presence says so (before it is signalled: %s)', (isBefore) => {
    const rig = new Rig();
    const sharing = older({ videoType: 'desktop', videoMuted: false });
    rig.comes(isBefore ? sharing : older({}));
    // In JSON the focus says camera of whoever it knows nothing of.
    rig.sources.added(set([{ ...video('old', 2), videoType: 'camera' }]));
    if (!isBefore) rig.comes(sharing);
    expect(rig.track('old-v0')).toMatchObject({ videoType: 'desktop', muted: false });
    rig.comes(older({ videoType: 'camera', videoMuted: true }));
    expect(rig.track('old-v0')).toMatchObject({ videoType: 'camera', muted: true });
    expect(rig.told.at(-1)).toBe('trackMuted old-v0');
  });

  it('mutes and unmutes', () => {
    const rig = new Rig();
    rig.comes(older({ audioMuted: false }));
    rig.sources.added(set([audio('old', 1), video('old', 2)]));
    expect([rig.track('old-a0').muted, rig.track('old-v0').muted]).toEqual([false, true]);
    rig.comes(older({ audioMuted: true, videoMuted: false }));
    expect(rig.told.slice(-2)).toEqual(['trackMuted old-a0', 'trackUnmuted old-v0']);
  });
});

describe('the sources of the others', () => {
  it('still know whose they were when they are gone', () => {
    const rig = new Rig();
    const ada = { ...participant('ada'), displayName: 'Ada' };
    rig.comes(ada);
    rig.sources.added(set([audio('ada', 1)]));
    const track = rig.track('ada-a0');
    rig.leaves('ada');
    expect(rig.told.at(-1)).toBe('trackRemoved ada-a0');
    expect(track.participant).toEqual(ada);
  });

  it('become tracks by name, the bridge’s own do not', () => {
    const rig = new Rig();
    rig.comes(
      participant('ab', { 'ab-a0': { muted: true }, 'ab-v0': { muted: false, videoType: 'desktop' } }),
    );
    rig.sources.offered(
      set(
        [
          audio('jvb', 1),
          video('jvb', 2),
          audio('ab', 11),
          video('ab', 21),
          video('ab', 22),
          { ssrc: 31, mediaType: 'video', owner: 'nameless' },
        ],
        [group('FID', 21, 22)],
      ),
    );
    expect([...rig.sources.tracks.keys()]).toEqual(['ab-a0', 'ab-v0', 'nameless-v0']);
    expect(rig.told).toEqual(['trackAdded ab-a0', 'trackAdded ab-v0', 'trackAdded nameless-v0']);
    expect(rig.track('ab-a0')).toMatchObject({ kind: 'audio', endpointId: 'ab', ssrc: 11, muted: true });
    expect(rig.track('ab-v0')).toMatchObject({ kind: 'video', ssrc: 21, muted: false });
    expect(rig.track('ab-v0').participant?.id).toBe('ab');
    expect(rig.sources.tracksOf('ab').map(({ sourceName }) => sourceName)).toEqual(['ab-a0', 'ab-v0']);
    expect(rig.sources.tracksOf('nobody')).toEqual([]);
  });

  it('are of whom the focus says, whatever they are called', () => {
    const rig = new Rig();
    const borrowed: Source = { ...audio('mallory', 66), name: 'ab-a0' };
    rig.sources.added(set([audio('ab', 11)]));
    rig.sources.added(set([borrowed]));
    const { media, rtp } = fakeSessionMedia();
    rig.sources.carriedBy(media);
    rig.comes(participant('ab', { 'ab-a0': { muted: false } }));
    rig.sources.removed(set([audio('ab', 11)]));
    expect([...rtp.received.keys()]).toEqual([]);
    rig.sources.added(set([audio('ab', 12)]));
    expect([...rtp.received.keys()]).toEqual([12]);
    rig.sources.removed(set([borrowed]));
    rig.leaves('mallory');
    expect([...rtp.received.keys()]).toEqual([12]);
    expect(rig.told).toEqual(['trackAdded ab-a0']);
  });

  it('have their names back from somebody who came with them first', () => {
    const rig = new Rig();
    const borrowed: Source = { ...audio('mallory', 66), name: 'ab-a0' };
    const { media, rtp } = fakeSessionMedia();
    rig.sources.carriedBy(media);
    rig.sources.added(set([borrowed, audio('ab', 11)]));
    expect(rig.track('ab-a0').endpointId).toBe('ab');
    expect([...rtp.received.keys()]).toEqual([11]);
    expect(rig.sources.isKnown(66)).toBe(false);
    expect(rig.sources.tracksOf('mallory')).toEqual([]);
    expect(rig.told).toEqual(['trackAdded ab-a0', 'trackRemoved ab-a0', 'trackAdded ab-a0']);
  });

  it('are received by the session that is there, with their retransmissions', () => {
    const rig = new Rig();
    const { media, rtp } = fakeSessionMedia();
    rig.sources.offered(set([audio('ab', 11)]));
    rig.sources.carriedBy(media);
    rig.sources.added(set([video('ab', 21), video('ab', 22)], [group('FID', 21, 22)]));
    expect([...rtp.received.values()]).toEqual([
      { kind: 'audio', ssrc: 11 },
      { kind: 'video', ssrc: 21, rtxSsrc: 22 },
    ]);
  });

  it('get their retransmissions when those are signalled later, with their group or before it', () => {
    const rig = new Rig();
    const { media, rtp } = fakeSessionMedia();
    rig.sources.carriedBy(media);
    rig.sources.offered(set([video('ab', 21)]));
    rig.sources.added(set([video('ab', 22)], [group('FID', 21, 22)]));
    rig.sources.offered(set([video('cd', 31), video('cd', 32)]));
    rig.sources.added(set([], [group('FID', 31, 32)]));
    expect([...rtp.received.values()]).toEqual([
      { kind: 'video', ssrc: 21, rtxSsrc: 22 },
      { kind: 'video', ssrc: 31, rtxSsrc: 32 },
    ]);
  });

  it('come on their first layer, whatever is signalled', () => {
    const rig = new Rig();
    const { media, rtp } = fakeSessionMedia();
    rig.sources.carriedBy(media);
    rig.sources.offered(
      set(
        [21, 22, 23, 24, 25, 26].map((ssrc) => video('ab', ssrc)),
        [group('SIM', 22, 24, 26), group('FID', 22, 21), group('FID', 24, 23), group('FID', 26, 25)],
      ),
    );
    expect([...rtp.received.values()]).toEqual([{ kind: 'video', ssrc: 22, rtxSsrc: 21 }]);
    expect(rig.told).toEqual(['trackAdded ab-v0']);
  });

  it('go at once when they are taken back for good, and with whoever leaves', () => {
    const rig = new Rig();
    rig.comes(participant('ab', { 'ab-a0': { muted: false } }));
    rig.comes(participant('cd', {}));
    rig.sources.offered(set([audio('ab', 11), video('ab', 21), audio('cd', 31)]));
    const track = rig.track('ab-v0');
    rig.sources.removed(set([video('ab', 21)]));
    expect(track.isRemoved).toBe(true);
    rig.leaves('cd');
    expect([...rig.sources.tracks.keys()]).toEqual(['ab-a0']);
    expect(rig.told.slice(3)).toEqual(['trackRemoved ab-v0', 'trackRemoved cd-a0']);
    expect(rig.clock.pending).toBe(0);
  });

  it('stay the same while somebody’s session moves', () => {
    const rig = new Rig();
    const { media, rtp } = fakeSessionMedia();
    rig.comes(participant('ab', { 'ab-v0': { muted: false } }));
    rig.sources.offered(set([video('ab', 21)]));
    rig.sources.carriedBy(media);
    const track = rig.track('ab-v0');
    rig.sources.removed(set([video('ab', 21)]));
    expect(track.ssrc).toBeUndefined();
    rig.clock.advance(4_000);
    rig.sources.added(set([video('ab', 77)]));
    rig.clock.advance(10_000);
    expect(rig.track('ab-v0')).toBe(track);
    expect(track).toMatchObject({ ssrc: 77, isRemoved: false });
    expect(rtp.calls).toEqual(['receive 21', 'no longer 21', 'receive 77']);
    expect(rig.told).toEqual(['trackAdded ab-v0']);
  });

  it('go after a while when they do not come again', () => {
    const rig = new Rig();
    rig.comes(participant('ab', { 'ab-v0': { muted: true } }));
    rig.sources.offered(set([video('ab', 21)]));
    rig.sources.removed(set([video('ab', 21)]));
    rig.clock.advance(4_999);
    expect(rig.track('ab-v0').isRemoved).toBe(false);
    rig.clock.advance(1);
    expect(rig.told.at(-1)).toBe('trackRemoved ab-v0');
  });

  it('stay the same from session to session, however long there is none', async () => {
    const rig = new Rig();
    const first = fakeSessionMedia();
    rig.comes(participant('ab', { 'ab-v0': { muted: false }, 'ab-a0': { muted: true } }));
    rig.sources.offered(set([video('ab', 21), audio('ab', 11)]));
    rig.sources.carriedBy(first.media);
    const track = rig.track('ab-v0');
    const frames = track.frames();
    first.rtp.handlers?.packet(vp8Packet(21, 1, true));
    first.rtp.receivedFigures.set(21, { packets: 10, lost: 1, jitter: 0.002, codec: 'vp8' });
    rig.sources.sessionEnded();
    expect(track).toMatchObject({ ssrc: undefined, isRemoved: false });
    expect(track.statistics).toMatchObject({ packets: 10, lost: 1, jitter: 2, codec: 'vp8' });
    rig.clock.advance(3 * 24 * 3_600_000);
    const second = fakeSessionMedia();
    rig.sources.offered(set([video('ab', 99)]));
    rig.sources.carriedBy(second.media);
    second.rtp.receivedFigures.set(99, { packets: 5 });
    expect(rig.track('ab-v0')).toBe(track);
    expect(track.statistics).toMatchObject({ packets: 15, lost: 1 });
    expect(second.rtp.calls).toEqual(['receive 99', 'key frame of 99']);
    second.rtp.handlers?.packet(vp8Packet(99, 1, false));
    second.rtp.handlers?.packet(vp8Packet(99, 2, true));
    expect((await frames.next()).value?.rtpTimestamp).toBe(3_000);
    expect((await frames.next()).value?.rtpTimestamp).toBe(6_000);
    // What the new offer does not have has its moment, too.
    rig.clock.advance(60_000);
    expect(rig.told.slice(2)).toEqual(['trackRemoved ab-a0']);
  });

  it('stay as long as somebody who cannot reach the bridge shows them', () => {
    const rig = new Rig();
    rig.sources.offered(set([audio('ab', 11), video('ab', 21)]));
    rig.comes(participant('ab', { 'ab-a0': { muted: true }, 'ab-v0': { muted: false } }));
    const track = rig.track('ab-v0');
    rig.told.length = 0;
    rig.sources.removed(set([audio('ab', 11), video('ab', 21)]));
    rig.clock.advance(3_600_000);
    expect(rig.told).toEqual(['trackRemoved ab-a0']);
    rig.sources.added(set([video('ab', 99)]));
    expect(rig.track('ab-v0')).toBe(track);
    rig.sources.removed(set([video('ab', 99)]));
    rig.clock.advance(3_600_000);
    rig.comes(participant('ab', { 'ab-v0': { muted: true } }));
    expect(rig.track('ab-v0')).toBe(track);
    rig.clock.advance(5_000);
    expect(rig.told.slice(1)).toEqual(['trackMuted ab-v0', 'trackRemoved ab-v0']);
  });

  it('are muted and unmuted by presence', () => {
    const rig = new Rig();
    rig.sources.offered(set([audio('ab', 11), video('ab', 21)]));
    rig.comes(participant('ab', { 'ab-a0': { muted: true }, 'ab-v0': { muted: false } }));
    rig.comes(
      participant('ab', { 'ab-a0': { muted: false }, 'ab-v0': { muted: true, videoType: 'desktop' } }),
    );
    rig.comes(
      participant('ab', { 'ab-a0': { muted: false }, 'ab-v0': { muted: true, videoType: 'desktop' } }),
    );
    expect(rig.told.slice(2)).toEqual(['trackMuted ab-a0', 'trackUnmuted ab-a0', 'trackMuted ab-v0']);
    expect(rig.track('ab-v0').videoType).toBe('desktop');
    expect(rig.track('ab-a0').videoType).toBeUndefined();
  });

  it('are muted by the older elements where presence lists no sources', () => {
    const rig = new Rig();
    rig.sources.offered(set([audio('ab', 11)]));
    rig.comes({ ...participant('ab'), audioMuted: true });
    rig.comes({ ...participant('ab'), audioMuted: false });
    expect(rig.told.slice(1)).toEqual(['trackMuted ab-a0', 'trackUnmuted ab-a0']);
  });
});

describe('how loud audio is', () => {
  /** A packet of 20 ms. */
  const spoken = (sequenceNumber: number, byte: number): ReceivedPacket => ({
    ...vp8Packet(31, sequenceNumber, true),
    codec: opus,
    timestamp: sequenceNumber * 960,
    arrival: sequenceNumber * 20,
    payload: Uint8Array.of(0xf8, 1),
    audioLevel: parseAudioLevel(Uint8Array.of(byte)),
  });

  it('stands in frames and packets', async () => {
    const rig = new Rig();
    const { media, rtp } = fakeSessionMedia();
    rig.sources.offered(set([audio('ab', 31)]));
    rig.sources.carriedBy(media);
    const [frames, packets] = [rig.track('ab-a0').frames(), rig.track('ab-a0').packets()];
    rtp.handlers?.packet(spoken(1, 0x80 | 23));
    rtp.handlers?.packet({ ...spoken(2, 0), audioLevel: undefined });
    for (const stream of [frames, packets]) {
      expect((await stream.next()).value).toMatchObject({ audioLevel: { level: 23, voice: true } });
      expect((await stream.next()).value).not.toHaveProperty('audioLevel');
    }
  });

  it('tells who speaks, until they are silent or gone', () => {
    const rig = new Rig();
    const { media, rtp } = fakeSessionMedia();
    rig.comes({ ...participant('ab'), displayName: 'Ada' });
    rig.sources.offered(set([audio('ab', 31)]));
    rig.sources.carriedBy(media);
    rig.told.length = 0;
    const speak = (from: number): void => {
      for (let packet = 0; packet < 10; packet += 1) {
        rtp.handlers?.packet(spoken(from + packet, 20));
        rig.clock.advance(20);
      }
    };
    speak(0);
    rig.clock.advance(5_000);
    expect(rig.told).toEqual(['ab Ada true', 'ab Ada false']);
    speak(260);
    rig.leaves('ab');
    expect(rig.told.slice(2)).toEqual(['ab Ada true', 'ab Ada false', 'trackRemoved ab-a0']);
  });
});

describe('the frames of a track', () => {
  it('are made only for those who read them', async () => {
    const rig = new Rig();
    const { media, rtp } = fakeSessionMedia();
    rig.sources.offered(set([video('ab', 21)]));
    rig.sources.carriedBy(media);
    const track = rig.track('ab-v0');
    rtp.handlers?.packet(vp8Packet(21, 1, true));
    const frames = track.frames();
    const packets = track.packets();
    expect(rtp.calls).toEqual(['receive 21', 'key frame of 21']);
    rtp.handlers?.packet(vp8Packet(21, 2, false));
    rtp.handlers?.packet(vp8Packet(21, 3, true));
    rtp.handlers?.packet(vp8Packet(21, 4, false));
    expect((await frames.next()).value).toMatchObject({
      codec: 'vp8',
      keyFrame: true,
      width: 320,
      height: 180,
      rtpTimestamp: 9_000,
    });
    expect((await frames.next()).value).toMatchObject({ keyFrame: false, rtpTimestamp: 12_000 });
    expect((await packets.next()).value).toMatchObject({
      ssrc: 21,
      codec: 'vp8',
      payloadType: 100,
      sequenceNumber: 2,
    });
    rig.sources.participantLeft(participant('ab'), false);
    expect((await frames.next()).done).toBe(true);
    expect((await packets.next()).value).toMatchObject({ sequenceNumber: 3 });
    expect((await track.frames().next()).done).toBe(true);
    expect((await track.packets().next()).done).toBe(true);
  });

  it('wait for those whose connection broke, and go when they do not come back', () => {
    const rig = new Rig();
    for (const id of ['ab', 'cd']) rig.comes(participant(id, { [`${id}-v0`]: { muted: false } }));
    rig.sources.offered(set([video('ab', 21), video('cd', 31)]));
    const track = rig.track('ab-v0');
    for (const id of ['ab', 'cd']) rig.leaves(id, true);
    // Who is gone has taken them along.
    rig.sources.removed(set([video('ab', 21), video('cd', 31)]));
    // Ours broke too: there is no session, and nobody to have one with.
    rig.sources.sessionEnded();
    rig.clock.advance(60_000);
    rig.comes(participant('ab', { 'ab-v0': { muted: false } }));
    rig.sources.offered(set([video('ab', 22)]));
    rig.clock.advance(60_000);
    expect(rig.track('ab-v0')).toBe(track);
    expect(rig.told).toEqual(['trackAdded ab-v0', 'trackAdded cd-v0', 'trackRemoved cd-v0']);
  });

  it('are heard all the while when their owner comes back under the same SSRC', async () => {
    const rig = new Rig();
    const { media, rtp } = fakeSessionMedia();
    rig.comes(participant('ab', { 'ab-v0': { muted: false } }));
    rig.sources.offered(set([video('ab', 21)]));
    rig.sources.carriedBy(media);
    const frames = rig.track('ab-v0').frames();
    rtp.handlers?.packet(vp8Packet(21, 1, true));
    expect((await frames.next()).done).toBe(false);
    rig.leaves('ab', true);
    rig.sources.removed(set([video('ab', 21)]));
    rtp.handlers?.packet(vp8Packet(21, 2, true));
    expect((await frames.next()).done).toBe(false);
    rig.comes(participant('ab', { 'ab-v0': { muted: false } }));
    rig.sources.added(set([video('ab', 21)]));
    rig.clock.advance(200_000);
    rtp.handlers?.packet(vp8Packet(21, 3, true));
    expect((await frames.next()).done).toBe(false);
    expect(rig.told).toEqual(['trackAdded ab-v0']);
  });

  it('are asked for with a key frame where something is missing', () => {
    const rig = new Rig();
    const { media, rtp } = fakeSessionMedia();
    rig.sources.offered(set([video('ab', 21)]));
    rig.sources.carriedBy(media);
    rig.track('ab-v0').frames();
    rtp.handlers?.packet(vp8Packet(21, 1, true));
    rtp.calls.length = 0;
    rtp.handlers?.packet({ ...vp8Packet(21, 5, false), gap: true });
    expect(rtp.calls).toEqual(['key frame of 21']);
  });

  it('are asked for with a key frame where packets are read, and by nobody where nothing is', () => {
    const rig = new Rig();
    const { media, rtp } = fakeSessionMedia();
    rig.sources.offered(set([video('ab', 21)]));
    rig.sources.carriedBy(media);
    rtp.handlers?.packet({ ...vp8Packet(21, 5, false), gap: true });
    expect(rtp.calls).toEqual(['receive 21']);
    rig.track('ab-v0').packets();
    rtp.handlers?.packet({ ...vp8Packet(21, 9, false), gap: true });
    expect(rtp.calls).toEqual(['receive 21', 'key frame of 21']);
    rtp.handlers?.packet({ ...vp8Packet(21, 12, true), gap: true });
    expect(rtp.calls).toEqual(['receive 21', 'key frame of 21']);
  });

  it('of audio stand alone', () => {
    const rig = new Rig();
    const { media, rtp } = fakeSessionMedia();
    rig.sources.offered(set([audio('ab', 11)]));
    rig.sources.carriedBy(media);
    rig.track('ab-a0').frames();
    rig.track('ab-a0').requestKeyFrame();
    expect(rtp.calls).toEqual(['receive 11']);
  });
});

describe('SSRC rewriting', () => {
  const map = (...entries: [name: string, ssrc: number, rtx?: number | undefined, videoType?: string][]) => ({
    kind: 'video' as const,
    sources: entries.map(([source, ssrc, rtx, videoType = 'CAMERA']) => ({
      source,
      owner: source.split('-')[0] ?? '',
      ssrc,
      ...(rtx !== undefined && { rtx }),
      videoType,
    })),
  });

  it('says what SSRCs carry, and gives them to others', () => {
    const rig = new Rig(true);
    const { media, rtp } = fakeSessionMedia();
    rig.sources.carriedBy(media);
    rig.sources.mapped(map(['ab-v0', 21, 22], ['cd-v0', 31, undefined, 'DESKTOP']));
    rig.sources.mapped({ kind: 'audio', sources: [{ source: 'ab-a0', owner: 'ab', ssrc: 11 }] });
    const [first, second] = [rig.track('ab-v0'), rig.track('cd-v0')];
    expect(first).toMatchObject({ ssrc: 21, kind: 'video', endpointId: 'ab', videoType: 'camera' });
    expect(second).toMatchObject({ ssrc: 31, videoType: 'desktop' });
    expect(rig.track('ab-a0')).toMatchObject({ ssrc: 11, kind: 'audio' });
    // The slot goes to another, its old source to none; then that comes on the other's.
    rig.sources.mapped(map(['cd-v0', 21, 22]));
    expect([first.ssrc, second.ssrc]).toEqual([undefined, 21]);
    rig.sources.mapped(map(['ab-v0', 31]));
    expect([first.ssrc, second.ssrc]).toEqual([31, 21]);
    expect([...rtp.received.values()]).toEqual([
      { kind: 'audio', ssrc: 11 },
      { kind: 'video', ssrc: 21, rtxSsrc: 22 },
      { kind: 'video', ssrc: 31 },
    ]);
    expect(rig.told).toEqual(['trackAdded ab-v0', 'trackAdded cd-v0', 'trackAdded ab-a0']);
  });

  it('counts for each source what came while it had the SSRC', () => {
    const rig = new Rig(true);
    const { media, rtp } = fakeSessionMedia();
    rig.sources.carriedBy(media);
    rig.sources.mapped(map(['ab-v0', 21]));
    rtp.receivedFigures.set(21, { packets: 100, frames: 30 });
    rig.sources.mapped(map(['cd-v0', 21]));
    rtp.receivedFigures.set(21, { packets: 140, frames: 40 });
    expect(rig.track('ab-v0').statistics).toMatchObject({ packets: 100, frames: 30 });
    expect(rig.track('cd-v0').statistics).toMatchObject({ packets: 40, frames: 10 });
  });

  it('never says that a source is gone: presence does', () => {
    const rig = new Rig(true);
    rig.comes(participant('ab', { 'ab-v0': { muted: false } }));
    rig.sources.offered(set([audio('jvb', 1)]));
    rig.sources.mapped(map(['ab-v0', 21], ['cd-v0', 31]));
    rig.sources.mapped(map(['cd-v0', 21]));
    rig.clock.advance(3_600_000);
    expect(rig.sources.tracks.size).toBe(2);
    rig.comes(participant('ab', {}));
    expect([...rig.sources.tracks.keys()]).toEqual(['cd-v0']);
  });

  it('is said again whenever the channel opens, and changes nothing then', () => {
    const rig = new Rig(true);
    const { media, rtp } = fakeSessionMedia();
    rig.sources.carriedBy(media);
    rig.sources.mapped(map(['ab-v0', 21, 22]));
    rig.sources.mapped(map(['ab-v0', 21, 22]));
    expect(rtp.calls).toEqual(['receive 21']);
  });

  it('is not believed without end', () => {
    const rig = new Rig(true);
    for (let ssrc = 1; ssrc <= 1_200; ssrc += 1) rig.sources.mapped(map([`ab-v${ssrc}`, ssrc]));
    expect(rig.sources.tracks.size).toBe(1_000);
  });
});
