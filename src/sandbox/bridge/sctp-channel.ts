/**
 * The data channel of an endpoint. What it is given waits here, not in the engine, whose cost grows with its own queue
 * (jitsi-videobridge `DataChannelStack.kt`, dcSCTP's send buffer and largest message).
 */
import type { Logger } from '../../base/logger.ts';
import { type DataChannel, lowWater } from '../../rtc/data-channel.ts';
import type { Channel, ChannelHandlers, SendFault } from './channel.ts';
import type { OutgoingMessage } from './outgoing-message.ts';

/** Bytes of a message to a client. */
const messageLimit = 262_144;
/** Bytes that may wait; what comes then is lost. */
const bufferLimit = 2_000_000;
/** Bytes from which on the engine is given no more. */
const highWater = 4 * lowWater;

export class SctpChannel implements Channel {
  readonly kind = 'sctp';
  readonly #channel: DataChannel;
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #isClosed = false;

  constructor(channel: DataChannel, logger: Logger, handlers: ChannelHandlers) {
    this.#channel = channel;
    channel.handle({
      opened() {},
      message(data, isBinary) {
        if (isBinary) logger.log('debug', 'a binary message is ignored');
        else handlers.message(textOf(data));
      },
      drained: () => this.#pump(),
      closed: () => {
        this.#end();
        handlers.closed();
      },
    });
  }

  send(message: OutgoingMessage): SendFault | undefined {
    if (message.size > messageLimit) return 'too-large';
    if (this.#waitingBytes + message.size > bufferLimit) return 'slow-receiver';
    if (this.#isClosed) return undefined;
    this.#waiting.push(message.bytes);
    this.#waitingBytes += message.size;
    this.#pump();
    return undefined;
  }

  close(): void {
    this.#end();
    this.#channel.close();
  }

  terminate(): void {
    this.close();
  }

  #pump(): void {
    while (this.#channel.bufferedAmount < highWater) {
      const message = this.#waiting.shift();
      if (!message) return;
      this.#waitingBytes -= message.length;
      this.#channel.send(message);
    }
  }

  #end(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
  }
}

/** Whoever gets it over a WebSocket would have to break off at bytes that are not UTF-8; they are replaced, as in Java strings. */
function textOf(data: string | Buffer): Buffer {
  return Buffer.from(typeof data === 'string' ? data : data.toString('utf8'));
}
