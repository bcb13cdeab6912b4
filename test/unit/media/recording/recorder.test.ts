import { describe, expect, it } from 'vitest';
import { withResolvers } from '../../../../src/base/resolvers.ts';
import type { ConferenceEvents } from '../../../../src/client/conference-events.ts';
import { opusDuration, isOpusPacket } from '../../../../src/rtp/codecs/opus/packet.ts';
import { fileNameOf } from '../../../../src/media/recording/file-name.ts';
import { silenceFor } from '../../../../src/media/recording/opus-silence.ts';
import { frameOf, participant, RecordingRig, start, turn } from './rig.ts';

describe('a recording', () => {
  it('has a file for each source, on one clock', async () => {
    const rig = new RecordingRig();
    rig.join('ab12');
    const [sound, picture] = [rig.add('ab12', 'audio'), rig.add('ab12', 'video')];
    expect(picture.height).toBe(720);
    await rig.play(sound, 1_500, 100);
    await rig.play(picture, 4_000, 60);
    const end = await rig.recorder.stop();
    expect(picture.height).toBeUndefined();
    expect([sound.isRead, picture.isRead]).toEqual([false, false]);
    expect(end).toMatchObject({ reason: 'stopped', gaps: 0, encrypted: [] });
    const facts = { participant: 'ab12', name: 'name of ab12' };
    expect(end.files).toEqual([
      {
        ...facts,
        path: '/recording/0001-ab12-audio.webm',
        source: 'ab12-a0',
        kind: 'audio',
        codec: 'opus',
        offset: 1.5,
        duration: 2,
        bytes: expect.any(Number),
      },
      {
        ...facts,
        path: '/recording/0002-ab12-video.webm',
        source: 'ab12-v0',
        kind: 'video',
        videoType: 'camera',
        codec: 'vp8',
        width: 640,
        height: 360,
        offset: 4,
        duration: 2,
        bytes: expect.any(Number),
      },
    ]);
    expect(rig.timeline).toMatchObject({
      version: 1,
      room: 'room',
      startedAt: '2026-01-01T00:00:00.000Z',
      state: 'ended',
      end: { reason: 'stopped' },
      files: end.files.map((file) => ({ ...file, path: file.path.slice('/recording/'.length) })),
    });
    expect(await rig.recorder.stop()).toBe(end);
  });

  it('tells of gaps by the count of packets, and of none where somebody was silent', async () => {
    const rig = new RecordingRig();
    rig.join('ab12');
    const sound = rig.add('ab12', 'audio');
    await rig.play(sound, 0, 50);
    // Silence of a second, then packets that are lost for a second.
    await rig.play(sound, 2_000, 50, 50);
    await rig.play(sound, 4_000, 50, 150);
    const end = await rig.recorder.stop();
    expect(end.gaps).toBe(1);
    expect(rig.timeline.events.filter(({ type }) => type === 'gap')).toEqual([
      {
        at: 3,
        type: 'gap',
        source: 'ab12-a0',
        participant: 'ab12',
        kind: 'audio',
        duration: 1,
        // Where there is sound alone, all may have been silent.
        reason: 'loss',
      },
    ]);
    expect(end.files).toHaveLength(1);
    expect(end.files[0]).toMatchObject({ offset: 0, duration: 5 });
  });

  it('tells of a lost connection as long as it was, whatever silence there was around it', async () => {
    const rig = new RecordingRig();
    for (const id of ['ab12', 'cd34']) rig.join(id);
    const [sound, picture] = [rig.add('ab12', 'audio'), rig.add('cd34', 'video')];
    await rig.play(sound, 0, 50);
    await rig.play(picture, 1_000, 150);
    // Nothing comes from 6 to 11 s, of what is said in it neither.
    await rig.play(picture, 11_000, 150, 300);
    await rig.play(sound, 16_000, 50, 150);
    const end = await rig.recorder.stop();
    const gaps = rig.timeline.events.filter(({ type }) => type === 'gap');
    expect(gaps.map(({ kind, reason }) => [kind, reason])).toEqual([
      ['video', 'connection'],
      ['audio', 'connection'],
    ]);
    // Of sound nobody knows to the packet which of it was said when.
    expect(gaps[1]?.['at']).toBeGreaterThan(5.5);
    expect(Number(gaps[1]?.['at']) + Number(gaps[1]?.['duration'])).toBeCloseTo(11, 1);
    expect(end.files.find(({ kind }) => kind === 'audio')).toMatchObject({ offset: 0, duration: 17 });
  });

  it('tells of each time that the connection was away, not of what is between', async () => {
    const rig = new RecordingRig();
    for (const id of ['ab12', 'cd34']) rig.join(id);
    const [sound, picture] = [rig.add('ab12', 'audio'), rig.add('cd34', 'video')];
    await rig.play(sound, 0, 50);
    await rig.play(picture, 1_000, 270);
    // Nothing comes from 10 to 12 s, and from 30 to 33 s.
    await rig.play(picture, 12_000, 540, 600);
    await rig.play(picture, 33_000, 60, 1_200);
    await rig.play(sound, 35_000, 50, 150);
    await rig.recorder.stop();
    const gaps = rig.timeline.events.filter(({ kind, type }) => type === 'gap' && kind === 'audio');
    expect(gaps.map(({ at, duration, reason }) => [at, Number(at) + Number(duration), reason])).toEqual([
      [expect.closeTo(9.8, 0), expect.closeTo(12, 1), 'connection'],
      [expect.closeTo(29.8, 0), expect.closeTo(33, 1), 'connection'],
    ]);
  });

  it('takes silence of all for a lost connection where it is known that it was lost', async () => {
    const rig = new RecordingRig();
    rig.join('ab12');
    const sound = rig.add('ab12', 'audio');
    await rig.play(sound, 0, 50);
    rig.emitter.emit('transportFailed', {} as ConferenceEvents['transportFailed']);
    await rig.play(sound, 4_000, 50, 150);
    await rig.recorder.stop();
    expect(rig.timeline.events.filter(({ type }) => type === 'gap')).toMatchObject([
      { at: 1, duration: 3, reason: 'connection' },
    ]);
  });

  it('goes on in a new file after long silence, when a source comes again, and in another codec', async () => {
    const rig = new RecordingRig();
    rig.join('ab12');
    const sound = rig.add('ab12', 'audio');
    await rig.play(sound, 0, 10);
    await rig.play(sound, 400_000, 10, 10);
    rig.remove(sound);
    await rig.play(rig.add('ab12', 'audio'), 401_000, 10);
    const picture = rig.add('ab12', 'video');
    await rig.play(picture, 402_000, 10);
    // Nothing begins with what is no key frame.
    picture.push(frameOf('video', 403_500, 11, { codec: 'vp9' }));
    picture.push(frameOf('video', 403_600, 0, { codec: 'vp9', data: vp9KeyFrame }));
    const end = await rig.recorder.stop();
    expect(end.files.map(({ codec, offset, path }) => [codec, offset, path.slice(11, 15)])).toEqual([
      ['opus', 0, '0001'],
      ['opus', 400, '0002'],
      ['opus', 401, '0003'],
      ['vp8', 402, '0004'],
      ['vp9', 403.6, '0005'],
    ]);
    expect(picture.keyFrameRequests).toBeGreaterThan(0);
    expect(rig.warnings).toEqual([]);
  });

  it('never writes what is encrypted, by presence or as frames look', async () => {
    const rig = new RecordingRig();
    const secret = rig.join('ab12', { properties: { 'e2ee.enabled': 'true' } });
    const hidden = rig.add('ab12', 'audio');
    await rig.play(hidden, 0, 10);
    rig.join('cd34');
    const surprising = rig.add('cd34', 'audio');
    await rig.play(surprising, 1_000, 10);
    for (let index = 0; index < 10; index++) {
      surprising.push(frameOf('audio', 1_200 + index * 20, index, { data: encryptedFrame }));
    }
    rig.emitter.emit('participantChanged', {
      participant: { ...secret, properties: {} },
      previous: secret,
      changed: ['properties'],
    });
    await rig.play(hidden, 2_000, 10);
    const end = await rig.recorder.stop();
    const facts = { kind: 'audio', state: 'encrypted' };
    expect(end.encrypted).toEqual([
      { ...facts, source: 'ab12-a0', participant: 'ab12', name: 'name of ab12', offset: 0 },
      { ...facts, source: 'cd34-a0', participant: 'cd34', name: 'name of cd34', offset: 1.2 },
    ]);
    expect(end.files.map(({ duration, offset, source }) => [source, offset, duration])).toEqual([
      ['cd34-a0', 1, 0.2],
      ['ab12-a0', 2, 0.2],
    ]);
    for (const bytes of rig.disk.files.values())
      expect(Buffer.from(bytes).includes(Buffer.from(encryptedFrame))).toBe(false);
    expect(rig.timeline.events.filter(({ type }) => type === 'source-encrypted')).toHaveLength(2);
  });

  it('notes what happens in the room, but nothing private', async () => {
    const rig = new RecordingRig({}, ({ participants }) => participants.set('old1', participant('old1')));
    const before = rig.join('ab12');
    const renamed = { ...before, displayName: 'Ada' };
    rig.participants.set('ab12', renamed);
    rig.emitter.emit('participantChanged', {
      participant: renamed,
      previous: before,
      changed: ['displayName'],
    });
    rig.emitter.emit('handRaised', { participant: renamed });
    const message = { text: 'hello', from: 'ab12', displayName: 'Ada', isOwn: false, at: start };
    rig.emitter.emit('messageReceived', { message: { ...message, isPrivate: false, isHistory: false } });
    rig.emitter.emit('messageReceived', {
      message: { ...message, text: 'psst', isPrivate: true, isHistory: false },
    });
    rig.clock.advance(2_345);
    rig.emitter.emit('speakingChanged', { endpointId: 'ab12', participant: renamed, isSpeaking: true });
    rig.emitter.emit('participantLeft', { participant: renamed, departure: { reason: 'left' } });
    await rig.recorder.stop();
    const ada = { participant: 'ab12', name: 'Ada' };
    expect(rig.timeline.events).toEqual([
      { at: 0, type: 'participant-joined', participant: 'old1', name: 'name of old1' },
      { at: 0, type: 'participant-joined', participant: 'ab12', name: 'name of ab12' },
      { at: 0, type: 'name-changed', ...ada, before: 'name of ab12' },
      { at: 0, type: 'hand-raised', ...ada },
      { at: 0, type: 'message', ...ada, text: 'hello' },
      { at: 2.345, type: 'speaking-started', ...ada },
      { at: 2.345, type: 'participant-left', ...ada, reason: 'left' },
    ]);
    expect(rig.recorder.timeline).toEqual(rig.timeline.events);
  });

  it('ends with the conference, and with its signal', async () => {
    const rig = new RecordingRig();
    rig.emitter.emit('ended', { info: { reason: 'left' } as never });
    expect(await rig.recorder.done).toMatchObject({ reason: 'conference-ended', files: [] });
    const controller = new AbortController();
    const other = new RecordingRig({ signal: controller.signal });
    controller.abort();
    expect(await other.recorder.done).toMatchObject({ reason: 'stopped' });
  });

  it.each(['leaving', 'ended'] as const)('is over at once where the conference is %s', async (state) => {
    const rig = new RecordingRig({}, (before) => (before.state = state));
    expect(await rig.recorder.done).toMatchObject({ reason: 'conference-ended', files: [] });
    expect(rig.timeline).toMatchObject({ state: 'ended', end: { reason: 'conference-ended' } });
  });

  it('does not tell at its end of a file that was never made', async () => {
    const rig = new RecordingRig();
    rig.join('ab12');
    rig.disk.room = 0;
    await rig.play(rig.add('ab12', 'audio'), 0, 10);
    const end = await rig.recorder.stop();
    expect(rig.recorder.files).toMatchObject([{ source: 'ab12-a0', bytes: 0 }]);
    expect(end.files).toEqual([]);
  });

  it.each([
    ['mp4', 3_600_000],
    ['webm', 43_200_000],
  ] as const)('of %s begins another file after %d ms, with a key frame', async (container, longest) => {
    const rig = new RecordingRig({ container });
    rig.join('ab12');
    const picture = rig.add('ab12', 'video');
    await rig.play(picture, 0, 2);
    const requests = picture.keyFrameRequests;
    picture.push(frameOf('video', longest, 2));
    await turn();
    expect(picture.keyFrameRequests).toBe(requests + 1);
    expect(rig.recorder.files).toHaveLength(1);
    picture.push(frameOf('video', longest + 33, 0));
    await turn();
    expect(rig.recorder.files.map(({ offset }) => offset)).toEqual([0, (longest + 33) / 1000]);
  });

  it('has one file a second of a source at most, and one entry of what is encrypted', async () => {
    const rig = new RecordingRig();
    const owner = rig.join('ab12');
    const sound = rig.add('ab12', 'audio');
    for (let round = 0; round < 20; round++) {
      await rig.play(sound, round * 100, 2, round * 2);
      for (const enabled of ['true', 'false'])
        rig.emitter.emit('participantChanged', {
          participant: { ...owner, properties: { 'e2ee.enabled': enabled } },
          previous: owner,
          changed: ['properties'],
        });
    }
    expect(rig.recorder.files.map(({ offset }) => offset)).toEqual([0, 1]);
    expect(rig.recorder.encrypted).toHaveLength(1);
  });

  it('tells of frames that it could not read in time as of what is too much', async () => {
    const rig = new RecordingRig();
    rig.join('ab12');
    const sound = rig.add('ab12', 'audio');
    await rig.play(sound, 0, 10);
    for (let index = 10; index < 1_100; index++) sound.push(frameOf('audio', index * 20, index));
    await turn();
    await rig.play(sound, 22_000, 1, 1_100);
    const { dropped } = rig.recorder.statistics;
    expect(dropped).toBeGreaterThan(0);
    await rig.recorder.stop();
    expect(rig.timeline.events.filter(({ type }) => type === 'gap')).toMatchObject([{ reason: 'overload' }]);
  });

  it('keeps its offset when the times of the sender begin anew with another session', async () => {
    const rig = new RecordingRig();
    rig.join('ab12');
    const sound = rig.add('ab12', 'audio');
    await rig.play(sound, 1_000, 50);
    const end = { reason: 'moving' };
    rig.emitter.emit('sessionEnded', { end } as ConferenceEvents['sessionEnded']);
    for (let index = 50; index < 100; index += 1) {
      const at = 1_200 + index * 20;
      rig.clock.advance(20);
      // The first was 77 ms on its way.
      sound.push(frameOf('audio', at, index, { timestamp: start + at + 77 }));
      await turn();
    }
    const { files } = await rig.recorder.stop();
    expect(files).toMatchObject([{ offset: 1, duration: 2.2 }]);
  });

  it('has the offset that the first report of a sender corrects, and the times of the sender', async () => {
    const rig = new RecordingRig();
    rig.join('ab12');
    const sound = rig.add('ab12', 'audio');
    for (let index = 0; index < 500; index++) {
      const at = 1_000 + index * 20;
      const corrected = start + at + Math.min(index, 80);
      sound.push(frameOf('audio', at, index, { captureTime: corrected }));
      await turn();
    }
    const end = await rig.recorder.stop();
    expect(end.files).toMatchObject([{ offset: 1.08, duration: 10 }]);
    expect(end.gaps).toBe(0);
  });

  it('records nobody of whom its callback fails, and goes on', async () => {
    const rig = new RecordingRig({
      participants: (_, id) => {
        if (id === 'ab12') throw new Error('no');
        return true;
      },
    });
    expect(rig.add('ab12', 'audio').isRead).toBe(false);
    expect(rig.add('cd34', 'audio').isRead).toBe(true);
    await Promise.resolve();
    expect(rig.warnings).toEqual(['listener-failed']);
  });

  it('records whom it is to', async () => {
    const rig = new RecordingRig({ participants: (_, id) => id === 'ab12', video: false });
    for (const id of ['ab12', 'cd34']) rig.join(id);
    expect(rig.add('ab12', 'audio').isRead).toBe(true);
    expect(rig.add('cd34', 'audio').isRead).toBe(false);
    const picture = rig.add('ab12', 'video');
    expect([picture.isRead, picture.height]).toEqual([false, undefined]);
  });
});

