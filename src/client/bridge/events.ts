/** The events of a bridge, as users see them. */
import type { EventNames } from '../../base/emitter.ts';
import type { JitsiError } from '../../base/errors.ts';
import type {
  AudioSourceMapping,
  BridgeMessage,
  VideoSourceMapping,
} from '../../jitsi/bridge-messages/index.ts';
import type { ReceivedRaw } from '../../rtc/raw-reader.ts';

export type BridgeCloseReason =
  /** we left the room, or closed it */
  | 'left'
  | 'session-ended'
  /** another connection of the same endpoint has taken its place */
  | 'replaced'
  /** the bridge has forgotten us for want of traffic */
  | 'expired'
  /** the bridge does not know us any more: each try was answered with 403 or 404 */
  | 'refused'
  /** the bridge let us go, and there is nobody to talk to */
  | 'alone'
  /** a data channel ended, which cannot be opened again */
  | 'lost';

/** Why there will be no channel any more. It is no error: `bridge.closed` resolves with it. */
export interface BridgeCloseInfo {
  reason: BridgeCloseReason;
  /** In words. */
  text?: string;
}

export type RawMessage = ReceivedRaw;

/** Payloads by event name. */
export interface BridgeEvents {
  /** Messages can be sent. What was set with the senders whose word is kept has been sent. */
  opened: { transport: 'ws' | 'sctp' };
  /** A channel that was open is not any more. */
  down: { reason: string };
  /** The last event of all. */
  closed: { info: BridgeCloseInfo };
  /** Each message. While somebody listens, bytes are parsed as JSON too, which takes several times as long. */
  messageReceived: { message: BridgeMessage };
  /** Each message but those with bytes: for those who take both, and want the bytes fast. */
  plainReceived: { message: BridgeMessage };
  /** Bytes of another participant. */
  rawReceived: RawMessage;
  /** Who is heard best, as the bridge finds. */
  dominantSpeakerChanged: {
    endpointId: string;
    /** Newest first, at most ten. */
    previousSpeakers: readonly string[];
    silence: boolean;
  };
  /** The bridge hears somebody, perhaps us, or does not any more. */
  endpointConnectivityChanged: { endpointId: string; isActive: boolean };
  /** Names of all the video sources that are forwarded to us from now on. */
  forwardedSourcesChanged: { sources: readonly string[] };
  /** Pixels that anybody wants of a video source of ours; 0: none, -1: no limit. */
  senderConstraintsChanged: { sourceName: string; maxHeight: number };
  /** SSRC rewriting: what SSRCs carry from now on. */
  sourcesMapped:
    | { kind: 'audio'; sources: readonly AudioSourceMapping[] }
    | { kind: 'video'; sources: readonly VideoSourceMapping[] };
  /** bit/s that the bridge thinks it can send to us. */
  connectionStats: { estimatedDownlinkBandwidth: number };
  /** Something that was survived: a message that is not valid, a message that was lost, a listener that failed. */
  warning: { error: JitsiError };
}

export const bridgeEventNames: EventNames<BridgeEvents> = {
  opened: true,
  down: true,
  closed: true,
  messageReceived: true,
  plainReceived: true,
  rawReceived: true,
  dominantSpeakerChanged: true,
  endpointConnectivityChanged: true,
  forwardedSourcesChanged: true,
  senderConstraintsChanged: true,
  sourcesMapped: true,
  connectionStats: true,
  warning: true,
};

/** Messages to be read with `for await`, from the moment it was made. */
export interface MessageStream<Message> extends AsyncIterableIterator<Message>, AsyncDisposable {
  /** Messages that were lost because the loop was too slow; only over a data channel, which cannot be held back. */
  readonly dropped: number;
}
