/** Who hears what the connection does. */
import type { JitsiError } from '../../base/errors.ts';
import type { HttpRequest } from '../io.ts';
import type { StreamSink } from './requesting-stream.ts';

/**
 * What the stream says is passed on, of whichever stream there is. After `interrupted`, of a socket that is lost or of a try to resume that came to
 * nothing, `Connection.resume` or `connectAnew` go on, and after `ended` `connectAnew`; nothing happens by itself.
 */
export interface ConnectionSink extends StreamSink {
  openSocket(url: string): void;
  /** Throw the socket away. */
  closeSocket(): void;
  /** Likewise, and say nothing on it: the server must not take it for the end of the stream. */
  dropSocket(): void;
  http(request: HttpRequest): void;
  connecting(why: string): void;
  loggingIn(why: string): void;
  /** No socket opened. */
  failed(error: JitsiError, now: number): void;
}
