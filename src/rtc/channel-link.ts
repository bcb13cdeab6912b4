/** One connection that carries bridge messages: a colibri WebSocket or an SCTP data channel, seen alike. */
import type { JitsiError } from '../base/errors.ts';

/** How a link ended, or why it never opened. */
export interface LinkEnd {
  /** It had been open. */
  wasOpen: boolean;
  /** Close code of a WebSocket (RFC 6455, 7.4). */
  code?: number;
  /** HTTP status with which a WebSocket was refused. */
  status?: number;
  /** In words; the other side's own where it gave any. */
  reason: string;
  error?: JitsiError;
}

export interface ChannelLinkHandlers {
  /** Messages can be sent, and will be received. */
  opened(): void;
  /** A text message: a string, or its UTF-8 bytes that are the receiver's only during the call. */
  message(data: string | Buffer): void;
  /** What was sent has left so far that more may follow. */
  drained(): void;
  /** The last call; called once, unless the link was closed by us. */
  closed(end: LinkEnd): void;
}

export interface ChannelLink {
  /** Largest message in bytes of UTF-8 that the other side takes. */
  readonly sizeLimit: number;
  /** Bytes that were sent and have not left. */
  readonly bufferedAmount: number;
  /** Sends a text, as string or as UTF-8 bytes, which are not to be changed afterwards. What cannot be sent any more is lost. */
  send(text: string | Uint8Array): void;
  /**
   * Stops reading from the network until `resume()`; messages that have been read may still come. Returns false where the
   * transport cannot do that.
   */
  pause(): boolean;
  resume(): void;
  /** Closes it; no handler is called any more. */
  close(): void;
}

/** A way to the bridge. */
export interface ChannelRoute {
  readonly kind: 'ws' | 'sctp';
  /** For logs: where to, without secrets. */
  readonly name: string;
  open(handlers: ChannelLinkHandlers): ChannelLink;
}
