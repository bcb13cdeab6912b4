/** What happened, in the order in which it was known. Times are seconds since the recording began, on the clock of the frames. */

export type GapReason =
  /** packets that never came */
  | 'loss'
  /** our connection was lost, or the bridge was changed */
  | 'connection'
  /** the disk, or this process, was too slow */
  | 'overload';

export type TimelineEvent =
  | { type: 'participant-joined'; participant: string; name: string }
  | { type: 'participant-left'; participant: string; name: string; reason: string }
  | { type: 'name-changed'; participant: string; name: string; before: string }
  | {
      type: 'source-added' | 'source-removed' | 'source-muted' | 'source-unmuted' | 'source-encrypted';
      source: string;
      participant: string;
      name: string;
      kind: 'audio' | 'video';
      videoType?: 'camera' | 'desktop';
      /** Of `source-added`. */
      muted?: boolean;
    }
  | { type: 'speaking-started' | 'speaking-stopped'; participant: string; name: string }
  | { type: 'dominant-speaker'; participant: string; name: string }
  | { type: 'hand-raised' | 'hand-lowered'; participant: string; name: string }
  | { type: 'message'; participant: string | null; name: string; text: string }
  | { type: 'subject'; subject: string }
  /** `at` is its beginning, known when it is over. */
  | {
      type: 'gap';
      source: string;
      participant: string;
      kind: 'audio' | 'video';
      /** Seconds. */
      duration: number;
      reason: GapReason;
    }
  /** The signalling; media may go on. */
  | { type: 'reconnecting' }
  | { type: 'reconnected'; away: number }
  /** The session with the bridge. */
  | { type: 'session-begun' }
  | { type: 'session-ended'; reason: string };

export type TimelineEntry = { at: number } & TimelineEvent;

/** A file of one source, from one pause of a source to the next. */
export interface RecordedFile {
  path: string;
  /** Endpoint id. */
  participant: string;
  /** Display name when it began, or the endpoint id. */
  name: string;
  source: string;
  kind: 'audio' | 'video';
  codec: string;
  videoType?: 'camera' | 'desktop';
  /** Pixels, of its first picture. */
  width?: number;
  height?: number;
  /** Seconds from the recording's beginning to the file's. */
  offset: number;
  /** Seconds. */
  duration: number;
  bytes: number;
}

/** Media that is not for us to read. */
export interface EncryptedSource {
  source: string;
  participant: string;
  name: string;
  kind: 'audio' | 'video';
  state: 'encrypted';
  /** Seconds. */
  offset: number;
}
