/** The events of a conference, as users see them. */
import type { ConferenceEventPayloads } from '../conference/events.ts';
import type { CloseInfo } from '../conference/io.ts';
import type { SessionEnd } from '../conference/offered-session.ts';
import type { ParticipantState } from '../conference/roster.ts';
import type { SourceSet } from '../jingle/model.ts';
import type { MediaSession } from './media-session.ts';

type SessionEventNames = 'sessionOffered' | 'sessionEnded' | 'sourcesAdded' | 'sourcesRemoved';

/** Payloads by event name. */
export interface ConferenceEvents extends Omit<ConferenceEventPayloads, SessionEventNames> {
  handRaised: { participant: ParticipantState };
  handLowered: { participant: ParticipantState };
  sessionOffered: { session: MediaSession };
  sessionEnded: { session: MediaSession; end: SessionEnd };
  sourcesAdded: { session: MediaSession; added: SourceSet };
  sourcesRemoved: { session: MediaSession; removed: SourceSet };
  /** The last event of all. */
  ended: { info: CloseInfo };
}
