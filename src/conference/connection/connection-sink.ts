/** Who hears what the connection does. */
import type { JitsiError } from '../../base/errors.ts';
import type { XmlElement } from '../../xml/element.ts';
import type { IqOutcome } from '../../xmpp/iq-tracker.ts';
import type { Undelivered } from '../../xmpp/stream-management.ts';
import type { HttpRequest } from '../io.ts';

export interface ConnectionSink {
  openSocket(url: string): void;
  /** Throw the socket away. */
  closeSocket(): void;
  /** Likewise, and say nothing on it: the server must not take it for the end of the stream. */
  dropSocket(): void;
  frame(element: XmlElement): void;
  http(request: HttpRequest): void;
  connecting(why: string): void;
  loggingIn(why: string): void;
  /** A login in one flight is sent; requests may follow. */
  flight(now: number): void;
  established(jid: string, now: number): void;
  /**
   * The socket is lost, or a try to resume came to nothing: `Connection.resume` or `connectAnew` go on, nothing
   * happens by itself. What is sent meanwhile is kept for the resumption.
   */
  interrupted(error: JitsiError, now: number): void;
  /** The stream goes on where it was. */
  resumed(now: number): void;
  /** The server did not know the stream any more; {@link established} follows at once, with another identity. */
  notResumed(undelivered: Undelivered, now: number): void;
  /** The server has these messages: their ids, oldest first. */
  acknowledged(ids: readonly string[], now: number): void;
  stanza(stanza: XmlElement, now: number): void;
  /** The outcome of a request made with `Connection.request`. */
  answer(id: string, outcome: IqOutcome): void;
  warning(error: JitsiError): void;
  /** No socket opened. */
  failed(error: JitsiError, now: number): void;
  /** It is over; `Connection.connectAnew` begins another. No error when we closed it ourselves. */
  ended(error: JitsiError | undefined, now: number): void;
}
