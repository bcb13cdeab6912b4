/** One connection to an endpoint that carries bridge messages: a WebSocket or a data channel, seen alike. */

import type { PausableChannel } from './back-pressure.ts';
import type { OutgoingMessage } from './outgoing-message.ts';

export type ChannelKind = 'ws' | 'sctp';

/** Why a message did not go out. */
export type SendFault =
  /** more than the transport takes */
  | 'too-large'
  /** the endpoint does not read fast enough */
  | 'slow-receiver';

export interface Channel extends PausableChannel {
  readonly kind: ChannelKind;
  /** Returns why it was lost, if it was. @param sender waits if the endpoint does not read as fast */
  send(message: OutgoingMessage, sender?: PausableChannel): SendFault | undefined;
  /** Closes it; code and reason are for WebSockets, data channels have none. */
  close(code: number, reason: string): void;
  /** Breaks it, without a closing handshake where there is one. */
  terminate(): void;
}

export interface ChannelHandlers {
  /** A text message; the bytes may be kept. */
  message(text: Buffer): void;
  /** The last call, however it ended. */
  closed(): void;
}
