import { describe, expect, it } from 'vitest';
import { reportMedia } from '../../../../src/cli/media/media-report.ts';
import { Output } from '../../../../src/cli/streams/output.ts';
import type { RemoteTrack } from '../../../../src/client/media/remote/remote-track.ts';
import { testIo } from '../cli-io.ts';
import { FakeMediaRoom } from './fake-media-room.ts';

function happenings(json: boolean): { out: string; err: string } {
  const io = testIo();
  const room = new FakeMediaRoom();
  room.enter('b0b', 'bob');
  room.addTrack('b0b-a0').muted = true;
  let isLeaving = false;
  reportMedia(room, new Output(io, { json, quiet: false, debug: false }), () => isLeaving);
  room.acceptSession();
  room.addTrack('b0b-v0');
  const track = room.tracks.get('b0b-a0') as RemoteTrack;
  room.events.emit('trackUnmuted', { track });
  room.events.emit('dominantSpeakerChanged', { endpointId: 'b0b', previousSpeakers: [], silence: false });
  room.events.emit('dominantSpeakerChanged', { endpointId: 'me', previousSpeakers: ['b0b'], silence: false });
  room.events.emit('muted', { mediaType: 'audio', actor: 'b0b' });
  room.events.emit('muted', { mediaType: 'desktop' });
  room.participants.delete('b0b');
  room.removeTrack('b0b-v0');
  room.endSession({ reason: 'success', text: 'moving', by: 'focus', nextOffer: 'at-once' });
  isLeaving = true;
  room.removeTrack('b0b-a0');
  return { out: io.out(), err: io.err() };
}

describe('what is told of media', () => {
  it('is words for people', () => {
    const { out, err } = happenings(false);
    expect(out).toBe('');
    expect(err.split('\n')).toEqual([
      '* bob: audio b0b-a0 added, muted',
      '* media session begun',
      '* bob: video b0b-v0 added',
      '* bob: audio b0b-a0 unmuted',
      '* bob speaks',
      '* eve speaks',
      '* bob muted our audio',
      '* the room muted our desktop',
      '* bob: video b0b-v0 removed',
      '* media session over (success: moving)',
      '',
    ]);
  });

  it('is objects for programs', () => {
    const { out, err } = happenings(true);
    expect(err).toBe('');
    const objects = out
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    const audio = {
      type: 'track',
      source: 'b0b-a0',
      kind: 'audio',
      endpointId: 'b0b',
      participant: 'bob',
      muted: true,
    };
    expect(objects).toMatchObject([
      { ...audio, event: 'added' },
      { type: 'session', state: 'active' },
      { type: 'track', event: 'added', source: 'b0b-v0', kind: 'video', muted: false },
      { ...audio, event: 'unmuted' },
      { type: 'dominant-speaker', endpointId: 'b0b', participant: 'bob' },
      { type: 'dominant-speaker', endpointId: 'me', participant: 'eve' },
      { type: 'muted', kind: 'audio', endpointId: 'b0b', participant: 'bob' },
      { type: 'muted', kind: 'desktop', endpointId: null, participant: null },
      { type: 'track', event: 'removed', source: 'b0b-v0' },
      { type: 'session', state: 'ended', reason: 'success: moving' },
    ]);
  });
});
