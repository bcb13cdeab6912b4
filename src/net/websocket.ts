/** A client WebSocket with text frames (on `ws`): events in a fixed order, one ending, certificates checked. */
import { WebSocket } from 'ws';
import { ConnectionError, messageOf } from '../base/errors.ts';
import { networkError, withoutSecrets } from './network-error.ts';

export interface WebSocketOptions {
  url: string;
  /** Subprotocol that the server must accept. */
  protocol?: string;
  /** Do not check the server's certificate. */
  insecure: boolean;
  /** ms to the end of the handshake */
  timeout: number;
  /** bytes of a message that are accepted; a larger one closes the socket with 1009 */
  sizeLimit: number;
}

export interface WebSocketHandlers {
  opened(): void;
  message(text: string): void;
  /** The socket was open and is not any more. @param reason in words */
  closed(reason: string): void;
  /** The socket never opened. */
  failed(error: ConnectionError): void;
}

export interface TextSocket {
  send(text: string): void;
  /** Starts the closing handshake; no handler is called any more. */
  close(): void;
}

/** ms for the server's part of the closing handshake. */
const closingTime = 2_000;

/** Opens a socket. Exactly one of `closed` and `failed` is called in the end, unless `close()` was. */
export function openWebSocket(options: WebSocketOptions, handlers: WebSocketHandlers): TextSocket {
  const address = withoutSecrets(options.url);
  const socket = new WebSocket(options.url, options.protocol === undefined ? [] : [options.protocol], {
    // Compression costs far more than the bytes it saves.
    perMessageDeflate: false,
    rejectUnauthorized: !options.insecure,
    handshakeTimeout: options.timeout,
    maxPayload: options.sizeLimit,
    followRedirects: false,
  });
  let failure: unknown;
  let refusal: ConnectionError | undefined;
  let isOpen = false;
  let isOurs = false;

  socket.on('open', () => {
    isOpen = true;
    handlers.opened();
  });
  socket.on('message', (data: Buffer, isBinary) => {
    if (!isBinary && !isOurs) handlers.message(data.toString('utf8'));
  });
  socket.on('unexpected-response', (request, response) => {
    refusal = new ConnectionError(
      `connecting to ${address}: the server answered with HTTP status ${response.statusCode} instead of a WebSocket`,
      {
        code: 'websocket-refused',
        retryable: (response.statusCode ?? 0) >= 500,
      },
    );
    request.destroy();
    socket.terminate();
  });
  socket.on('error', (error) => {
    failure = error;
  });
  socket.on('close', (code, reason) => {
    if (isOurs) return;
    // What we found wrong ourselves, such as a message above the limit, says more than the code.
    if (isOpen) handlers.closed(closeWords(code, failure ? messageOf(failure) : reason.toString('utf8')));
    else handlers.failed(refusal ?? networkError(`connecting to ${address}`, failure));
  });
  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close() {
      isOurs = true;
      if (socket.readyState === WebSocket.CONNECTING) {
        socket.terminate();
        return;
      }
      socket.close(1000);
      const timer = setTimeout(() => socket.terminate(), closingTime);
      socket.once('close', () => clearTimeout(timer));
    },
  };
}

function closeWords(code: number, reason: string): string {
  const words = code === 1006 ? 'the socket broke' : `the server closed the socket with code ${code}`;
  return reason === '' ? words : `${words} (${reason})`;
}
