/** A media session as those see it that carry it to the bridge. */
import type { IceTransport, JingleMessage, JingleReason, SourceSet } from '../../jingle/model.ts';
import type { SessionState } from '../../jingle/session-io.ts';
import type { IceServer } from '../../jitsi/ice-servers.ts';
import type { PeerTransport } from '../../rtc/peer-transport.ts';

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
  addSources(sources: SourceSet): Promise<void>;
  removeSources(sources: SourceSet): Promise<void>;
  terminate(reason: JingleReason): void;
}

/** Audio and video of a session on its transport, until it ends. */
export interface CarriedMedia {
  /** Ours, for the accept. */
  readonly sources: SourceSet;
  /** The transport has another state. */
  transportChanged(): void;
}

/** As much of a transport as media takes. */
export type MediaTransport = Pick<PeerTransport, 'state' | 'openRtp'>;

/** Called once for a session, right before it is accepted. Undefined when there is no media on it. */
export type OpenMedia = (session: CarriedSession, transport: MediaTransport) => CarriedMedia | undefined;

/** What happens to a session. The returned functions end the subscription. */
export interface SessionNews {
  onRemoteTransport(listener: (transport: IceTransport) => void): () => void;
  onEnded(listener: () => void): () => void;
}
