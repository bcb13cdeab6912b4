/** The events of a conference, as users see them. */
import type { EventNames } from '../base/emitter.ts';
import type { MediaError } from '../base/errors.ts';
import type { ConferenceEventPayloads } from '../conference/events.ts';
import type { CloseInfo } from '../conference/io.ts';
import type { Participant } from '../conference/room/roster.ts';
import type { IceTransport, SourceSet } from '../jingle/model.ts';
import type { SessionEnd } from '../jingle/session-io.ts';
import type { SelectedCandidatePair } from '../rtc/selected-candidate-pair.ts';
import type { MediaEvents } from './media/media-events.ts';
import type { MediaSession } from './session/media-session.ts';

type SessionEventNames =
  | 'sessionOffered'
  | 'sessionAccepted'
  | 'sessionEnded'
  | 'sourcesAdded'
  | 'sourcesRemoved'
  | 'transportChanged';

/** Payloads by event name. */
export interface ConferenceEvents extends Omit<ConferenceEventPayloads, SessionEventNames>, MediaEvents {
  /** Somebody raised a hand; `participantChanged` tells of it too. */
  handRaised: { participant: Participant };
  /** Somebody lowered it. */
  handLowered: { participant: Participant };
  /** The focus offers a media session. */
  sessionOffered: { session: MediaSession };
  /** The focus took our session-accept. */
  sessionAccepted: { session: MediaSession };
  /** The session is over; `end` says why, and whether and when another is offered. */
  sessionEnded: { session: MediaSession; end: SessionEnd };
  /** RTP sources of others. */
  sourcesAdded: { session: MediaSession; added: SourceSet };
  /** RTP sources of others are gone. */
  sourcesRemoved: { session: MediaSession; removed: SourceSet };
  /**
   * The bridge has more candidates or, with `iceRestart`, new credentials: then ours of the same generation must follow by
   * `session.trickle`.
   */
  transportChanged: { session: MediaSession; transport: IceTransport; iceRestart: boolean };
  /** A session's transport of ours is connected, or by other addresses than before: by which, and by a relay or directly. */
  transportConnected: { session: MediaSession; candidatePair: SelectedCandidatePair };
  /** The connection to the bridge was there and has failed. `join` asks for a new session by itself. */
  transportFailed: { session: MediaSession; error: MediaError };
  /** The last event of all. */
  ended: { info: CloseInfo };
}

export const conferenceEventNames: EventNames<ConferenceEvents> = {
  participantJoined: true,
  participantLeft: true,
  participantChanged: true,
  handRaised: true,
  handLowered: true,
  selfChanged: true,
  permissionsChanged: true,
  messageReceived: true,
  messageRetracted: true,
  messageFailed: true,
  subjectChanged: true,
  jsonMessageReceived: true,
  roomInfoChanged: true,
  servicesChanged: true,
  iceServersChanged: true,
  focusChanged: true,
  muted: true,
  reconnecting: true,
  reconnected: true,
  sessionOffered: true,
  sessionAccepted: true,
  sessionEnded: true,
  sourcesAdded: true,
  sourcesRemoved: true,
  transportChanged: true,
  transportConnected: true,
  transportFailed: true,
  trackAdded: true,
  trackRemoved: true,
  trackMuted: true,
  trackUnmuted: true,
  dominantSpeakerChanged: true,
  speakingChanged: true,
  forwardedSourcesChanged: true,
  endpointConnectivityChanged: true,
  stanzaReceived: true,
  warning: true,
  ended: true,
};
