import { describe, expect, it } from 'vitest';
import { MediaError } from '../../../../../src/base/errors.ts';
import type { LocalTrack } from '../../../../../src/client/media/local/local-track.ts';
import type { SessionMedia } from '../../../../../src/client/media/session-media.ts';
import type { LocalFrame, LocalTrackOptions } from '../../../../../src/client/media/track-types.ts';
import { fakeSessionMedia, opus, vp8 } from '../../../../support/fake-rtp.ts';
import { Rig } from './local-rig.ts';

const keyFrame = (timestamp = 0): LocalFrame => ({ data: Uint8Array.of(0x10, 0, 0, 1), timestamp });
const deltaFrame = (timestamp = 0): LocalFrame => ({ data: Uint8Array.of(0x11, 0, 0, 1), timestamp });
const audioFrame = (timestamp = 0): LocalFrame => ({ data: Uint8Array.of(1, 2, 3), timestamp });

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
}

describe('sources of ours', () => {
  it('have names and SSRCs of their own', () => {
    const rig = new Rig();
    const tracks = [
      rig.sources.add({ kind: 'audio' }),
      rig.sources.add({ kind: 'video' }),
      rig.sources.add({ kind: 'video', codec: 'vp9', videoType: 'desktop', muted: true }),
    ];
    expect(tracks.map(({ sourceName, codec }) => [sourceName, codec])).toEqual([
      ['ab12-a0', 'opus'],
      ['ab12-v0', 'vp8'],
      ['ab12-v1', 'vp9'],
    ]);
    expect(new Set(tracks.map(({ ssrc }) => ssrc)).size).toBe(3);
    expect(rig.presence).toEqual([
      { name: 'ab12-a0', mediaType: 'audio', muted: false },
      { name: 'ab12-v0', mediaType: 'video', muted: false, videoType: 'camera' },
      { name: 'ab12-v1', mediaType: 'video', muted: true, videoType: 'desktop' },
    ]);
    expect(rig.told).toEqual(['ab12-v0 shows camera', 'ab12-v1 shows none']);
    expect(rig.sources.tracks).toEqual(tracks);
  });

  it.each([
    { kind: 'audio', codec: 'vp8' },
    { kind: 'video', codec: 'opus' },
    { kind: 'video', codec: 'h265' },
    { kind: 'data' },
    {},
  ])('are not made of %j', (options) => {
    const rig = new Rig();
    expect(() => rig.sources.add(options as LocalTrackOptions)).toThrow(/adding a track: /);
    expect(rig.sources.tracks).toEqual([]);
  });

  it('take no SSRC that somebody else has', () => {
    const first = new Rig().sources.add({ kind: 'audio' }).ssrc;
    const rig = new Rig();
    rig.taken.add(first);
    expect(rig.sources.add({ kind: 'audio' }).ssrc).not.toBe(first);
  });

  it('are in the accept, by the rules of the focus', () => {
    const rig = new Rig();
    const [audio, video] = [rig.sources.add({ kind: 'audio' }), rig.sources.add({ kind: 'video' })];
    const { media, rtp } = fakeSessionMedia();
    const { sources, groups } = rig.sources.carriedBy(media, rig.carrier);
    const [, , retransmissions] = sources;
    expect(sources).toMatchObject([
      { ssrc: audio.ssrc, mediaType: 'audio', name: 'ab12-a0' },
      { ssrc: video.ssrc, mediaType: 'video', name: 'ab12-v0', videoType: 'camera' },
      { mediaType: 'video', name: 'ab12-v0', videoType: 'camera' },
    ]);
    expect(groups).toEqual([
      { semantics: 'FID', ssrcs: [video.ssrc, retransmissions?.ssrc], mediaType: 'video' },
    ]);
    // One msid for a group, and none for two sources.
    expect(sources[1]?.msid).toMatch(/^ab12-video-0-1 \w+-1$/);
    expect(retransmissions?.msid).toBe(sources[1]?.msid);
    expect(sources[0]?.msid).not.toBe(sources[1]?.msid);
    expect([...rtp.sending.values()]).toEqual([
      { kind: 'audio', ssrc: audio.ssrc },
      { kind: 'video', ssrc: video.ssrc, rtxSsrc: retransmissions?.ssrc },
    ]);
  });

  it('have no retransmissions, and are not there at all, where the offer has none', () => {
    const rig = new Rig();
    rig.sources.add({ kind: 'audio' });
    rig.sources.add({ kind: 'video' });
    const { rtxPayloadType: _, ...plainVp8 } = vp8;
    const plain = fakeSessionMedia({ codecs: [opus, plainVp8], extensions: {} });
    expect(rig.sources.carriedBy(plain.media, rig.carrier)).toMatchObject({ sources: [{}, {}], groups: [] });
    rig.sources.sessionEnded();
    const audioOnly = fakeSessionMedia({ codecs: [opus], extensions: {} });
    expect(rig.sources.carriedBy(audioOnly.media, rig.carrier).sources).toHaveLength(1);
    expect([...audioOnly.rtp.sending.values()]).toHaveLength(1);
  });

  it('are announced and taken back while a session lasts', () => {
    const rig = new Rig();
    const { media, rtp } = fakeSessionMedia();
    rig.sources.carriedBy(media, rig.carrier);
    const track = rig.watch(rig.sources.add({ kind: 'video' }));
    track.stop();
    track.stop();
    expect(rig.changes.map(([what]) => what)).toEqual(['add', 'remove']);
    expect(rig.changes[0]?.[1]).toEqual(rig.changes[1]?.[1]);
    expect(rig.presence).toEqual([]);
    expect(rtp.sending.size).toBe(0);
    expect(track.isStopped).toBe(true);
    expect(track.send(keyFrame())).toBe(false);
    expect(rig.told).toEqual(['ab12-v0 shows camera', 'ab12-v0 shows none', 'stopped']);
    // The name is free again, the SSRC is another.
    const next = rig.sources.add({ kind: 'video' });
    expect(next.sourceName).toBe('ab12-v0');
    expect(next.ssrc).not.toBe(track.ssrc);
  });

  it('are announced again by every session, as they are', () => {
    const rig = new Rig();
    const track = rig.sources.add({ kind: 'audio' });
    const first = fakeSessionMedia();
    const announced = rig.sources.carriedBy(first.media, rig.carrier);
    expect(track.send(audioFrame())).toBe(true);
    first.rtp.sentFigures.set(track.ssrc, { packets: 1, bytes: 3 });
    first.rtp.numbers.set(track.ssrc, { media: 70_000, rtx: 5 });
    rig.sources.sessionEnded();
    expect(track.send(audioFrame(20))).toBe(false);
    const second = fakeSessionMedia();
    expect(rig.sources.carriedBy(second.media, rig.carrier)).toEqual(announced);
    expect(second.rtp.sending.get(track.ssrc)?.continues).toEqual({ media: 70_000, rtx: 5 });
    expect(track.send(audioFrame(40))).toBe(true);
    second.rtp.sentFigures.set(track.ssrc, { packets: 1, bytes: 3, roundTripTime: 12 });
    expect(track.statistics).toMatchObject({ packets: 2, bytes: 6, frames: 2, unsent: 1, roundTripTime: 12 });
    expect((second.rtp.sent[0]?.timestamp ?? 0) - (first.rtp.sent[0]?.timestamp ?? 0)).toBe(40 * 48);
  });

  it('are the same tracks under other names and SSRCs when we are in the room as another', () => {
    const rig = new Rig();
    rig.sources.add({ kind: 'audio' }).stop();
    const audio = rig.sources.add({ kind: 'audio' });
    const gone = rig.sources.add({ kind: 'video' });
    const screen = rig.watch(rig.sources.add({ kind: 'video', videoType: 'desktop', muted: true }));
    const first = fakeSessionMedia();
    const announced = rig.sources.carriedBy(first.media, rig.carrier);
    expect(audio.send(audioFrame())).toBe(true);
    first.rtp.sentFigures.set(audio.ssrc, { packets: 1, bytes: 3 });
    first.rtp.numbers.set(audio.ssrc, { media: 70_000, rtx: 5 });
    gone.stop();
    rig.told.length = 0;
    rig.endpointId = 'cd34';
    rig.sources.renew();
    expect(rig.told).toEqual(['types forgotten', 'cd34-v1 shows none']);
    expect(rig.presence).toEqual([
      { name: 'cd34-a0', mediaType: 'audio', muted: false },
      { name: 'cd34-v1', mediaType: 'video', muted: true, videoType: 'desktop' },
    ]);
    expect(rig.sources.tracks).toEqual([audio, screen]);
    expect([audio.isStopped, audio.isReady, screen.muted]).toEqual([false, false, true]);
    expect(audio.statistics).toMatchObject({ packets: 1, bytes: 3 });

    const second = fakeSessionMedia();
    const { sources, groups } = rig.sources.carriedBy(second.media, rig.carrier);
    expect(sources.map(({ name }) => name)).toEqual(['cd34-a0', 'cd34-v1', 'cd34-v1']);
    for (const field of ['ssrc', 'msid'] as const) {
      const before = new Set(announced.sources.map((source) => source[field]));
      expect(sources.filter((source) => before.has(source[field]))).toEqual([]);
    }
    expect(groups.map(({ ssrcs }) => ssrcs)).toEqual([sources.slice(1).map(({ ssrc }) => ssrc)]);
    expect(second.rtp.sending.get(audio.ssrc)).not.toHaveProperty('continues.media');
    expect(audio.send(audioFrame(20))).toBe(true);
    expect(rig.sources.add({ kind: 'video' }).sourceName).toBe('cd34-v0');
  });

  it('count the time that no session has sent them', () => {
    const rig = new Rig();
    const track = rig.sources.add({ kind: 'audio' });
    const carry = (): void => void rig.sources.carriedBy(fakeSessionMedia().media, rig.carrier);
    const sendFor = (ms: number): void => {
      for (let passed = 0; passed < ms; passed += 20) {
        track.send(audioFrame(rig.clock.now()));
        rig.clock.advance(20);
      }
    };
    sendFor(1_000);
    carry();
    sendFor(1_000);
    rig.sources.sessionEnded();
    sendFor(2_000);
    carry();
    sendFor(1_000);
    expect(track.statistics).toMatchObject({ gaps: 1, lastGap: 2_020 });
    track.mute();
    rig.sources.sessionEnded();
    rig.clock.advance(10_000);
    carry();
    track.unmute();
    sendFor(1_000);
    expect(track.statistics).toMatchObject({ gaps: 1, longestGap: 2_020 });
  });

  it('in a codec that the offer lacks are announced, with a warning', () => {
    const rig = new Rig();
    const { media } = fakeSessionMedia();
    rig.sources.carriedBy(media, rig.carrier);
    const codecs = media.parameters.codecs.map(({ name }) => name);
    expect(codecs).not.toContain('h264');
    rig.sources.add({ kind: 'video', codec: 'h264' });
    expect(rig.warnings).toMatchObject([
      { code: 'codec-not-offered', message: expect.stringMatching(/no h264, .* offers .*vp8/) },
    ]);
    rig.sources.sessionEnded();
    rig.sources.carriedBy(fakeSessionMedia().media, rig.carrier);
    expect(rig.warnings).toHaveLength(2);
  });

  it('that the focus refuses are a warning, those of a session that ended are not', async () => {
    const rig = new Rig();
    rig.sources.carriedBy(fakeSessionMedia().media, rig.carrier);
    rig.outcome = Promise.reject(new MediaError('over', { code: 'session-ended' }));
    rig.sources.add({ kind: 'audio' });
    await settle();
    expect(rig.warnings).toEqual([]);
    rig.outcome = Promise.reject(new MediaError('no', { code: 'sources-refused' }));
    rig.sources.add({ kind: 'video' });
    await settle();
    expect(rig.warnings).toMatchObject([{ code: 'sources-refused' }]);
  });
});

