/**
 * The data channel of an endpoint. What it is given waits here, not in the engine, whose cost grows with its own queue
 * (jitsi-videobridge `DataChannelStack.kt`, dcSCTP's send buffer and largest message).
 */
import type { Clock } from '../../../base/clock.ts';
import type { Logger } from '../../../base/logger.ts';
import { type DataChannel, lowWater } from '../../../rtc/data-channel.ts';
import { BackPressure, type PausableChannel } from './back-pressure.ts';
import type { Channel, ChannelHandlers, SendFault } from './channel.ts';
import type { OutgoingMessage } from './outgoing-message.ts';

/** Bytes of a message to a client. */
const messageLimit = 262_144;
/** Bytes that wait when those who send are to wait too. */
const waitingHigh = 512 * 1024;
/** Bytes that may wait; what comes then is lost. */
const bufferLimit = 2_000_000;
/** Bytes from which on the engine is given no more. */
const highWater = 4 * lowWater;

export class SctpChannel implements Channel {
  readonly kind = 'sctp';
  readonly #channel: DataChannel;
  readonly #backPressure: BackPressure;
  readonly #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #isClosed = false;

  constructor(channel: DataChannel, clock: Clock, logger: Logger, handlers: ChannelHandlers) {
    this.#channel = channel;
    this.#backPressure = new BackPressure(clock);
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

  send(message: OutgoingMessage, sender?: PausableChannel): SendFault | undefined {
    if (message.size > messageLimit) return 'too-large';
    if (this.#waitingBytes + message.size > bufferLimit) return 'slow-receiver';
    if (this.#isClosed) return undefined;
    this.#waiting.push(message.bytes);
    this.#waitingBytes += message.size;
    this.#pump();
    if (sender && this.#waitingBytes > waitingHigh) this.#backPressure.hold(sender);
    return undefined;
  }

  /** SCTP has no way to say so that an engine offers. */
  pause(): void {}

  resume(): void {}

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
      if (!message) return this.#backPressure.caughtUp();
      this.#waitingBytes -= message.length;
      this.#channel.send(message);
    }
  }

  #end(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
    this.#backPressure.caughtUp();
  }
}

/** Whoever gets it over a WebSocket would have to break off at bytes that are not UTF-8; they are replaced, as in Java strings. */
function textOf(data: string | Buffer): Buffer {
  return Buffer.from(typeof data === 'string' ? data : data.toString('utf8'));
}
