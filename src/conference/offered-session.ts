/** A media session between the focus' offer and its end. */
import type { JingleMessage } from '../jingle/model.ts';
import type { SourceMap } from '../jingle/source-map.ts';

/** A session that the focus offered. */
export interface OfferedSession {
  sid: string;
  /** Occupant JID to which everything about the session is sent. */
  peer: string;
  /** The offer as it came. */
  offer: JingleMessage;
  /** Everybody's sources, kept up to date by source-add and source-remove. */
  sources: SourceMap;
}

export interface SessionEnd {
  /** `replaced` when a new offer took its place, else the Jingle reason: `success`, `expired`, `decline`, … */
  reason: string;
  text?: string;
  by: 'focus' | 'us';
}