describe('a disk', () => {
  it('that is full ends the recording at what is whole, and the timeline says so', async () => {
    const rig = new RecordingRig();
    rig.join('ab12');
    const picture = rig.add('ab12', 'video');
    await rig.play(picture, 0, 60);
    await settled(() => rig.disk.text('video.webm').length > 0);
    const used = [...rig.disk.files.values()].reduce((sum, { length }) => sum + length, 0);
    rig.disk.room = used + 1_000;
    await rig.play(picture, 2_000, 90, 60);
    const end = await rig.recorder.done;
    expect(end).toMatchObject({ reason: 'failed', error: { code: 'disk-full', kind: 'output' } });
    const [file] = end.files;
    expect(file?.duration).toBeGreaterThan(0);
    expect(rig.timeline).toMatchObject({
      state: 'ended',
      end: { reason: 'failed', error: { code: 'disk-full' } },
    });
    expect(rig.timeline.files).toEqual([expect.objectContaining({ duration: file?.duration })]);
  });

  it('that is slow loses pictures first, and goes on with a key frame', async () => {
    const rig = new RecordingRig({ queueLimit: 100_000 });
    rig.join('ab12');
    const [sound, picture] = [rig.add('ab12', 'audio'), rig.add('ab12', 'video')];
    await rig.play(picture, 0, 10);
    await settled(() => rig.recorder.statistics.bytes > 0 || rig.recorder.statistics.waiting > 0);
    const gate = withResolvers();
    rig.disk.gate = gate;
    await rig.play(picture, 1_000, 900, 10);
    expect(rig.recorder.statistics.dropped).toBeGreaterThan(0);
    expect(rig.recorder.statistics.waiting).toBeLessThan(140_000);
    const dropped = rig.recorder.statistics.dropped;
    await rig.play(sound, 31_000, 5);
    expect(rig.recorder.statistics.dropped).toBe(dropped);
    expect(rig.warnings).toEqual(['disk-slow']);
    rig.disk.gate = undefined;
    gate.resolve();
    await settled(() => {
      rig.clock.advance(100);
      return rig.recorder.statistics.waiting < 40_000;
    });
    await rig.play(picture, 34_000, 60, 911);
    const end = await rig.recorder.stop();
    expect(end).toMatchObject({ reason: 'stopped', gaps: 1 });
    const [gap] = rig.timeline.events.filter(({ type }) => type === 'gap');
    expect(gap).toMatchObject({ source: 'ab12-v0', kind: 'video', reason: 'overload' });
  });
});