function carried(options: { kind: 'audio' | 'video' }): {
  rig: Rig;
  track: LocalTrack;
  rtp: ReturnType<typeof fakeSessionMedia>['rtp'];
  media: SessionMedia;
} {
  const rig = new Rig();
  const track = rig.watch(rig.sources.add(options));
  const { media, rtp } = fakeSessionMedia();
  rig.sources.carriedBy(media, rig.carrier);
  rig.told.length = 0;
  return { rig, track, rtp, media };
}

describe('a track that is to begin unmuted', () => {
  it('asks the focus, where it has muted others of the kind', () => {
    const rig = new Rig();
    rig.sources.forceMuted('audio', undefined);
    expect(rig.sources.add({ kind: 'audio' }).muted).toBe(true);
    expect(rig.told).toEqual([]);
    expect(rig.sources.add({ kind: 'audio', muted: false }).muted).toBe(false);
    expect(rig.told).toEqual(['unmute audio']);
    rig.sources.add({ kind: 'audio', muted: false });
    expect(rig.told).toEqual(['unmute audio']);
  });
});

describe('sending', () => {
  it('cuts frames into packets with the offer’s payload type and the codec’s clock', () => {
    const { track, rtp } = carried({ kind: 'video' });
    expect(track.send({ ...keyFrame(1_000), data: new Uint8Array(3_000) })).toBe(true);
    expect(track.send(deltaFrame(1_040))).toBe(true);
    const timestamps = rtp.sent.map(({ timestamp }) => timestamp);
    expect(rtp.sent.map(({ payloadType, marker }) => [payloadType, marker])).toEqual([
      [100, false],
      [100, false],
      [100, true],
      [100, true],
    ]);
    expect(new Set(timestamps).size).toBe(2);
    expect((timestamps[3] ?? 0) - (timestamps[0] ?? 0)).toBe(3_600);
    expect(track.statistics).toMatchObject({ frames: 2, keyFrames: 1, unsent: 0 });
  });

  it('keeps timestamps within 32 bits, whatever the clock', () => {
    const { track, rtp } = carried({ kind: 'audio' });
    for (const time of [1_790_000_000_000.25, -5]) track.send(audioFrame(time));
    for (const { timestamp } of rtp.sent) {
      expect(Number.isInteger(timestamp)).toBe(true);
      expect(timestamp).toBeGreaterThanOrEqual(0);
      expect(timestamp).toBeLessThan(2 ** 32);
    }
  });

  it('passes on how loud audio is', () => {
    const { track, rtp } = carried({ kind: 'audio' });
    track.send({ ...audioFrame(), audioLevel: { level: 30, voice: true } });
    expect(rtp.sent).toMatchObject([
      { payloadType: 111, marker: true, audioLevel: { level: 30, voice: true } },
    ]);
  });

  it('marks sound that begins after a pause', () => {
    const { track, rtp } = carried({ kind: 'audio' });
    for (const timestamp of [1000, 1020, 1040, 2000, 2020]) track.send({ ...audioFrame(), timestamp });
    expect(rtp.sent.map(({ marker }) => marker)).toEqual([true, false, false, true, false]);
  });

  it('begins video with a key frame, and asks for it once', () => {
    const { rig, track } = carried({ kind: 'video' });
    expect([deltaFrame(), deltaFrame(), keyFrame(), deltaFrame()].map((frame) => track.send(frame))).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(rig.told).toEqual(['keyFrameRequested']);
    expect(track.statistics).toMatchObject({ frames: 2, keyFrames: 1, unsent: 2 });
  });

  it('waits for the transport, and begins with a key frame then', () => {
    const { rig, track, rtp } = carried({ kind: 'video' });
    rtp.isUp = false;
    expect(track.isWanted).toBe(false);
    expect(track.send(keyFrame(0))).toBe(false);
    expect(rig.told).toEqual([]);
    rtp.isUp = true;
    expect(track.isWanted).toBe(true);
    expect(track.send(deltaFrame(20))).toBe(false);
    expect(rig.told).toEqual(['keyFrameRequested']);
    expect(track.send(keyFrame(40))).toBe(true);
    expect(rtp.sent.length).toBe(1);
    expect(track.statistics).toMatchObject({ frames: 1, unsent: 2 });
  });

  it('says so when there was nothing in a frame', () => {
    const { track, rtp } = carried({ kind: 'audio' });
    expect(track.send({ data: new Uint8Array(), timestamp: 0 })).toBe(false);
    expect(rtp.sent).toEqual([]);
    expect(track.statistics).toMatchObject({ frames: 0, unsent: 1 });
  });

  it('takes a key frame that is sent as soon as it is asked for', () => {
    const { track, rtp } = carried({ kind: 'video' });
    track.on('keyFrameRequested', () => track.send(keyFrame(10)));
    expect(track.send(deltaFrame(0))).toBe(false);
    expect(track.send(deltaFrame(20))).toBe(true);
    expect(rtp.sent.length).toBe(2);
  });

  it('asks once, even if the answer is no key frame', () => {
    const { track, rig } = carried({ kind: 'video' });
    track.on('keyFrameRequested', () => track.send(deltaFrame(10)));
    track.send(deltaFrame(0));
    expect(rig.told).toEqual(['keyFrameRequested']);
  });

  it('passes on that the bridge wants a key frame', () => {
    const { rig, track, rtp } = carried({ kind: 'video' });
    rtp.handlers?.keyFrameRequested(track.ssrc);
    expect(rig.told).toEqual(['keyFrameRequested']);
  });

  it('stops when nobody wants it, and goes on with a key frame', () => {
    const { rig, track } = carried({ kind: 'video' });
    expect(track.isWanted).toBe(true);
    track.send(keyFrame());
    rig.sources.constrained('ab12-v0', 0);
    expect(track).toMatchObject({ isWanted: false, maxHeight: 0 });
    expect(track.send(keyFrame())).toBe(false);
    rig.sources.constrained('ab12-v0', 180);
    rig.sources.constrained('ab12-v0', 180);
    rig.sources.constrained('other-v0', 720);
    expect(track.send(deltaFrame())).toBe(false);
    expect(track.send(keyFrame())).toBe(true);
    expect(rig.told).toEqual(['constraintsChanged 0', 'constraintsChanged 180', 'keyFrameRequested']);
  });

  it('does not know what another bridge wants before it says so', () => {
    const { rig, track } = carried({ kind: 'video' });
    rig.sources.constrained('ab12-v0', 0);
    rig.sources.sessionEnded();
    rig.sources.carriedBy(fakeSessionMedia().media, rig.carrier);
    expect(track).toMatchObject({ maxHeight: -1, isWanted: true });
  });

  it('needs a session that has the codec', () => {
    const rig = new Rig();
    const track = rig.sources.add({ kind: 'video', codec: 'av1' });
    expect(track.isWanted).toBe(false);
    rig.sources.carriedBy(fakeSessionMedia().media, rig.carrier);
    expect(track.isWanted).toBe(false);
    expect(track.send(keyFrame())).toBe(false);
  });

  it('of packets leaves payload, timestamp and marker as they are', () => {
    const { rig, track, rtp } = carried({ kind: 'video' });
    const packet = { timestamp: 77, marker: true, payload: Uint8Array.of(9) };
    expect(track.sendRtp(packet)).toBe(true);
    expect(track.sendRtp({ ...packet, payloadType: 101 })).toBe(true);
    expect(rtp.sent).toMatchObject([
      { ssrc: track.ssrc, payloadType: 100, ...packet },
      { payloadType: 101, ...packet },
    ]);
    rig.sources.sessionEnded();
    expect(track.sendRtp(packet)).toBe(false);
  });
});

