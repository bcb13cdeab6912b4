/** What can be seen of a conference from outside. */
import type { SourceSet } from '../../jingle/model.ts';
import type { Conference } from './conference.ts';
import type { ParticipantFeatures } from './features.ts';

export interface ParticipantView {
  endpointId: string;
  sid: string | undefined;
  /** `inviting` until the offer is out, `pending` until it is accepted. */
  state: 'inviting' | 'pending' | 'active' | 'ended';
  features: ParticipantFeatures;
  sources: SourceSet;
}

export interface ConferenceView {
  room: string;
  /** Nick of the member that the focus made the owner. */
  owner: string | undefined;
  /** Nicks of all members. */
  members: readonly string[];
  participants: readonly ParticipantView[];
}

export function viewConference(conference: Conference): ConferenceView {
  return {
    room: conference.room,
    owner: conference.owner,
    members: conference.members.map(({ nick }) => nick),
    participants: conference.media.all().map((participant) => ({
      endpointId: participant.id,
      sid: participant.session?.sid,
      state: participant.session?.state ?? 'inviting',
      features: participant.features,
      sources: conference.media.sourcesOf(participant),
    })),
  };
}