describe('a name', () => {
  it.each([
    ['ab12', '0007-ab12-audio.webm'],
    ['../../etc/passwd', '0007-etcpasswd-audio.webm'],
    ['con', '0007-con-audio.webm'],
    ['\u202e\0/.', '0007-audio.webm'],
    ['x'.repeat(500), `0007-${'x'.repeat(24)}-audio.webm`],
  ])('of a file for %j is %s', (id, name) => {
    expect(fileNameOf(7, id, 'audio', 'webm')).toBe(name);
  });
});

describe('silence', () => {
  it.each([2.5, 20, 32.5, 40, 119, 120, 1_000, 1_234.5])(
    'of %d ms is packets that a decoder takes',
    (length) => {
      const packets = [...silenceFor(length)];
      expect(packets.every(({ data }) => isOpusPacket(data))).toBe(true);
      expect(packets.map(({ data }) => opusDuration(data))).toEqual(packets.map(({ duration }) => duration));
      const sum = packets.reduce((total, { duration }) => total + duration, 0);
      expect(length - sum).toBeGreaterThanOrEqual(0);
      expect(length - sum).toBeLessThan(2.5);
    },
  );
});

/** Profile 0, shown, a key frame of 352 × 288 (VP9 bitstream specification, 6.2). */
const vp9KeyFrame: Uint8Array = Uint8Array.from([0x82, 0x49, 0x83, 0x42, 0x00, 0x15, 0xf0, 0x11, 0xf6, 0, 0]);
/** As lib-jitsi-meet ends them: a vector of 12 bytes, its length, the key's index. */
const encryptedFrame: Uint8Array = Uint8Array.from([
  0x78,
  ...Array.from({ length: 60 }, (_, at) => at),
  12,
  0,
]);

async function settled(condition: () => boolean): Promise<void> {
  for (let step = 0; step < 10_000 && !condition(); step++)
    await new Promise((resolve) => setImmediate(resolve));
  expect(condition()).toBe(true);
}