describe('muting', () => {
  it('is told in presence and to the bridge, and sends nothing', () => {
    const { rig, track } = carried({ kind: 'video' });
    track.send(keyFrame());
    track.mute();
    track.mute();
    expect(track).toMatchObject({ muted: true, isWanted: false });
    expect(rig.presence).toMatchObject([{ name: 'ab12-v0', muted: true }]);
    expect(track.send(keyFrame())).toBe(false);
    track.unmute();
    expect(rig.presence).toMatchObject([{ name: 'ab12-v0', muted: false }]);
    expect(track.send(deltaFrame())).toBe(false);
    expect(rig.told).toEqual([
      'muted',
      'ab12-v0 shows none',
      'unmuted',
      'ab12-v0 shows camera',
      'keyFrameRequested',
    ]);
    expect(rig.changes).toEqual([]);
  });

  it('by the focus mutes the kind, and takes its leave to end', async () => {
    const { rig, track } = carried({ kind: 'audio' });
    const video = rig.sources.add({ kind: 'video' });
    rig.told.length = 0;
    rig.sources.forceMuted('audio', 'moderator');
    expect([track.muted, video.muted]).toEqual([true, false]);
    expect(rig.sources.add({ kind: 'audio' }).muted).toBe(true);
    track.unmute();
    track.mute();
    track.unmute();
    await settle();
    expect(rig.told).toEqual(['muted moderator', 'unmuted', 'unmute audio', 'muted', 'unmuted']);
    expect(rig.warnings).toEqual([]);
  });

  it('by the focus tells screens from cameras', () => {
    const rig = new Rig();
    const camera = rig.sources.add({ kind: 'video' });
    const screen = rig.sources.add({ kind: 'video', videoType: 'desktop' });
    rig.sources.forceMuted('desktop', undefined);
    expect([camera.muted, screen.muted]).toEqual([false, true]);
  });

  it('stays when the focus refuses to end it', async () => {
    const { rig, track } = carried({ kind: 'audio' });
    rig.sources.forceMuted('audio', undefined);
    rig.unmuting = Promise.reject(new Error('not-allowed'));
    track.unmute();
    expect(track.muted).toBe(false);
    await settle();
    expect(track.muted).toBe(true);
    expect(rig.presence).toMatchObject([{ muted: true }]);
    expect(rig.warnings).toMatchObject([{ code: 'unmute-refused' }]);
  });
});
