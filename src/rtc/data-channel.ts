/** A data channel as a port (RFC 8831, 8832): ordered and reliable, text and bytes. */

export interface DataChannelOptions {
  label: string;
  protocol: string;
}

export interface DataChannelHandlers {
  /** The other side's acknowledgement has come; a bridge that takes no further channel never sends it. */
  opened(): void;
  /** A text as string or as its UTF-8 bytes, as the engine has it. Binary messages are given with `isBinary`. */
  message(data: string | Buffer, isBinary: boolean): void;
  /** So many bytes of what waited have left; only werift tells. */
  sent?(bytes: number): void;
  /** `bufferedAmount` has fallen to {@link lowWater} or below. */
  drained(): void;
  /** It is closed, or will never open. The last call; called once. */
  closed(reason: string): void;
}

export interface DataChannel {
  readonly label: string;
  readonly protocol: string;
  /** Bytes that were sent and have not left. */
  readonly bufferedAmount: number;
  /** Largest message in bytes. */
  readonly maxMessageSize: number;
  /** Who is told; set once, at once after the channel was made. */
  handle(handlers: DataChannelHandlers): void;
  /**
   * Sends a text: a string, or its UTF-8 bytes. The bytes are not to be changed afterwards.
   * @throws MediaError `message-too-large`, `channel-closed`
   */
  send(text: string | Uint8Array): void;
  /** No handler is called any more. */
  close(): void;
}

/** Bytes at which a sender that had to stop may go on. Engines get slow with more than a few messages in their queues. */
export const lowWater: number = 16 * 1024;
