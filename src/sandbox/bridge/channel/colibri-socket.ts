/**
 * One colibri WebSocket: pings when nothing was sent for a while, the end when nothing comes, and the limits of Jetty, which the
 * bridge leaves as they are (jitsi-videobridge `ColibriWebSocket.java`, `reference.conf` `websockets`).
 */
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Clock, Milliseconds } from '../../../base/clock.ts';
import { BackPressure, type PausableChannel } from './back-pressure.ts';
import type { Channel, ChannelHandlers, SendFault } from './channel.ts';
import type { OutgoingMessage } from './outgoing-message.ts';

/** Bytes of a message from a client. */
const messageLimit = 65_536;
/** Jetty reads so many bytes at a time: messages that are too large by less are seen whole, and their size is told. */
const readSize = 4096;
/** What is read of a message at all. */
export const payloadLimit: number = messageLimit + readSize;

const pingInterval: Milliseconds = 15_000;
const idleTimeout: Milliseconds = 60_000;
/** Bytes that wait for a client when those who send to it are to wait too. */
const highWater = 512 * 1024;
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
  readonly #webSocket: WebSocket;
  readonly #stream: Duplex;
  readonly #clock: Clock;
  readonly #backPressure: BackPressure;
  /** How many times reading was stopped. */
  #pauses = 0;
  #lastSent: Milliseconds;
  /** Something was received, or has left. */
  #lastActive: Milliseconds;
  #cancelTimer: () => void;

  /**
   * @param stream what `webSocket` writes to, too. Frames for many are made once and written here: the package would make one for
   * each, and wants each in one piece
   */
  constructor(webSocket: WebSocket, stream: Duplex, clock: Clock, handlers: ChannelHandlers) {
    this.#webSocket = webSocket;
    this.#stream = stream;
    this.#clock = clock;
    this.#backPressure = new BackPressure(clock);
    this.#lastSent = this.#lastActive = clock.now();
    this.#cancelTimer = clock.schedule(pingInterval, () => this.#look());
    webSocket.on('message', (data: Buffer, isBinary) => {
      this.#lastActive = this.#clock.now();
      if (isBinary || webSocket.readyState !== WebSocket.OPEN) return;
      if (data.length > messageLimit) webSocket.close(1009, tooLarge(data.length));
      else handlers.message(data);
    });
    for (const event of ['ping', 'pong'] as const) {
      webSocket.on(event, () => {
        this.#lastActive = this.#clock.now();
      });
    }
    // A broken frame also closes the socket, which is all there is to know.
    webSocket.on('error', () => {});
    stream.on('drain', () => {
      this.#lastActive = this.#clock.now();
      this.#backPressure.caughtUp();
    });
    webSocket.on('close', () => {
      this.#cancelTimer();
      this.#backPressure.caughtUp();
      handlers.closed();
    });
  }

  send(message: OutgoingMessage, sender?: PausableChannel): SendFault | undefined {
    if (this.#webSocket.readyState !== WebSocket.OPEN) return undefined;
    const waiting = this.#stream.writableLength;
    if (waiting > bufferLimit) return 'slow-receiver';
    this.#stream.cork();
    for (const part of message.frame(waiting > 0)) this.#stream.write(part);
    this.#stream.uncork();
    this.#lastSent = this.#clock.now();
    const left = this.#stream.writableLength;
    if (left === 0) this.#lastActive = this.#lastSent;
    if (sender && left > highWater) this.#backPressure.hold(sender);
    return undefined;
  }

  pause(): void {
    this.#pauses += 1;
    this.#webSocket.pause();
  }

  resume(): void {
    this.#pauses -= 1;
    if (this.#pauses > 0) return;
    // Whatever came meanwhile was not looked at.
    this.#lastActive = this.#clock.now();
    this.#webSocket.resume();
  }

  close(code: number, reason: string): void {
    this.#webSocket.close(code, reason);
  }

  terminate(): void {
    this.#webSocket.terminate();
  }

  #look(): void {
    const now = this.#clock.now();
    if (this.#pauses > 0) this.#lastActive = now;
    if (now - this.#lastActive >= idleTimeout) {
      this.#webSocket.close(1001, 'Connection Idle Timeout');
      return;
    }
    if (now - this.#lastSent >= pingInterval && this.#webSocket.readyState === WebSocket.OPEN) {
      this.#webSocket.ping();
      this.#lastSent = now;
    }
    const next = Math.min(this.#lastSent + pingInterval, this.#lastActive + idleTimeout);
    this.#cancelTimer = this.#clock.schedule(next - now, () => this.#look());
  }
}

function tooLarge(size: number): string {
  return `Text message too large: ${grouped(size)} > ${grouped(messageLimit)}`;
}

function grouped(size: number): string {
  return size.toLocaleString('en-US');
}
