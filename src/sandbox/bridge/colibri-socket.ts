/**
 * One colibri WebSocket: pings when nothing was sent for a while, the end when nothing comes, and the limits of Jetty, which the
 * bridge leaves as they are (jitsi-videobridge `ColibriWebSocket.java`, `reference.conf` `websockets`).
 */
import { WebSocket } from 'ws';
import type { Clock, Milliseconds } from '../../base/clock.ts';
import type { Channel, ChannelHandlers, SendFault } from './channel.ts';

/** Bytes of a message from a client. */
const messageLimit = 65_536;
/** Jetty reads so many bytes at a time: messages that are too large by less are seen whole, and their size is told. */
const readSize = 4096;
/** What is read of a message at all. */
export const payloadLimit: number = messageLimit + readSize;

const pingInterval: Milliseconds = 15_000;
const idleTimeout: Milliseconds = 60_000;
/** Bytes that may wait for a client that does not read; what comes then is lost. */
const bufferLimit = 16 * 1024 * 1024;

/** Has Jetty's words where the package closes by itself: for a message of more than {@link payloadLimit}, of which it keeps nothing. */
export class ColibriWebSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    super.close(code, code === 1009 && reason === undefined ? tooLarge(payloadLimit + 1) : reason);
  }
}

export class ColibriSocket implements Channel {
  readonly kind = 'ws';
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  #lastSent: Milliseconds;
  #lastReceived: Milliseconds;
  #cancelTimer: () => void;

  constructor(socket: WebSocket, clock: Clock, handlers: ChannelHandlers) {
    this.#socket = socket;
    this.#clock = clock;
    this.#lastSent = this.#lastReceived = clock.now();
    this.#cancelTimer = clock.schedule(pingInterval, () => this.#look());
    socket.on('message', (data: Buffer, isBinary) => {
      this.#lastReceived = this.#clock.now();
      if (isBinary || socket.readyState !== WebSocket.OPEN) return;
      if (data.length > messageLimit) socket.close(1009, tooLarge(data.length));
      else handlers.message(data);
    });
    for (const event of ['ping', 'pong'] as const) {
      socket.on(event, () => {
        this.#lastReceived = this.#clock.now();
      });
    }
    // A broken frame also closes the socket, which is all there is to know.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#cancelTimer();
      handlers.closed();
    });
  }

  send(message: Buffer): SendFault | undefined {
    if (this.#socket.bufferedAmount > bufferLimit) return 'slow-receiver';
    this.#socket.send(message, { binary: false });
    this.#lastSent = this.#clock.now();
    return undefined;
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #look(): void {
    const now = this.#clock.now();
    if (now - this.#lastReceived >= idleTimeout) {
      this.#socket.close(1001, 'Connection Idle Timeout');
      return;
    }
    if (now - this.#lastSent >= pingInterval && this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.ping();
      this.#lastSent = now;
    }
    const next = Math.min(this.#lastSent + pingInterval, this.#lastReceived + idleTimeout);
    this.#cancelTimer = this.#clock.schedule(next - now, () => this.#look());
  }
}

function tooLarge(size: number): string {
  return `Text message too large: ${grouped(size)} > ${grouped(messageLimit)}`;
}

function grouped(size: number): string {
  return size.toLocaleString('en-US');
}
