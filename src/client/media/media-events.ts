/** What the conference's media tells its users. */
import type { Participant } from '../../conference/room/roster.ts';
import type { BridgeEvents } from '../bridge/events.ts';
import type { RemoteTrack } from './remote/remote-track.ts';

/** Payloads by event name. */
export interface TrackEvents {
  /** Somebody has audio or video, muted or not. */
  trackAdded: { track: RemoteTrack };
  /** It is gone for good: it was taken back, or its owner left. */
  trackRemoved: { track: RemoteTrack };
  /** Its owner, or a moderator, muted it. */
  trackMuted: { track: RemoteTrack };
  /** It is heard, or seen, again. */
  trackUnmuted: { track: RemoteTrack };
}

/** Somebody begins or ends to speak: several may at a time. */
export interface SpeakingChange {
  endpointId: string;
  /** As the room knows them. */
  participant: Participant | undefined;
  isSpeaking: boolean;
}

/** Those of the bridge are told whichever bridge it is. */
export interface MediaEvents
  extends TrackEvents,
    Pick<BridgeEvents, 'dominantSpeakerChanged' | 'forwardedSourcesChanged' | 'endpointConnectivityChanged'> {
  /**
   * By the levels in the audio that reaches us: a tenth of a second that is 12 dB louder than the noise there (at first -50 dBov, in a quiet
   * place -58), until 0.6 s are not even 7 dB louder.
   */
  speakingChanged: SpeakingChange;
}
