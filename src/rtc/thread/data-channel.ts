/** A data channel of a transport in the network thread. */
import { MediaError } from '../../base/errors.ts';
import {
  type DataChannel,
  type DataChannelHandlers,
  type DataChannelOptions,
  lowWater,
} from '../data-channel.ts';
import { maxMessageSize, messageTooLarge } from '../message-size.ts';
import type { Report } from './messages.ts';
import type { Addressee, NetworkThread } from './network-thread.ts';

export class ThreadedDataChannel implements DataChannel, Addressee<'channel'> {
  readonly label: string;
  readonly protocol: string;
  readonly maxMessageSize: number = maxMessageSize;
  readonly #thread: NetworkThread;
  readonly #number: number;
  #handlers: DataChannelHandlers | undefined;
  #bufferedAmount = 0;
  #isClosed = false;

  static open(thread: NetworkThread, transport: number, options: DataChannelOptions): ThreadedDataChannel {
    const channel = thread.newNumber();
    const opened = new ThreadedDataChannel(thread, channel, options);
    thread.channels.set(channel, opened);
    thread.tell({ name: 'openDataChannel', transport, channel, options });
    return opened;
  }

  private constructor(thread: NetworkThread, number: number, { label, protocol }: DataChannelOptions) {
    this.#thread = thread;
    this.#number = number;
    this.label = label;
    this.protocol = protocol;
  }

  get bufferedAmount(): number {
    return this.#bufferedAmount;
  }

  handle(handlers: DataChannelHandlers): void {
    this.#handlers = handlers;
  }

  send(text: string | Uint8Array): void {
    if (this.#isClosed)
      throw new MediaError('sending a message: the data channel is closed', { code: 'channel-closed' });
    const size = typeof text === 'string' ? Buffer.byteLength(text) : text.length;
    if (size > maxMessageSize) throw messageTooLarge(size);
    this.#bufferedAmount += size;
    // What is cloned of bytes is all the memory that they are a part of.
    const own = typeof text === 'string' ? text : new Uint8Array(text);
    this.#thread.tell({ name: 'sendText', channel: this.#number, text: own });
  }

  close(): void {
    if (this.#isClosed) return;
    this.abandon();
    this.#thread.tell({ name: 'closeDataChannel', channel: this.#number });
  }

  take(report: Extract<Report, { channel: number }>): void {
    switch (report.name) {
      case 'channelOpened':
        this.#handlers?.opened();
        return;
      case 'channelMessage':
        this.#handlers?.message(asText(report.data), report.isBinary);
        return;
      case 'channelSent':
        this.#sent(report.bytes);
        return;
      case 'channelClosed':
        this.lost(report.reason);
    }
  }

  lost(reason: string): void {
    if (this.#isClosed) return;
    this.abandon();
    this.#handlers?.closed(reason);
  }

  /** It ends without a word. */
  abandon(): void {
    this.#isClosed = true;
    this.#bufferedAmount = 0;
    this.#thread.channels.delete(this.#number);
  }

  #sent(bytes: number): void {
    const before = this.#bufferedAmount;
    this.#bufferedAmount -= bytes;
    if (before > lowWater && this.#bufferedAmount <= lowWater) this.#handlers?.drained();
  }
}

function asText(data: string | Uint8Array): string | Buffer {
  return typeof data === 'string' ? data : Buffer.from(data.buffer, data.byteOffset, data.length);
}
