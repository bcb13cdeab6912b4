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

/** What a transport has, and is gone with it. */
interface Part<Side> {
  transport: number;
  side: Side;
}

export class ThreadSide {
  readonly #outbox: Outbox;
  readonly #clock: Clock;
  readonly #engine = createWeriftEngine();
  readonly #transports = new Map<number, TransportSide>();
  readonly #channels = new Map<number, Part<ChannelSide>>();
  readonly #links = new Map<number, Part<RtpSide>>();

  constructor(outbox: Outbox, clock: Clock) {
    this.#outbox = outbox;
    this.#clock = clock;
  }

  /** A mistake in one transport's affairs is not to cost the others theirs. */
  take(command: Exclude<Command, { name: 'end' }>): void {
    try {
      this.#carryOut(command);
    } catch (error) {
      const transport = this.#transportOf(command);
      if (transport === undefined) throw error;
      this.#fail(transport, `${command.name}: ${messageOf(error)}`);
    }
  }

  #carryOut(command: Exclude<Command, { name: 'end' }>): void {
    switch (command.name) {
      case 'packets':
        unpackOutgoing(command.batch, command.length, (link, ssrc, packet) =>
          this.#links.get(link)?.side.send(ssrc, packet),
        );
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
        return this.#openDataChannel(command);
      case 'sendText':
        this.#channels.get(command.channel)?.side.send(command.text);
        return;
      case 'closeDataChannel':
        this.#channels.get(command.channel)?.side.close();
        this.#channels.delete(command.channel);
        return;
      default:
        this.#rtpCommand(command);
    }
  }

  #transportOf(command: Command): number | undefined {
    if ('transport' in command) return command.transport;
    if ('link' in command) return this.#links.get(command.link)?.transport;
    return 'channel' in command ? this.#channels.get(command.channel)?.transport : undefined;
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
    this.#forget(command.transport);
    return transport?.close();
  }

  #forget(transport: number): void {
    this.#transports.delete(transport);
    for (const parts of [this.#channels, this.#links])
      for (const [number, part] of parts) if (part.transport === transport) parts.delete(number);
  }

  #fail(transport: number, reason: string): void {
    const side = this.#transports.get(transport);
    if (!side) return;
    const snapshot = { ...side.snapshot, state: 'failed', isLooking: false, canRestartIce: false } as const;
    this.#outbox.tell({ name: 'state', transport, snapshot, reason, isUntrusted: false });
  }

  #openDataChannel({ channel, options, transport }: Extract<Command, { name: 'openDataChannel' }>): void {
    const opened = this.#transports.get(transport)?.transport.openDataChannel(options);
    if (!opened) return;
    const side = new ChannelSide(opened, channel, this.#outbox, () => this.#channels.delete(channel));
    this.#channels.set(channel, { transport, side });
  }

  #rtpCommand(command: Extract<Command, { link: number }>): void {
    const { link } = command;
    if (command.name === 'openRtp') {
      const { options, transport } = command;
      const carrier = this.#transports.get(transport)?.transport;
      if (!carrier) return;
      const side = new RtpSide(carrier, link, options, this.#clock, this.#outbox);
      this.#links.set(link, { transport, side });
      return;
    }
    const side = this.#links.get(link)?.side;
    if (command.name === 'addReceived') side?.addReceived(command.source, command.stream, command.record);
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
