/** A media session as its negotiator sees it. */
import type { JitsiError } from '../../base/errors.ts';
import type { IceTransport, JingleMessage, JingleReason, SourceSet } from '../../jingle/model.ts';
import type { SourceState } from '../../jitsi/source-info.ts';
import type { SourceChange } from '../../sdp/local-sources.ts';

export interface NegotiatedSession {
  readonly sid: string;
  readonly endpointId: string;
  /** With the sources and the transport that are known now. */
  currentOffer(): JingleMessage;
  accept(accept: JingleMessage): Promise<void>;
  addSources(sources: SourceSet): Promise<void>;
  removeSources(sources: SourceSet): Promise<void>;
  trickle(transport: IceTransport): Promise<void>;
  restartIce(): Promise<void>;
  terminate(reason?: JingleReason): void;
  /** Tells the room of all our sources. */
  present(sources: readonly SourceState[]): void;
  /** Sources of others have come or gone. The returned functions end the subscription. */
  onSources(listener: (change: SourceChange) => void): () => void;
  /** The bridge has more candidates, or new credentials. */
  onRemoteTransport(listener: (transport: IceTransport) => void): () => void;
  onEnded(listener: () => void): () => void;
  /** Something that nobody waits for has failed. */
  warn(error: JitsiError): void;
}
