/**
 * The way to one endpoint: its WebSocket, its data channel or both, of which the one counts that last brought a message
 * (jitsi-videobridge `EndpointMessageTransport.java`).
 */
import type { Clock } from '../../../base/clock.ts';
import { DelayLine } from '../../delay-line.ts';
import type { Channel, ChannelKind, SendFault } from './channel.ts';
import type { ChannelFaults } from './channel-faults.ts';
import type { OutgoingMessage } from './outgoing-message.ts';

export interface MessageTransportOptions {
  clock: Clock;
  faults: ChannelFaults;
  /** A message did not go out. */
  lost: (message: OutgoingMessage, fault: SendFault) => void;
}

export class MessageTransport {
  readonly #options: MessageTransportOptions;
  readonly #line: DelayLine;
  #webSocket: Channel | undefined;
  #dataChannel: Channel | undefined;
  #isWebSocketLastActive = false;

  constructor(options: MessageTransportOptions) {
    this.#options = options;
    this.#line = new DelayLine(options.clock);
  }

  /** The channel that is used. */
  get active(): Channel | undefined {
    const preferred = this.#isWebSocketLastActive ? this.#webSocket : this.#dataChannel;
    return preferred ?? this.#webSocket ?? this.#dataChannel;
  }

  get kinds(): readonly ChannelKind[] {
    return this.#open.map(({ kind }) => kind);
  }

  has(channel: Channel): boolean {
    return this.#open.includes(channel);
  }

  /** A WebSocket takes the place of the one before. */
  opened(channel: Channel): void {
    if (channel.kind === 'sctp') {
      this.#dataChannel = channel;
      return;
    }
    this.#webSocket?.close(1000, 'replaced');
    this.#webSocket = channel;
    this.#isWebSocketLastActive = true;
  }

  /** Something has come through it. */
  used(channel: Channel): void {
    this.#isWebSocketLastActive = channel.kind === 'ws';
  }

  closed(channel: Channel): void {
    if (channel === this.#webSocket) {
      this.#webSocket = undefined;
      this.#isWebSocketLastActive = false;
    } else if (channel === this.#dataChannel) this.#dataChannel = undefined;
  }

  /**
   * @param channel the one to use; otherwise the active one. Without any the message is lost, as it is on a real bridge
   * @param from where it came from, to be held back if need be
   */
  send(message: OutgoingMessage, channel?: Channel, from?: Channel): void {
    const { clock, faults } = this.#options;
    if (faults.delay === 0 && this.#line.length === 0) this.#deliver(message, channel, from);
    else this.#line.at(clock.now() + faults.delay, () => this.#deliver(message, channel, from));
  }

  /** Closes all channels; the endpoint may open others. */
  close(code: number, reason: string): void {
    for (const channel of this.#forget()) channel.close(code, reason);
  }

  /** Breaks all channels. */
  terminate(): void {
    for (const channel of this.#forget()) channel.terminate();
  }

  get #open(): readonly Channel[] {
    return [this.#webSocket, this.#dataChannel].filter((channel) => channel !== undefined);
  }

  #forget(): readonly Channel[] {
    const channels = this.#open;
    this.#line.clear();
    this.#webSocket = undefined;
    this.#dataChannel = undefined;
    return channels;
  }

  #deliver(message: OutgoingMessage, channel: Channel | undefined, from: Channel | undefined): void {
    const fault = (channel ?? this.active)?.send(message, from);
    if (fault) this.#options.lost(message, fault);
  }
}
