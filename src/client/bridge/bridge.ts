/**
 * The channel to the bridge, and over it to the other participants: one object over all the connections that it takes. With `join`
 * it lasts as long as we are in the room, with `joinSession` as long as its session.
 */
import { Emitter, type Listener } from '../../base/emitter.ts';
import type { JitsiError } from '../../base/errors.ts';
import { withResolvers } from '../../base/resolvers.ts';
import { type BridgeMessage, buildPong, readPing } from '../../jitsi/bridge-messages/index.ts';
import { BridgeChannel } from '../../rtc/bridge-channel.ts';
import type { ChannelLink, ChannelRoute } from '../../rtc/channel-link.ts';
import { checkOptions, signalKinds, waitKinds } from '../check-arguments.ts';
import { listenerFailed } from '../failures.ts';
import { bridgeClosed, fellBack, noSuchEndpoint, notOpenYet } from './errors.ts';
import {
  type BridgeCloseInfo,
  type BridgeEvents,
  bridgeEventNames,
  type MessageStream,
  type RawMessage,
} from './events.ts';
import { Inbox } from './inbox.ts';
import type { AttachOptions, BridgeOptions, StreamOptions, WaitOptions } from './options.ts';
import { type Outgoing, Outbox } from './outbox.ts';
import { emitReport } from './reports.ts';
import { BridgeSenders } from './senders.ts';
import { BridgeTap } from './tap.ts';
import { Waiters } from './waiters.ts';

/** Characters of a ping's id, which its answer repeats. */
const pingIdLimit = 100;

export class Bridge extends BridgeSenders {
  /** Resolves when there will be no channel any more, with the reason. Never rejects. */
  readonly closed: Promise<BridgeCloseInfo>;

  readonly #options: BridgeOptions;
  readonly #emitter: Emitter<BridgeEvents>;
  readonly #outbox: Outbox;
  readonly #inbox: Inbox;
  readonly #tap: BridgeTap;
  readonly #openers = new Waiters();
  readonly #drainers = new Waiters();
  readonly #resolveClosed: (info: BridgeCloseInfo) => void;
  #channel: BridgeChannel | undefined;
  #transport: ChannelRoute['kind'] | undefined;
  #isClosed = false;
  #hasFallenBack = false;
  /** Some of the kept state could not be sent at once. */
  #owesState = false;

