/** The XMPP stream with the answers to our requests brought back to who asked. */
import type { JitsiError } from '../../base/errors.ts';
import type { XmlElement } from '../../xml/element.ts';
import type { IqOutcome } from '../../xmpp/iq-tracker.ts';
import { type StreamEffect, type StreamOptions, type StreamState, XmppStream } from '../../xmpp/stream.ts';
import type { ResumptionState, Undelivered } from '../../xmpp/stream-management.ts';

/** Who hears what the stream does. */
export interface StreamSink {
  frame(element: XmlElement): void;
  /** A pipelined login is sent; requests may follow. */
  flight(now: number): void;
  established(jid: string, now: number): void;
  /** The socket is of no use any more; {@link RequestingStream.reopen} goes on with another. What is sent meanwhile is kept for it. */
  interrupted(error: JitsiError, now: number): void;
  /** The stream goes on where it was. */
  resumed(now: number): void;
  /** The server did not know the stream any more; {@link established} follows at once, with another identity. */
  notResumed(undelivered: Undelivered, now: number): void;
  /** The server has these messages: their ids, oldest first. */
  acknowledged(ids: readonly string[], now: number): void;
  stanza(stanza: XmlElement, now: number): void;
  /** The outcome of a request made with {@link RequestingStream.request}. */
  answer(id: string, outcome: IqOutcome): void;
  warning(error: JitsiError): void;
  /** It is over. No error when we closed it ourselves. */
  ended(error: JitsiError | undefined, now: number): void;
}

export class RequestingStream {
  readonly #stream: XmppStream;
  readonly #sink: StreamSink;
  readonly #continuations = new Map<string, (outcome: IqOutcome, now: number) => void>();

  constructor(options: StreamOptions, sink: StreamSink) {
    this.#stream = new XmppStream(options);
    this.#sink = sink;
  }

  get state(): StreamState {
    return this.#stream.state;
  }

  /** The address the server bound us to, also while the stream is interrupted; '' while there is none. */
  get jid(): string {
    const { name } = this.#stream.state;
    return name === 'closing' || name === 'ended' ? '' : this.#stream.jid;
  }

  get resumption(): ResumptionState | undefined {
    return this.#stream.resumption;
  }

  get undelivered(): Undelivered {
    return this.#stream.undelivered;
  }

  /** Bytes of a stanza at most, where the server says so. */
  get maxBytes(): number | undefined {
    return this.#stream.maxBytes;
  }

  /** Whether there is a stream to be closed. */
  get isOpen(): boolean {
    return !['idle', 'interrupted', 'ended'].includes(this.#stream.state.name);
  }

  nextId(): string {
    return this.#stream.nextId();
  }

  open(now: number): void {
    this.#run(this.#stream.open(now), now);
  }

  reopen(timeout: number, now: number): void {
    this.#run(this.#stream.reopen(timeout, now), now);
  }

  receive(frame: string, now: number): void {
    this.#run(this.#stream.receive(frame, now), now);
  }

  receiveElement(element: XmlElement, now: number): void {
    this.#run(this.#stream.receiveElement(element, now), now);
  }

  unreadable(error: JitsiError, now: number): void {
    this.#run(this.#stream.unreadable(error, now), now);
  }

  socketClosed(reason: string, now: number): void {
    this.#run(this.#stream.socketClosed(reason, now), now);
  }

  send(stanza: XmlElement, now: number): void {
    this.#run(this.#stream.send(stanza), now);
  }

  /** A request whose outcome goes to the sink. */
  request(iq: XmlElement, tried: string, timeout: number, now: number): void {
    this.#run(this.#stream.request(iq, tried, timeout, now), now);
  }

  /** A request whose outcome goes to `then`. */
  ask(
    iq: XmlElement,
    tried: string,
    timeout: number,
    now: number,
    then: (outcome: IqOutcome, now: number) => void,
  ): void {
    this.#continuations.set(iq.attrs.id ?? '', then);
    this.request(iq, tried, timeout, now);
  }

  close(now: number): void {
    this.#run(this.#stream.close(), now);
  }

  get isAcknowledging(): boolean {
    return this.#stream.isAcknowledging;
  }

  askForAcknowledgement(now: number): void {
    this.#run(this.#stream.askForAcknowledgement(), now);
  }

  abandon(error: JitsiError, now: number): void {
    this.#run(this.#stream.abandon(error), now);
  }

  probe(now: number): void {
    this.#run(this.#stream.probe(now), now);
  }

  tick(now: number): void {
    this.#run(this.#stream.tick(now), now);
  }

  nextTimeout(): number | undefined {
    return this.#stream.nextTimeout();
  }

  #run(effects: StreamEffect[], now: number): void {
    for (const effect of effects) {
      switch (effect.type) {
        case 'send':
          this.#sink.frame(effect.element);
          break;
        case 'flight':
          this.#sink.flight(now);
          break;
        case 'established':
          this.#sink.established(effect.jid, now);
          break;
        case 'interrupted':
          this.#sink.interrupted(effect.error, now);
          break;
        case 'resumed':
          this.#sink.resumed(now);
          break;
        case 'not-resumed':
          this.#sink.notResumed(effect.undelivered, now);
          break;
        case 'acknowledged':
          this.#sink.acknowledged(effect.ids, now);
          break;
        case 'stanza':
          this.#sink.stanza(effect.stanza, now);
          break;
        case 'answer':
          this.#answer(effect.id, effect.outcome, now);
          break;
        case 'warning':
          this.#sink.warning(effect.error);
          break;
        case 'ended':
          this.#sink.ended(effect.error, now);
          break;
        default:
          effect satisfies never;
      }
    }
  }

  #answer(id: string, outcome: IqOutcome, now: number): void {
    const then = this.#continuations.get(id);
    this.#continuations.delete(id);
    if (then) then(outcome, now);
    else this.#sink.answer(id, outcome);
  }
}
