/** A client WebSocket for bytes out and texts in, read at the reader's pace (on `ws`): for services that take sound and answer in words. */
import { type RawData, WebSocket } from 'ws';
import { onAbort } from '../base/on-abort.ts';
import { withResolvers } from '../base/resolvers.ts';
import { startTimer } from '../base/timer.ts';
import type { NetworkAccess } from './access.ts';
import { networkError, withoutSecrets } from './network-error.ts';
import { wayOf } from './way.ts';

export interface ByteSocketOptions extends NetworkAccess {
  url: string;
  headers?: Readonly<Record<string, string>>;
  /** ms to the end of the handshake. */
  timeout: number;
  /** Bytes of a message that are accepted. */
  sizeLimit: number;
  /** Ends it, whatever it is at. */
  signal: AbortSignal;
}

/** Bytes that may wait to be sent before `send` waits. */
const highWater = 256 * 1024;
/** ms for the server's part of the closing handshake. */
const closingTime = 2_000;

export interface ByteSocket {
  /** Resolves when there is room for more. Rejects when the socket is closed. */
  send(data: string | Uint8Array): Promise<void>;
  /** Texts from the server, until it or we close. Rejects where the socket broke. */
  texts(): AsyncGenerator<string, void, undefined>;
  close(): void;
}

/** @throws ConnectionError when it does not open, or the signal's reason */
export async function openByteSocket(options: ByteSocketOptions): Promise<ByteSocket> {
  const { headers = {}, signal, sizeLimit, timeout, url } = options;
  const tried = `connecting to ${withoutSecrets(url)}`;
  signal.throwIfAborted();
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    ...wayOf(options, url, signal),
    headers: { ...headers },
    maxPayload: sizeLimit,
    followRedirects: false,
  });
  const opened = withResolvers();
  const closed = withResolvers<Error | undefined>();
  let failure: unknown;
  socket.on('error', (error) => {
    failure ??= error;
  });
  socket.once('open', () => opened.resolve());
  socket.once('close', (code) => {
    const error =
      code === 1000 || code === 1005 ? undefined : networkError(tried, failure ?? closedWith(code));
    closed.resolve(error);
    opened.reject(networkError(tried, failure ?? closedWith(code)));
  });
  const cancel = startTimer(timeout, () => {
    failure ??= new Error(`no WebSocket within ${timeout / 1000} s`);
    socket.terminate();
  });
  const off = onAbort(signal, () => socket.terminate());
  socket.once('close', off);
  try {
    await opened.promise;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    cancel();
  }
  return {
    async send(data) {
      if (socket.readyState !== WebSocket.OPEN)
        throw (await closed.promise) ?? networkError(tried, closedWith(1000));
      socket.send(data);
      const isStuck = performance.now() + timeout;
      while (socket.bufferedAmount > highWater && socket.readyState === WebSocket.OPEN) {
        if (performance.now() > isStuck) {
          failure ??= new Error(`it has taken nothing for ${timeout / 1000} s`);
          socket.terminate();
        }
        await new Promise<void>((resolve) => startTimer(20, resolve));
      }
    },
    async *texts() {
      const unread: string[] = [];
      let wake = (): void => {};
      const heard = (data: RawData, isBinary: boolean): void => {
        if (isBinary) return;
        unread.push(Buffer.isBuffer(data) ? data.toString('utf8') : '');
        socket.pause();
        wake();
      };
      socket.on('message', heard);
      let end: { error: Error | undefined } | undefined;
      void closed.promise.then((error) => {
        end = { error };
        return wake();
      });
      try {
        for (;;) {
          for (let text = unread.shift(); text !== undefined; text = unread.shift()) yield text;
          if (end?.error) throw end.error;
          if (end) return;
          await new Promise<void>((resolve) => {
            wake = resolve;
            socket.resume();
          });
        }
      } finally {
        socket.off('message', heard);
        socket.resume();
      }
    },
    close() {
      socket.close(1000);
      const cancelClosing = startTimer(closingTime, () => socket.terminate());
      socket.once('close', cancelClosing);
    },
  };
}

function closedWith(code: number): Error {
  return new Error(`the server closed the socket with code ${code}`);
}
