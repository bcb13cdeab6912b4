/**
 * Receiving: raw bytes are decoded without parsing when nobody needs more, and readers who are slow hold the socket back, so that
 * nothing is lost and memory is bounded.
 */
import type { Clock } from '../../base/clock.ts';
import type { Emitter } from '../../base/emitter.ts';
import { JitsiError } from '../../base/errors.ts';
import { EventStream } from '../../base/event-stream.ts';
import { type BridgeMessage, parseBridgeMessage } from '../../jitsi/bridge-messages/index.ts';
import type { ChannelLink } from '../../rtc/channel-link.ts';
import { decodeRaw } from '../../rtc/raw-message.ts';
import { RawReader } from '../../rtc/raw-reader.ts';
import { readerSlow } from './errors.ts';
import type { StreamOptions } from './options.ts';
import type { BridgeEvents, MessageStream, RawMessage } from './events.ts';
import { checkOptions, readKinds } from '../check-arguments.ts';

export interface InboxPorts {
  clock: Clock;
  emitter: Emitter<BridgeEvents>;
  /** A message that was parsed, after the users have it. */
  parsed(message: BridgeMessage): void;
  warn(error: JitsiError): void;
}

/** Unread messages that a loop may have before the socket is held back. */
const defaultLimit = 1_000;
/** Bytes of unread messages that one stream keeps, as they were on the wire. */
const streamSizeLimit = 8 * 1024 * 1024;
/** ms after a warning about an invalid message in which there is no other. */
const warningPause = 10_000;

export class Inbox {
  readonly #ports: InboxPorts;
  readonly #rawReader = new RawReader();
  readonly #messageStreams = new Set<EventStream<BridgeMessage>>();
  readonly #rawStreams = new Set<EventStream<RawMessage>>();
  readonly #frameStreams = new Set<EventStream<Buffer>>();
  /** Streams that are full and hold the socket back. */
  readonly #full = new Set<object>();
  #link: ChannelLink | undefined;
  #quietUntil = 0;
  #isClosed = false;

  constructor(ports: InboxPorts) {
    this.#ports = ports;
  }

  open(link: ChannelLink): void {
    this.#link = link;
    if (this.#full.size > 0) link.pause();
  }

  down(): void {
    this.#link = undefined;
  }

  /** Ends the streams; what is in them can still be read. */
  close(): void {
    this.#isClosed = true;
    const streams = [...this.#messageStreams, ...this.#rawStreams, ...this.#frameStreams];
    for (const stream of streams) stream.close();
  }

  messages(options: StreamOptions): MessageStream<BridgeMessage> {
    return this.#stream(this.#messageStreams, options);
  }

  rawMessages(options: StreamOptions): MessageStream<RawMessage> {
    return this.#stream(this.#rawStreams, options);
  }

  rawFrames(options: StreamOptions): MessageStream<Buffer> {
    return this.#stream(this.#frameStreams, options);
  }

  /** Bytes are not kept. */
  receive(data: string | Buffer): void {
    for (const stream of this.#frameStreams) stream.push(Buffer.from(data as Buffer), data.length);
    if (!this.#wantsRaw && !this.#wantsMessages && typeof data !== 'string' && this.#rawReader.knows(data))
      return;
    const known = typeof data === 'string' ? undefined : this.#rawReader.read(data);
    if (known && !this.#wantsMessages) {
      this.#giveRaw(known, data.length);
      return;
    }
    const message = this.#parse(data);
    if (!message) return;
    const raw = known ?? this.#rawIn(message, data);
    if (raw) this.#giveRaw(raw, data.length);
    else this.#ports.emitter.emit('plainReceived', { message });
    for (const stream of this.#messageStreams) stream.push(message, data.length);
    this.#ports.emitter.emit('messageReceived', { message });
    this.#ports.parsed(message);
  }

  get #wantsMessages(): boolean {
    return this.#messageStreams.size > 0 || this.#ports.emitter.has('messageReceived');
  }

  get #wantsRaw(): boolean {
    return this.#rawStreams.size > 0 || this.#ports.emitter.has('rawReceived');
  }

  #parse(data: string | Buffer): BridgeMessage | undefined {
    try {
      return parseBridgeMessage(data.toString());
    } catch (error) {
      if (!(error instanceof JitsiError)) throw error;
      this.#isInvalid(error);
      return undefined;
    }
  }

  /** Each would be a line in somebody's log. */
  #isInvalid(error: JitsiError): void {
    const now = this.#ports.clock.now();
    if (now < this.#quietUntil) return;
    this.#quietUntil = now + warningPause;
    this.#ports.warn(error);
  }

  #rawIn(message: BridgeMessage, text: string | Buffer): RawMessage | undefined {
    if (message.colibriClass !== 'EndpointMessage') return undefined;
    const data = decodeRaw(message);
    if (!data) return undefined;
    if (typeof text !== 'string') this.#rawReader.learn(text, message);
    return { from: message.from, to: message.to, data };
  }

  #giveRaw(raw: RawMessage, size: number): void {
    for (const stream of this.#rawStreams) stream.push(raw, size);
    this.#ports.emitter.emit('rawReceived', raw);
  }

  #stream<Message>(streams: Set<EventStream<Message>>, options: StreamOptions): EventStream<Message> {
    checkOptions('reading bridge messages', readKinds, options);
    const { limit = defaultLimit, signal } = options;
    const stream: EventStream<Message> = new EventStream<Message>({
      limit,
      signal,
      closed: (closed) => void streams.delete(closed),
      flow: {
        sizeLimit: streamSizeLimit,
        full: () => this.#holdBack(stream),
        low: () => this.#letGo(stream),
      },
    });
    if (this.#isClosed) stream.close();
    if (!stream.isClosed) streams.add(stream);
    return stream;
  }

  /** Whether the link can be held back; else the stream loses its oldest messages. */
  #holdBack(stream: { dropped: number }): boolean {
    if (this.#link?.pause()) {
      this.#full.add(stream);
      return true;
    }
    if (stream.dropped === 0) this.#ports.warn(readerSlow());
    return false;
  }

  #letGo(stream: object): void {
    this.#full.delete(stream);
    if (this.#full.size === 0) this.#link?.resume();
  }
}
