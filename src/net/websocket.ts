/** A client WebSocket with text frames (on `ws`): events in a fixed order, one ending, certificates checked. */
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { systemClock } from '../base/clock.ts';
import { ConnectionError, messageOf } from '../base/errors.ts';
import { type NetworkAccess, upgradeHeaders } from './access.ts';
import { networkError, withoutSecrets } from './network-error.ts';
import { maskedTextFrame } from './text-frame.ts';
import { wayOf } from './way.ts';

export interface WebSocketOptions extends NetworkAccess {
  url: string;
  /** Subprotocol that the server must accept. */
  protocol?: string;
  /** ms to the end of the handshake. Without it, as long as it takes. */
  timeout?: number;
  /** bytes of a message that are accepted; a larger one closes the socket with 1009 */
  sizeLimit: number;
  /** `bufferedAmount` above which `drained` is owed. Without it there is no such notice. */
  highWaterMark?: number;
}

export interface WebSocketClose {
  /** RFC 6455, 7.4; 1006 when the socket broke or we found something wrong with it. */
  code: number;
  /** The server's own words, or what we found wrong. */
  text: string;
}

export interface WebSocketHandlers {
  opened(): void;
  message?(text: string): void;
  /** Messages as their UTF-8 bytes, for those who need no string. They are part of what was read, and kept in memory with it. */
  messageBytes?(text: Buffer): void;
  /** `bufferedAmount` was above the mark, and is not any more. May be called without need. */
  drained?(): void;
  /** The socket was open and is not any more. @param reason in words */
  closed(reason: string, close: WebSocketClose): void;
  /** The socket never opened. @param status with which the server refused it */
  failed(error: ConnectionError, status?: number): void;
}

export interface TextSocket {
  /** Bytes that were sent and have not left. */
  readonly bufferedAmount: number;
  /** Sends a text, as string or as UTF-8 bytes, which are not to be changed afterwards. What cannot be sent any more is lost. */
  send(text: string | Uint8Array): void;
  /** Stops reading; messages that have been read still come. */
  pause(): void;
  resume(): void;
  /** Starts the closing handshake; no handler is called any more. */
  close(): void;
  /** Ends it at once, with no closing handshake; no handler is called any more. */
  drop(): void;
}

/** ms for the server's part of the closing handshake. */
const closingTime = 2_000;
/** Bytes that framing adds to a message at most (RFC 6455, 5.2). */
const frameHeader = 14;

/** Servers and proxies answer 403 to pages of an Origin that they do not know (RFC 6455, 4.2.2). */
function originHint(status: number, origin: string | undefined): string {
  return status === 403 && origin !== undefined
    ? `; it may refuse the origin that it was told, ${origin}: join by the address that browsers use, or have the server allow it`
    : '';
}

/** Opens a socket. Exactly one of `closed` and `failed` is called in the end, unless `close()` was. */
export function openWebSocket(options: WebSocketOptions, handlers: WebSocketHandlers): TextSocket {
  const tried = `connecting to ${withoutSecrets(options.url)}`;
  const { highWaterMark = Infinity } = options;
  /** Ends with the socket, also where that has no connection yet. */
  const connecting = new AbortController();
  let socket: WebSocket;
  try {
    socket = clientSocket(options, connecting.signal);
  } catch (error) {
    // An agent for the other protocol.
    return neverOpened(() => handlers.failed(networkError(tried, error)));
  }
  let failure: unknown;
  let refusal: { error: ConnectionError; status: number } | undefined;
  /** What `socket` writes to, too: `ws` itself sends nothing but pongs and the end. */
  let stream: Socket | undefined;
  let isOpen = false;
  let isOurs = false;
  /** Messages sent above the mark that have not left. */
  let above = 0;
  const cancelTimer = handshakeTimer(options, () => {
    failure = new Error(`no WebSocket within ${(options.timeout ?? 0) / 1000} s`);
    socket.terminate();
  });

  socket.on('upgrade', (response) => {
    stream = response.socket;
  });
  socket.on('open', () => {
    cancelTimer();
    isOpen = true;
    handlers.opened();
  });
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary || isOurs) return;
    handlers.messageBytes?.(data);
    handlers.message?.(data.toString('utf8'));
  });
  socket.on('unexpected-response', (request, response) => {
    const { statusCode: status = 0 } = response;
    const words = `${tried}: the server answered with HTTP status ${status} instead of a WebSocket${originHint(status, options.origin)}`;
    const error = new ConnectionError(words, { code: 'websocket-refused', retryable: status >= 500 });
    refusal = { error, status };
    request.destroy();
    socket.terminate();
  });
  socket.on('error', (error) => {
    failure ??= error;
  });
  socket.on('close', (code, reason) => {
    cancelTimer();
    connecting.abort();
    if (isOurs) return;
    if (isOpen) {
      // What we found wrong ourselves, such as a message above the limit, says more than the code.
      const text = failure ? messageOf(failure) : reason.toString('utf8');
      handlers.closed(closeWords(code, text), { code, text });
    } else if (refusal) handlers.failed(refusal.error, refusal.status);
    else handlers.failed(networkError(tried, failure));
  });

  const hasLeft = (): void => {
    above -= 1;
    if (above === 0 && !isOurs && socket.readyState === WebSocket.OPEN) handlers.drained?.();
  };
  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send(text) {
      if (socket.readyState !== WebSocket.OPEN) return;
      // A callback for each message would be costly: only those above the mark have one.
      if (socket.bufferedAmount + mostBytes(text) <= highWaterMark) {
        stream?.write(maskedTextFrame(text));
        return;
      }
      above += 1;
      stream?.write(maskedTextFrame(text), hasLeft);
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    close() {
      isOurs = true;
      if (socket.readyState === WebSocket.CONNECTING) {
        socket.terminate();
        return;
      }
      if (socket.readyState === WebSocket.CLOSED) return;
      // The server's answer has to be read.
      socket.resume();
      socket.close(1000);
      socket.once(
        'close',
        systemClock.schedule(closingTime, () => socket.terminate()),
      );
    },
    drop() {
      isOurs = true;
      cancelTimer();
      socket.terminate();
    },
  };
}

function clientSocket(options: WebSocketOptions, signal: AbortSignal): WebSocket {
  const { url, protocol, sizeLimit } = options;
  return new WebSocket(url, protocol === undefined ? [] : [protocol], {
    // Compression costs far more than the bytes it saves.
    perMessageDeflate: false,
    ...wayOf(options, url, signal),
    headers: upgradeHeaders(options),
    maxPayload: sizeLimit,
    followRedirects: false,
  });
}

/** Of `ws`, a time limit is one of silence: a server that drips would have for ever. */
function handshakeTimer({ timeout }: WebSocketOptions, late: () => void): () => void {
  return timeout === undefined ? () => {} : systemClock.schedule(timeout, late);
}

function neverOpened(tell: () => void): TextSocket {
  const cancel = systemClock.schedule(0, tell);
  return { bufferedAmount: 0, send() {}, pause() {}, resume() {}, close: cancel, drop: cancel };
}

function mostBytes(text: string | Uint8Array): number {
  return frameHeader + (typeof text === 'string' ? 3 * text.length : text.byteLength);
}

function closeWords(code: number, reason: string): string {
  const words = code === 1006 ? 'the socket broke' : `the server closed the socket with code ${code}`;
  return reason === '' ? words : `${words} (${reason})`;
}