  /** Made by the conference, not by users. */
  constructor(options: BridgeOptions) {
    super();
    this.#options = options;
    this.#tap = new BridgeTap(options);
    this.#emitter = new Emitter(bridgeEventNames, (error, event) => this.#listenerFailed(error, event));
    const warn = (error: JitsiError): void => this.#warn(error);
    this.#outbox = new Outbox({
      whenDown: options.whenDown,
      queueLimit: options.queueLimit,
      tap: (message) => this.#tap.tap('sent', message),
      warn,
      writable: () => this.#writable(),
    });
    this.#inbox = new Inbox({
      clock: options.clock,
      emitter: this.#emitter,
      parsed: (message) => this.#act(message),
      warn,
    });
    const { promise, resolve } = withResolvers<BridgeCloseInfo>();
    this.closed = promise;
    this.#resolveClosed = resolve;
  }

  /** `down`: there is no session, or a new try comes soon. `closed`: for good. */
  get state(): 'down' | 'connecting' | 'open' | 'closed' {
    if (this.#isClosed) return 'closed';
    if (this.#channel?.state === 'open') return 'open';
    return this.#channel?.state === 'opening' ? 'connecting' : 'down';
  }

  /** What carries the messages while the channel is open. */
  get transport(): 'ws' | 'sctp' | undefined {
    return this.#transport;
  }

  /** Bytes of UTF-8 that a whole message, as JSON, may have; known while the channel is open. */
  get sizeLimit(): number | undefined {
    return this.#outbox.sizeLimit;
  }

  /** Endpoint ids of the others in the room: those who can be sent to. */
  get endpoints(): readonly string[] {
    return this.#options.endpoints();
  }

  /** Bytes that were sent and have not left. */
  get bufferedAmount(): number {
    return this.#outbox.bufferedAmount;
  }

  /** What was sent and has not left: `bytes` are those of {@link bufferedAmount}, `messages` are counted from them. */
  get queued(): { messages: number; bytes: number } {
    return this.#outbox.queued;
  }

  /** The channel is open and takes more: {@link trySendRaw} would send, and `drained()` would resolve at once. */
  get canSend(): boolean {
    return this.#outbox.isWritable;
  }

  /**
   * Resolves when the channel is open, at once if it is.
   * @param options.timeout ms, none by default
   * @throws ConnectionError `bridge-closed`, TimeoutError `bridge-not-open`, or the signal's reason
   */
  async opened(options: WaitOptions & { timeout?: number } = {}): Promise<void> {
    checkOptions('waiting for the bridge channel', waitKinds, options);
    const { signal, timeout } = options;
    signal?.throwIfAborted();
    if (this.#isClosed) throw bridgeClosed('waiting for the bridge channel');
    if (this.#transport) return;
    await this.#openers.wait(
      signal,
      timeout === undefined
        ? undefined
        : (expire) => this.#options.clock.schedule(timeout, () => expire(notOpenYet(timeout))),
    );
  }

  /**
   * Resolves when more can be sent, at once if it can: the channel is open, and most of what was sent has left.
   * @throws ConnectionError `bridge-closed`, or the signal's reason
   */
  async drained(options: WaitOptions = {}): Promise<void> {
    checkOptions('waiting until the bridge channel takes more', signalKinds, options);
    options.signal?.throwIfAborted();
    if (this.#isClosed) throw bridgeClosed('waiting until the bridge channel takes more');
    if (!this.#outbox.isWritable) await this.#drainers.wait(options.signal);
  }

  /** Everything that is received from now on, until the loop is left or the bridge is closed. */
  messages(options: StreamOptions = {}): MessageStream<BridgeMessage> {
    return this.#inbox.messages(options);
  }

  /** The bytes that others send from now on, in either form, until the loop is left or the bridge is closed. */
  rawMessages(options: StreamOptions = {}): MessageStream<RawMessage> {
    return this.#inbox.rawMessages(options);
  }

  /**
   * Every message that comes from now on, as its bytes, neither parsed nor decoded: for those who have a parser of their own, or only
   * count. Where nobody listens to bytes or messages otherwise, raw bytes then cost no decoding.
   */
  rawFrames(options: StreamOptions = {}): MessageStream<Buffer> {
    return this.#inbox.rawFrames(options);
  }

  /**
   * Calls `listener` at every `event`; the returned function ends that. A listener that throws, or whose promise rejects, causes a `warning`.
   * @throws UsageError `event-unknown`, `listener-invalid`
   */
  on<Name extends keyof BridgeEvents>(event: Name, listener: Listener<BridgeEvents[Name]>): () => void {
    return this.#emitter.on(event, listener);
  }

  /** Like {@link on}, for one time. */
  once<Name extends keyof BridgeEvents>(event: Name, listener: Listener<BridgeEvents[Name]>): () => void {
    return this.#emitter.once(event, listener);
  }

  off<Name extends keyof BridgeEvents>(event: Name, listener: Listener<BridgeEvents[Name]>): void {
    this.#emitter.off(event, listener);
  }

  /** Begins to connect over a session's routes, in place of those before. Called by the conference. */
  attach(routes: readonly ChannelRoute[], options: AttachOptions): void {
    if (this.#isClosed) return;
    this.detach();
    const { clock, random, logger } = this.#options;
    const { isAlone, ended } = options;
    const channel: BridgeChannel = new BridgeChannel(
      routes,
      { clock, random, logger, isAlone },
      {
        opened: (link, kind, instead) => {
          this.#opened(link, kind);
          this.#tellOfFallback(kind, instead, options);
        },
        message: (data) => {
          this.#tap.tap('received', data);
          this.#inbox.receive(data);
        },
        drained: () => this.#outbox.drained(),
        down: (reason) => this.#down(reason),
        warning: (error) => this.#warn(error),
        ended: (end) => {
          // Whoever was told that it is down may have attached another.
          if (this.#channel !== channel) return;
          this.#channel = undefined;
          ended(end);
        },
      },
    );
    this.#channel = channel;
    channel.start();
  }

  /** The session has ended; another may come. Called by the conference. */
  detach(): void {
    this.#channel?.close();
    this.#channel = undefined;
    if (this.#transport) this.#down('the session ended');
  }

  /** Ends everything. Called by the conference, or by whoever opened the bridge of a session; once is enough. */
  close(info: BridgeCloseInfo = { reason: 'left' }): void {
    if (this.#isClosed) return;
    this.detach();
    this.#isClosed = true;
    this.#openers.reject(bridgeClosed('waiting for the bridge channel'));
    this.#drainers.reject(bridgeClosed('waiting until the bridge channel takes more'));
    this.#inbox.close();
    this.#emitter.emit('closed', { info });
    this.#emitter.removeAll();
    this.#resolveClosed(info);
  }

  protected send(message: Outgoing, to = ''): boolean {
    if (this.#isClosed) throw bridgeClosed('sending a message to the bridge');
    if (!this.isReachable(to)) throw noSuchEndpoint(to, this.endpoints);
    return this.#outbox.send(message);
  }

  protected isReachable(to: string): boolean {
    // Blank is everybody, as on a bridge.
    return to.trim() === '' || this.#options.isHere(to);
  }

  /** What is kept goes at once, if there is room; else all of it as soon as there is. */
  protected tell(message: string): void {
    if (this.#isClosed) throw bridgeClosed('sending a message to the bridge');
    if (this.#outbox.isWritable) this.#outbox.send(message);
    else this.#owesState = true;
  }

  #opened(link: ChannelLink, kind: ChannelRoute['kind']): void {
    this.#transport = kind;
    this.#owesState = false;
    this.#inbox.open(link);
    this.#outbox.open(link, kind, this.kept.messages());
    this.#emitter.emit('opened', { transport: kind });
    this.#openers.resolve();
  }

  /** Once, until the first choice has opened again: each session begins with it. */
  #tellOfFallback(kind: ChannelRoute['kind'], instead: string | undefined, options: AttachOptions): void {
    const isNews = !this.#hasFallenBack;
    this.#hasFallenBack = instead !== undefined;
    if (instead === undefined || !isNews) return;
    const error = fellBack(kind, instead);
    if (options.fellBack) options.fellBack(error);
    else this.#warn(error);
  }

  #down(reason: string): void {
    this.#transport = undefined;
    this.#inbox.down();
    this.#outbox.down();
    this.#emitter.emit('down', { reason });
  }

  #writable(): void {
    if (this.#owesState) {
      this.#owesState = false;
      for (const message of this.kept.messages()) this.#outbox.sendLate(message);
    }
    this.#drainers.resolve();
  }

  #act(message: BridgeMessage): void {
    emitReport(this.#emitter, message);
    const ping = readPing(message);
    if (!ping || String(ping.id).length > pingIdLimit) return;
    // An answer that has to wait says nothing about the way, and a flood of pings is not to become ours.
    if (this.#outbox.isWritable) this.#outbox.sendLate(buildPong(ping));
  }

  #warn(error: JitsiError): void {
    this.#options.logger.log('warn', error.message, { code: error.code });
    this.#emitter.emit('warning', { error });
  }

  /** A listener's own error: reported once as an event, unless the listener for that fails too. */
  #listenerFailed(error: unknown, event: keyof BridgeEvents): void {
    const failure = listenerFailed(`a listener of ${event}`, error);
    this.#options.logger.log('error', failure.message);
    if (event !== 'warning') this.#emitter.emit('warning', { error: failure });
  }
}
