/** A way to a bridge that does what a test says. */
import type { ChannelLink, ChannelLinkHandlers, ChannelRoute, LinkEnd } from '../../src/rtc/channel-link.ts';

export class FakeLink implements ChannelLink {
  sizeLimit: number;
  bufferedAmount = 0;
  /** What was sent, as text. */
  readonly sent: string[] = [];
  isPaused = false;
  isClosed = false;
  readonly #handlers: ChannelLinkHandlers;
  readonly #canPause: boolean;
  /** Counts what is sent as waiting, until `drain()`. */
  isStuck = false;

  constructor(kind: ChannelRoute['kind'], handlers: ChannelLinkHandlers) {
    this.#handlers = handlers;
    this.#canPause = kind === 'ws';
    this.sizeLimit = kind === 'ws' ? 65_536 : 262_144;
  }

  /** What was sent, parsed. */
  get messages(): unknown[] {
    return this.sent.map((text) => JSON.parse(text));
  }

  send(text: string | Uint8Array): void {
    this.sent.push(text.toString());
    if (this.isStuck) this.bufferedAmount += Buffer.byteLength(text);
  }

  pause(): boolean {
    this.isPaused = this.#canPause;
    return this.#canPause;
  }

  resume(): void {
    this.isPaused = false;
  }

  close(): void {
    this.isClosed = true;
  }

  open(): void {
    this.#handlers.opened();
  }

  /** The other side sends a text, an object as JSON. */
  receive(message: string | object): void {
    this.#handlers.message(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)));
  }

  drain(): void {
    this.bufferedAmount = 0;
    this.#handlers.drained();
  }

  /** It breaks, or does not open. */
  end(end: Partial<LinkEnd> = {}): void {
    this.#handlers.closed({ wasOpen: true, reason: 'the socket broke', ...end });
  }

  /** A server that answers the upgrade with an HTTP status. */
  refuse(status: number): void {
    this.end({ wasOpen: false, status, reason: `HTTP status ${status}` });
  }
}

export class FakeRoute implements ChannelRoute {
  readonly kind: 'ws' | 'sctp';
  readonly name: string;
  /** One for each time it was tried. */
  readonly links: FakeLink[] = [];
  /** What happens at once when it is tried. */
  whenTried: (link: FakeLink) => void = () => {};

  constructor(kind: 'ws' | 'sctp' = 'ws', name: string = kind) {
    this.kind = kind;
    this.name = name;
  }

  open(handlers: ChannelLinkHandlers): FakeLink {
    const link = new FakeLink(this.kind, handlers);
    this.links.push(link);
    this.whenTried(link);
    return link;
  }

  /** The last one. */
  get link(): FakeLink {
    const link = this.links.at(-1);
    if (!link) throw new Error(`route ${this.name} was not tried`);
    return link;
  }
}
