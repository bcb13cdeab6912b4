/** A data channel in the network thread. */
import { JitsiError } from '../../../base/errors.ts';
import type { DataChannel } from '../../data-channel.ts';
import type { Outbox } from './outbox.ts';

export class ChannelSide {
  readonly #channel: DataChannel;
  readonly #number: number;
  readonly #outbox: Outbox;
  readonly #closed: () => void;
  /** Bytes that have left and were not told of. */
  #sent = 0;

  constructor(channel: DataChannel, number: number, outbox: Outbox, closed: () => void) {
    this.#channel = channel;
    this.#number = number;
    this.#outbox = outbox;
    this.#closed = closed;
    channel.handle({
      opened: () => outbox.tell({ name: 'channelOpened', channel: number }),
      message: (data, isBinary) => this.#received(data, isBinary),
      sent: (bytes) => this.#left(bytes),
      drained() {},
      closed: (reason) => this.#end(reason),
    });
  }

  send(text: string | Uint8Array): void {
    try {
      this.#channel.send(text);
    } catch (error) {
      // It has just closed, and says so.
      if (!(error instanceof JitsiError)) throw error;
    }
  }

  close(): void {
    this.#channel.close();
  }

  #received(data: string | Buffer, isBinary: boolean): void {
    const channel = this.#number;
    // It is reliable, so nothing may be left out; and the other side does not see that nobody reads.
    if (this.#outbox.isFull) return this.#end('the program has not read what came for too long');
    if (typeof data === 'string') {
      this.#outbox.tell({ name: 'channelMessage', channel, data, isBinary });
      return;
    }
    // What is handed over is all the memory that the bytes are a part of.
    const own = new Uint8Array(data);
    this.#outbox.tell({ name: 'channelMessage', channel, data: own, isBinary }, [own.buffer]);
  }

  #end(reason: string): void {
    this.#channel.close();
    this.#closed();
    this.#outbox.tell({ name: 'channelClosed', channel: this.#number, reason });
  }

  #left(bytes: number): void {
    if (this.#sent === 0) setImmediate(this.#tell);
    this.#sent += bytes;
  }

  readonly #tell = (): void => {
    const bytes = this.#sent;
    this.#sent = 0;
    this.#outbox.tell({ name: 'channelSent', channel: this.#number, bytes });
  };
}
