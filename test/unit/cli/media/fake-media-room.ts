/** A room with tracks and no network, for the parts of `media`. */
import { Emitter } from '../../../../src/base/emitter.ts';
import type { Conference } from '../../../../src/client/conference.ts';
import { conferenceEventNames, type ConferenceEvents } from '../../../../src/client/conference-events.ts';
import type { RemoteTrack } from '../../../../src/client/media/remote/remote-track.ts';
import type { RemoteTrackStatistics } from '../../../../src/client/media/track-types.ts';
import type { Participant } from '../../../../src/conference/room/roster.ts';
import type { SessionEnd } from '../../../../src/jingle/session-io.ts';
import { participant } from '../participant.ts';

export interface FakeTrack {
  kind: 'audio' | 'video';
  sourceName: string;
  endpointId: string;
  muted: boolean;
  ssrc: number | undefined;
  suspended: boolean;
  statistics: RemoteTrackStatistics;
}

export class FakeMediaRoom {
  readonly events: Emitter<ConferenceEvents> = new Emitter<ConferenceEvents>(
    conferenceEventNames,
    (error) => {
      throw error;
    },
  );
  readonly participants: Map<string, Participant> = new Map();
  readonly tracks: Map<string, RemoteTrack> = new Map();
  readonly endpointId = 'me';
  readonly nick = 'eve';
  dominantSpeaker: string | undefined;
  session: Conference['session'] = undefined;
  readonly on: Conference['on'] = (event, listener) => this.events.on(event, listener);

  enter(id: string, displayName: string): void {
    this.participants.set(id, participant(id, { displayName }));
  }

  addTrack(sourceName: string, ssrc = 1): FakeTrack {
    const [endpointId = '', suffix = ''] = sourceName.split('-');
    const kind = suffix.startsWith('a') ? 'audio' : 'video';
    const track: FakeTrack = {
      kind,
      sourceName,
      endpointId,
      muted: false,
      ssrc,
      suspended: false,
      statistics: noFigures,
    };
    this.tracks.set(sourceName, track as RemoteTrack);
    this.events.emit('trackAdded', { track: track as RemoteTrack });
    return track;
  }

  removeTrack(sourceName: string): void {
    const track = this.tracks.get(sourceName);
    if (!track) throw new Error(`there is no ${sourceName}`);
    this.tracks.delete(sourceName);
    this.events.emit('trackRemoved', { track });
  }

  acceptSession(): void {
    this.events.emit('sessionAccepted', {} as ConferenceEvents['sessionAccepted']);
  }

  endSession(end: SessionEnd): void {
    this.events.emit('sessionEnded', { end } as ConferenceEvents['sessionEnded']);
  }
}

export const noFigures: RemoteTrackStatistics = {
  packets: 0,
  bytes: 0,
  lost: 0,
  recovered: 0,
  discarded: 0,
  frames: 0,
  keyFrames: 0,
  nacks: 0,
  keyFrameRequests: 0,
  jitter: 0,
  gaps: 0,
};
