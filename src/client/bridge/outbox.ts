/** Sending: sizes checked, memory bounded, and messages kept while the channel is down, if that is wanted. */
import { JitsiError } from '../../base/errors.ts';
import type { ChannelLink, ChannelRoute } from '../../rtc/channel-link.ts';
import { highWaterMark } from '../../rtc/high-water.ts';
import { bridgeNotOpen, bridgeQueueFull, messageTooLarge } from './errors.ts';
import { SentSizes } from './sent-sizes.ts';

/** A text, or its UTF-8 bytes, which are not changed any more. */
export type Outgoing = string | Uint8Array;

export interface OutboxOptions {
  /** Messages while the channel is down are refused, or kept until it is open. */
  whenDown: 'refuse' | 'queue';
  /** Bytes that are kept while it is down, and that may be sent by those who do not stop when they should. */
  queueLimit: number;
  /** Sees each message as it is sent. */
  tap(message: Outgoing): void;
  /** A message that was kept, and can not be sent now. */
  warn(error: JitsiError): void;
  /** {@link Outbox.isWritable} has become true. */
  writable(): void;
}

/** An open link, and what does not change about it. */
interface Open {
  link: ChannelLink;
  sizeLimit: number;
  mark: number;
}

export class Outbox {
  readonly #options: OutboxOptions;
  #open: Open | undefined;
  /** More than the mark was waiting after the last message, and has not left. */
  #isFull = false;
  readonly #sizes = new SentSizes();
  readonly #kept: Outgoing[] = [];
  #keptBytes = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get sizeLimit(): number | undefined {
    return this.#open?.sizeLimit;
  }

  /** Bytes that were given to us and have not left. */
  get bufferedAmount(): number {
    return this.#keptBytes + (this.#open?.link.bufferedAmount ?? 0);
  }

  /** The same, and in how many messages. */
  get queued(): { messages: number; bytes: number } {
    const bytes = this.#open?.link.bufferedAmount ?? 0;
    return { messages: this.#kept.length + this.#sizes.count(bytes), bytes: this.#keptBytes + bytes };
  }

  /** The channel is open, and takes more. */
  get isWritable(): boolean {
    return this.#open !== undefined && !this.#isFull && this.#kept.length === 0;
  }

  /** @param first goes before what was kept */
  open(link: ChannelLink, kind: ChannelRoute['kind'], first: readonly string[]): void {
    this.#open = { link, sizeLimit: link.sizeLimit, mark: highWaterMark[kind] };
    this.#isFull = false;
    for (const message of first) this.sendLate(message);
    this.#flush();
  }

  down(): void {
    this.#open = undefined;
  }

  /** What was sent has left. */
  drained(): void {
    this.#isFull = false;
    this.#flush();
  }

  /**
   * @returns false: stop until `writable` is called
   * @throws UsageError `message-too-large`; ConnectionError `bridge-not-open`, `bridge-queue-full`
   */
  send(message: Outgoing): boolean {
    const open = this.#open;
    if (open) checkSize(message, open.sizeLimit);
    if (!open || this.#kept.length > 0) return this.#keep(message);
    if (this.#isFull && open.link.bufferedAmount > open.mark + this.#options.queueLimit)
      throw bridgeQueueFull(`${open.link.bufferedAmount} bytes have not left yet`);
    return this.#send(open, message);
  }

  /** Sends a message whose giver is not there any more to be told what is wrong with it, however much waits. */
  sendLate(message: Outgoing): void {
    if (!this.#open) return;
    try {
      checkSize(message, this.#open.sizeLimit);
      this.#send(this.#open, message);
    } catch (error) {
      if (!(error instanceof JitsiError)) throw error;
      this.#options.warn(error);
    }
  }

  #send(open: Open, message: Outgoing): boolean {
    this.#options.tap(message);
    open.link.send(message);
    const { bufferedAmount } = open.link;
    this.#sizes.sent(sizeOf(message), bufferedAmount);
    if (bufferedAmount > open.mark) this.#isFull = true;
    return !this.#isFull;
  }

  #keep(message: Outgoing): false {
    const { whenDown, queueLimit } = this.#options;
    if (whenDown === 'refuse') throw bridgeNotOpen();
    const size = sizeOf(message);
    if (this.#keptBytes + size > queueLimit)
      throw bridgeQueueFull(
        `${this.#keptBytes} of at most ${queueLimit} bytes are kept for later, and this message has ${size}`,
      );
    this.#kept.push(message);
    this.#keptBytes += size;
    return false;
  }

  #flush(): void {
    while (this.#open && !this.#isFull) {
      const message = this.#kept.shift();
      if (message === undefined) break;
      this.#keptBytes -= sizeOf(message);
      this.sendLate(message);
    }
    if (this.isWritable) this.#options.writable();
  }
}

/** @throws UsageError `message-too-large`: a bridge closes the channel at such a message, or never passes it on */
function checkSize(message: Outgoing, limit: number): void {
  // No character has more than three bytes for each of its UTF-16 units.
  if (typeof message === 'string' && message.length * 3 <= limit) return;
  const size = sizeOf(message);
  if (size <= limit) return;
  throw messageTooLarge(size, limit);
}

function sizeOf(message: Outgoing): number {
  return typeof message === 'string' ? Buffer.byteLength(message) : message.byteLength;
}
