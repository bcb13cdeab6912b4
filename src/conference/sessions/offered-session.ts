/** A media session as the layers above see it. */
import type { IceTransport, JingleMessage } from '../../jingle/model.ts';
import type { SessionState } from '../../jingle/session-io.ts';
import type { SourceMap } from '../../jingle/source-map.ts';

/** A session that the focus offered. */
export interface OfferedSession {
  readonly sid: string;
  /** Occupant JID to which everything about the session is sent. */
  readonly peer: string;
  /** The offer as it came. */
  readonly offer: JingleMessage;
  readonly state: SessionState;
  /** Everybody's sources, kept up to date by source-add and source-remove. */
  readonly sources: SourceMap;
  /** ICE and DTLS parameters of the bridge, kept up to date by transport-info. */
  readonly transport: IceTransport | undefined;
}
