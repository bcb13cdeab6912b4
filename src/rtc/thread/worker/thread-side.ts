/** The transports of the network thread, by the numbers that the other one has given them, and what becomes of its commands. */
import type { Clock } from '../../../base/clock.ts';
import { JitsiError, messageOf } from '../../../base/errors.ts';
import { createWeriftEngine } from '../../werift/engine.ts';
import type { Command } from '../messages.ts';
import { unpackOutgoing } from '../outgoing-batch.ts';
import { ChannelSide } from './channel-side.ts';
import type { Outbox } from './outbox.ts';
import { RtpSide } from './rtp-side.ts';
import { TransportSide } from './transport-side.ts';

export class ThreadSide {
  readonly #outbox: Outbox;
  readonly #clock: Clock;
  readonly #engine = createWeriftEngine();
  readonly #transports = new Map<number, TransportSide>();
  readonly #channels = new Map<number, ChannelSide>();
  readonly #links = new Map<number, RtpSide>();

  constructor(outbox: Outbox, clock: Clock) {
    this.#outbox = outbox;
    this.#clock = clock;
  }

  take(command: Command): void {
    switch (command.name) {
      case 'packets':
        unpackOutgoing(command.batch, (link, ssrc, packet) => this.#links.get(link)?.send(ssrc, packet));
        return;
      case 'create':
        return this.#answer(command.request, this.#create(command));
      case 'look':
      case 'prepareIceRestart':
      case 'close':
        return this.#answer(command.request, this.#asked(command));
      case 'connect':
        this.#transports.get(command.transport)?.transport.connect(command.remote);
        return;
      case 'restartIce':
        this.#transports.get(command.transport)?.transport.restartIce(command.remote);
        return;
      case 'openDataChannel':
      case 'sendText':
      case 'closeDataChannel':
        return this.#channelCommand(command);
      default:
        this.#rtpCommand(command);
    }
  }

  async #create({ options, transport }: Extract<Command, { name: 'create' }>): Promise<unknown> {
    const side = await TransportSide.create(this.#engine, transport, options, this.#outbox);
    this.#transports.set(transport, side);
    return side.snapshot;
  }

  async #asked(
    command: Extract<Command, { name: 'look' | 'prepareIceRestart' | 'close' }>,
  ): Promise<unknown> {
    const transport = this.#transports.get(command.transport)?.transport;
    if (command.name === 'look') return transport?.look(command.remote, command.patience);
    if (command.name === 'prepareIceRestart') return transport?.prepareIceRestart();
    this.#transports.delete(command.transport);
    return transport?.close();
  }

  #channelCommand(
    command: Extract<Command, { name: 'openDataChannel' | 'sendText' | 'closeDataChannel' }>,
  ): void {
    const { channel } = command;
    if (command.name === 'openDataChannel') {
      const transport = this.#transports.get(command.transport)?.transport;
      if (!transport) return;
      const side = new ChannelSide(transport.openDataChannel(command.options), channel, this.#outbox, () =>
        this.#channels.delete(channel),
      );
      this.#channels.set(channel, side);
    } else if (command.name === 'sendText') this.#channels.get(channel)?.send(command.text);
    else {
      this.#channels.get(channel)?.close();
      this.#channels.delete(channel);
    }
  }

  #rtpCommand(command: Extract<Command, { link: number }>): void {
    const { link } = command;
    if (command.name === 'openRtp') {
      const transport = this.#transports.get(command.transport)?.transport;
      if (!transport) return;
      this.#links.set(link, new RtpSide(transport, link, command.options, this.#clock, this.#outbox));
      return;
    }
    const side = this.#links.get(link);
    if (command.name === 'addReceived') side?.addReceived(command.source, command.record);
    else if (command.name === 'removeReceived') side?.removeReceived(command.ssrc);
    else if (command.name === 'requestKeyFrame') side?.requestKeyFrame(command.ssrc);
    else if (command.name === 'addSent') side?.addSent(command.source, command.record);
    else if (command.name === 'removeSent') side?.removeSent(command.ssrc);
    else {
      side?.close();
      this.#links.delete(link);
    }
  }

  #answer(request: number, work: Promise<unknown>): void {
    work.then(
      (value) => this.#outbox.tell({ name: 'answer', request, value }),
      (error: unknown) => {
        const { code, retryable } =
          error instanceof JitsiError ? error : { code: 'transport-failed', retryable: true };
        this.#outbox.tell({ name: 'failure', request, message: messageOf(error), code, retryable });
      },
    );
  }
}
