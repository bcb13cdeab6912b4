/**
 * One data channel. Messages wait here, and SCTP gets the next one when it has sent the last: what werift does for each packet
 * costs the more, the more of them wait in it.
 */
import { MediaError } from '../../../base/errors.ts';
import {
  type DataChannel,
  type DataChannelHandlers,
  type DataChannelOptions,
  lowWater,
} from '../../data-channel.ts';
import { maxMessageSize, messageTooLarge } from '../../message-size.ts';
import { callOut } from '../call-out.ts';
import { ppid } from './dcep.ts';
import { asBuffer } from '../bytes.ts';

/** What is below: one stream of the association. */
export interface SctpStream {
  /** Resolves when all of it is on its way; never, once the association has ended. */
  send(protocol: number, data: Buffer): Promise<void>;
  close(): void;
}

/** RFC 8831, 6.6: SCTP has no empty messages; one byte stands for them. */
const placeholder = Buffer.alloc(1);

export class SctpDataChannel implements DataChannel {
  readonly label: string;
  readonly protocol: string;
  readonly maxMessageSize: number = maxMessageSize;
  readonly #stream: SctpStream;
  readonly #queue = new MessageQueue();
  #handlers: DataChannelHandlers | undefined;
  #state: 'opening' | 'open' | 'closed' = 'opening';
  #bufferedAmount = 0;
  #isPumping = false;

  constructor({ label, protocol }: DataChannelOptions, stream: SctpStream) {
    this.label = label;
    this.protocol = protocol;
    this.#stream = stream;
  }

  get bufferedAmount(): number {
    return this.#bufferedAmount;
  }

  handle(handlers: DataChannelHandlers): void {
    this.#handlers = handlers;
  }

  send(text: string | Uint8Array): void {
    if (this.#state === 'closed') {
      throw new MediaError('sending a message: the data channel is closed', { code: 'channel-closed' });
    }
    const data = typeof text === 'string' ? Buffer.from(text) : asBuffer(text);
    if (data.length > maxMessageSize) throw messageTooLarge(data.length);
    this.#bufferedAmount += data.length;
    this.#queue.push(data);
    if (this.#state === 'open') void this.#pump();
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.abandon();
    this.#stream.close();
  }

  /** Whoever asked for the channel knows that it is there. */
  acknowledged(): void {
    if (this.#state !== 'opening') return;
    this.#state = 'open';
    this.#tell((handlers) => handlers.opened());
    void this.#pump();
  }

  receive(data: Buffer, isBinary: boolean): void {
    this.acknowledged(); // implied: the first message may come in the packet that opens the channel
    if (this.#state === 'open') this.#tell((handlers) => handlers.message(data, isBinary));
  }

  /** It has ended without our doing. */
  end(reason: string): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#forget();
    queueMicrotask(() => this.#handlers?.closed(reason));
  }

  /** It ends without a word. */
  abandon(): void {
    this.#state = 'closed';
    this.#handlers = undefined;
    this.#forget();
  }

  #forget(): void {
    this.#queue.clear();
    this.#bufferedAmount = 0;
  }

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    for (let data = this.#queue.shift(); data && this.#state === 'open'; data = this.#queue.shift()) {
      await (data.length === 0
        ? this.#stream.send(ppid.emptyText, placeholder)
        : this.#stream.send(ppid.text, data));
      this.#sent(data.length);
    }
    this.#isPumping = false;
  }

  #sent(size: number): void {
    if (this.#state !== 'open') return;
    const before = this.#bufferedAmount;
    this.#bufferedAmount -= size;
    this.#tell((handlers) => handlers.sent?.(size));
    if (before > lowWater && this.#bufferedAmount <= lowWater) this.#tell((handlers) => handlers.drained());
  }

  #tell(call: (handlers: DataChannelHandlers) => void): void {
    const handlers = this.#handlers;
    if (handlers) callOut(() => call(handlers));
  }
}

/** First in, first out, whatever its length. */
class MessageQueue {
  #first: QueuedMessage | undefined;
  #last: QueuedMessage | undefined;

  push(data: Buffer): void {
    const message: QueuedMessage = { data, next: undefined };
    if (this.#last) this.#last.next = message;
    else this.#first = message;
    this.#last = message;
  }

  shift(): Buffer | undefined {
    const message = this.#first;
    this.#first = message?.next;
    if (!this.#first) this.#last = undefined;
    return message?.data;
  }

  clear(): void {
    this.#first = undefined;
    this.#last = undefined;
  }
}

interface QueuedMessage {
  readonly data: Buffer;
  next: QueuedMessage | undefined;
}
