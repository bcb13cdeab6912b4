/** The sources of the others in a room and a time that are made up. */
import { RemoteSources } from '../../../../../src/client/media/remote/remote-sources.ts';
import type { RemoteTrack } from '../../../../../src/client/media/remote/remote-track.ts';
import type { Participant } from '../../../../../src/conference/room/roster.ts';
import type { Source, SourceSet, SsrcGroup } from '../../../../../src/jingle/model.ts';
import { ManualClock } from '../../../../support/manual-clock.ts';

export function participant(
  id: string,
  sources?: Record<string, { muted: boolean; videoType?: 'camera' | 'desktop' }>,
): Participant {
  return {
    id,
    ...(sources && {
      sources: Object.entries(sources).map(([name, state]) => ({
        name,
        mediaType: name.includes('-a') ? ('audio' as const) : ('video' as const),
        ...state,
      })),
    }),
    audioMuted: !sources,
    videoMuted: !sources,
  } as unknown as Participant;
}

export class Rig {
  readonly clock: ManualClock = new ManualClock();
  readonly told: string[] = [];
  readonly room: Map<string, Participant> = new Map();
  readonly sources: RemoteSources;

  constructor(isRewriting = false) {
    this.sources = new RemoteSources({
      clock: this.clock,
      isRewriting,
      mediaClock: this.clock,
      speaks: (id, someone, isSpeaking) => this.told.push(`${id} ${someone?.displayName} ${isSpeaking}`),
      participant: (id) => this.room.get(id),
      requestHeight: (name, height) => {
        this.told.push(`${name} ${height}`);
        return () => void this.told.push(`${name} as before`);
      },
      emit: (event, { sourceName }) => this.told.push(`${event} ${sourceName}`),
    });
  }

  comes(someone: Participant): void {
    this.room.set(someone.id, someone);
    this.sources.participantChanged(someone);
  }

  /** @param mayReturn nobody knows that they left */
  leaves(id: string, mayReturn = false): void {
    const gone = this.room.get(id) ?? participant(id);
    this.room.delete(id);
    this.sources.participantLeft(gone, mayReturn);
  }

  track(name: string): RemoteTrack {
    const track = this.sources.tracks.get(name);
    if (!track) throw new Error(`there is no track ${name}`);
    return track;
  }
}

export const audio = (owner: string, ssrc: number): Source => ({
  ssrc,
  mediaType: 'audio',
  owner,
  name: `${owner}-a0`,
});
export const video = (owner: string, ssrc: number, index = 0): Source => ({
  ssrc,
  mediaType: 'video',
  owner,
  name: `${owner}-v${index}`,
});
export const group = (semantics: string, ...ssrcs: number[]): SsrcGroup => ({
  semantics,
  ssrcs,
  mediaType: 'video',
});
export const set = (sources: Source[], groups: SsrcGroup[] = []): SourceSet => ({ sources, groups });
