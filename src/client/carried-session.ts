/** A media session as those see it that carry it to the bridge. */
import type { IceTransport, JingleMessage } from '../jingle/model.ts';
import type { SessionState } from '../jingle/session-io.ts';
import type { IceServer } from '../jitsi/ice-servers.ts';

export interface CarriedSession {
  readonly sid: string;
  readonly state: SessionState['name'];
  readonly offer: JingleMessage;
  /** The bridge's side, as it is known now. */
  readonly transport: IceTransport | undefined;
  /** SCTP port of the bridge's data channel, if it offers one. */
  readonly sctpPort: number | undefined;
  readonly iceServers: readonly IceServer[];
  accept(accept: JingleMessage): Promise<void>;
  trickle(transport: IceTransport): Promise<void>;
}

/** What happens to a session. The returned functions end the subscription. */
export interface SessionNews {
  onRemoteTransport(listener: (transport: IceTransport) => void): () => void;
  onEnded(listener: () => void): () => void;
}
