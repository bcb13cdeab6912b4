/** What a participant has seen and done, as it tells it: plain data, for it goes from one process to another. */

export type LineKind = 'chat' | 'private';

export interface SentLine {
  text: string;
  kind: LineKind;
  /** `confirmed`, the code of the error, or `pending`. */
  outcome: string;
  /** ms since the epoch, on the machine's clock, which all processes share. */
  at: number;
}

export interface HeardLine {
  text: string;
  kind: LineKind;
  isHistory: boolean;
  at: number;
}

/** The connection was away from `from` to `to`. */
export interface Absence {
  from: number;
  to: number;
  resumed: boolean;
}

/** The connection was lost, or a try to have it back failed. */
export interface Trial {
  attempt: number;
  cause: string;
  at: number;
  nextAt: number;
}

export interface SeenTrack {
  sourceName: string;
  kind: 'audio' | 'video';
  /** One number for each object. */
  object: number;
  frames: number;
}

export interface Ledger {
  /** Of the conference. */
  state: string;
  endpointId: string;
  /** All that it has had, the last one last. */
  endpointIds: string[];
  /** Display names of the others in the room, by endpoint id. */
  others: Record<string, string>;
  /** Display names of everybody that was ever told to have come. */
  everSeen: string[];
  sent: SentLine[];
  heard: HeardLine[];
  absences: Absence[];
  trials: Trial[];
  /** Texts of bridge messages. */
  bridgeHeard: string[];
  tracks: SeenTrack[];
  /** Endpoint ids of those who were told to have left. */
  left: string[];
  /** What the focus asked for, in words: for whoever looks into a problem. */
  jingle: string[];
  /** How many sessions it was offered. */
  sessions: number;
  /** Codes of warnings, with how often. */
  warnings: Record<string, number>;
  /** Why it is over, if it is. */
  ended?: string;
}
