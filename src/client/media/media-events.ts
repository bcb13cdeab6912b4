/** What the conference's media tells its users. */
import type { BridgeEvents } from '../bridge/events.ts';
import type { RemoteTrack } from './remote-track.ts';

/** Payloads by event name. */
export interface TrackEvents {
  /** Somebody has audio or video, muted or not. */
  trackAdded: { track: RemoteTrack };
  /** It is gone for good: it was taken back, or its owner left. */
  trackRemoved: { track: RemoteTrack };
  trackMuted: { track: RemoteTrack };
  trackUnmuted: { track: RemoteTrack };
}

/** Those of the bridge are told whichever bridge it is. */
export interface MediaEvents
  extends TrackEvents,
    Pick<
      BridgeEvents,
      'dominantSpeakerChanged' | 'forwardedSourcesChanged' | 'endpointConnectivityChanged'
    > {}
