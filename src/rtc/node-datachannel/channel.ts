/** A data channel of libdatachannel. */
import { isAscii } from 'node:buffer';
import type { DataChannel as NativeChannel } from 'node-datachannel';
import { MediaError } from '../../base/errors.ts';
import {
  type DataChannel,
  type DataChannelHandlers,
  type DataChannelOptions,
  lowWater,
} from '../data-channel.ts';
import { maxMessageSize, messageTooLarge } from '../message-size.ts';

export class NodeDataChannel implements DataChannel {
  readonly label: string;
  readonly protocol: string;
  readonly maxMessageSize: number = maxMessageSize;
  readonly #native: NativeChannel;
  #handlers: DataChannelHandlers | undefined;
  #state: 'opening' | 'open' | 'closed' = 'opening';
  /** What was sent before the channel was open. */
  #early: string[] = [];
  #earlySize = 0;

  constructor({ label, protocol }: DataChannelOptions, native: NativeChannel) {
    this.label = label;
    this.protocol = protocol;
    this.#native = native;
    native.setBufferedAmountLowThreshold(lowWater);
    native.onOpen(() => this.#opened());
    native.onMessage((message) => {
      if (this.#state === 'closed') return;
      if (typeof message === 'string') this.#handlers?.message(message, false);
      else this.#handlers?.message(Buffer.from(message as ArrayBuffer), true);
    });
    native.onBufferedAmountLow(() => {
      if (this.#state === 'open') this.#handlers?.drained();
    });
    native.onClosed(() => this.end('the other side has closed the channel'));
  }

  get bufferedAmount(): number {
    return this.#state === 'open' ? this.#native.bufferedAmount() : this.#earlySize;
  }

  handle(handlers: DataChannelHandlers): void {
    this.#handlers = handlers;
  }

  send(text: string | Uint8Array): void {
    if (this.#state === 'closed') {
      throw new MediaError('sending a message: the data channel is closed', { code: 'channel-closed' });
    }
    const size = typeof text === 'string' ? Buffer.byteLength(text) : text.length;
    if (size > maxMessageSize) throw messageTooLarge(size);
    if (this.#state === 'open') this.#native.sendMessage(textOf(text));
    else {
      this.#early.push(textOf(text));
      this.#earlySize += size;
    }
  }

  close(): void {
    this.abandon();
    this.#native.close();
  }

  /** It has ended without our doing. */
  end(reason: string): void {
    if (this.#state === 'closed') return;
    const handlers = this.#handlers;
    this.abandon();
    queueMicrotask(() => handlers?.closed(reason));
  }

  /** It ends without a word. */
  abandon(): void {
    this.#state = 'closed';
    this.#handlers = undefined;
    this.#forgetEarly();
  }

  #opened(): void {
    if (this.#state !== 'opening') return;
    this.#state = 'open';
    for (const text of this.#early) this.#native.sendMessage(text);
    this.#forgetEarly();
    this.#handlers?.opened();
  }

  #forgetEarly(): void {
    this.#early = [];
    this.#earlySize = 0;
  }
}

/** libdatachannel sends bytes as a binary message only, which bridges ignore. */
function textOf(text: string | Uint8Array): string {
  if (typeof text === 'string') return text;
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  return isAscii(bytes) ? bytes.toString('latin1') : bytes.toString('utf8');
}
