/**
 * An allocation on a TURN server (RFC 8656), made of werift's parts. Left to itself, werift keeps the allocation's timer for up to
 * eight minutes after `close`, never gives the allocation back, and leaks the socket of one that was refused.
 */
import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import { type Address, classes, Message, methods, StunOverTurnProtocol, TurnProtocol } from '../parts.ts';
import type { Logger } from '../../../base/logger.ts';
import { startTimer } from '../../../base/timer.ts';
import type { TlsTrust } from '../../../net/tls-trust.ts';
import type { IceServerAddress } from '../../ice-server-url.ts';
import { StreamSocket } from './stream-socket.ts';
import { stunErrorWords } from './stun-error.ts';
import { heedChallenges, unsigned } from './turn-challenge.ts';
import { UdpSocket } from './udp-socket.ts';
import { within } from '../within.ts';

/** s; what servers grant by default (RFC 8656, 7.2) */
const lifetime = 600;
/** ms; below the five minutes of the permission that a channel's binding renews (RFC 8656, 12.1), with time to try again */
const channelRefresh = { after: 200_000, afterFailure: 10_000 };
/** RFC 8489, 6.2.1 and 6.2.2: werift repeats after 50 ms, and on streams too */
const patience = {
  udp: { retransmissions: 6, responseTimeout: 500 },
  stream: { retransmissions: 0, responseTimeout: 39_500 },
};
/** ms for making an allocation, and for giving it back */
const allocationTimeout = 10_000;
const releaseTimeout = 250;

interface TurnChannel {
  number: number;
  address: Address;
}

export interface RelayOptions {
  /** Which datagrams ICE may see. */
  accepts(data: Buffer, address: Address): boolean;
  tls: TlsTrust | undefined;
  /** Gives up an allocation that is not made yet. */
  signal: AbortSignal;
  logger: Logger;
}

export class Relay {
  /** What ICE sends and receives with. */
  readonly protocol: StunOverTurnProtocol;
  readonly #turn: TurnProtocol;
  readonly #transport: UdpSocket | StreamSocket;
  readonly #logger: Logger;
  #cancelRefresh = (): void => {};
  #cancelRenewal = (): void => {};
  #isReleased = false;

  /** @throws whatever keeps it from an allocation */
  static async allocate(server: IceServerAddress, options: RelayOptions): Promise<Relay> {
    const limits = { time: allocationTimeout, signal: options.signal };
    const { address } = await within(lookup(server.host), limits);
    const transport = await openTransport(server, address, options);
    const relay = new Relay(server, [address, server.port], transport, options);
    try {
      await within(relay.#allocate(), limits);
      return relay;
    } catch (error) {
      await relay.release();
      throw error;
    }
  }

  private constructor(
    { username, credential }: IceServerAddress,
    address: Address,
    transport: UdpSocket | StreamSocket,
    { accepts, logger }: RelayOptions,
  ) {
    // A channel whose time is over would keep its data back for a round trip: they are renewed here, in time.
    const turn = new TurnProtocol(address, username ?? '', credential ?? '', lifetime, transport, {
      channelRefreshTime: Number.POSITIVE_INFINITY,
    });
    const request = turn.request.bind(turn);
    const mode = transport.type === 'udp' ? patience.udp : patience.stream;
    // A copy: werift writes its key into it.
    turn.request = (message, to, key) => request(unsigned(message), to, key, { ...mode });
    heedChallenges(turn);
    // werift calls it once the allocation is made; its own timer cannot be stopped
    turn['refresh'] = (granted: number) => this.#refreshAfter(granted);
    const protocol = new StunOverTurnProtocol(turn);
    turn.onData.allUnsubscribe();
    turn.onData.subscribe((data, from) => {
      if (accepts(data, from)) protocol['handleStunMessage'](data, from);
    });
    this.#turn = turn;
    this.#transport = transport;
    this.#logger = logger;
    this.protocol = protocol;
  }

  get relayedAddress(): Address {
    return this.#turn.relayedAddress;
  }

  /** We as the server sees us. */
  get mappedAddress(): Address {
    return this.#turn.mappedAddress;
  }

  /** Gives the allocation back (RFC 8656, 8) and closes the socket. */
  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#cancelRefresh();
    this.#cancelRenewal();
    const wasMade = this.#turn.relayedAddress !== undefined;
    if (wasMade && !this.#transport.closed) {
      await within(this.#refresh(0), { time: releaseTimeout }).catch(() => {});
    }
    for (const transaction of Object.values(this.#turn.transactions)) transaction.cancel();
    await this.#transport.close();
  }

  async #allocate(): Promise<void> {
    if (this.#transport instanceof StreamSocket) await this.#transport.opened;
    await this.#turn.connectionMade();
    this.#renewChannelsAfter(channelRefresh.after);
  }

  #renewChannelsAfter(delay: number): void {
    if (this.#isReleased) return;
    this.#cancelRenewal = startTimer(delay, () => {
      this.#renewChannels().then(
        () => this.#renewChannelsAfter(channelRefresh.after),
        (error: unknown) => {
          this.#logger.log('debug', 'a channel was not renewed', { error: stunErrorWords(error) });
          this.#renewChannelsAfter(channelRefresh.afterFailure);
        },
      );
    });
  }

  async #renewChannels(): Promise<void> {
    const channels = Object.values(this.#turn['channelByAddr'] as Record<string, TurnChannel>);
    let failure: unknown;
    for (const { number, address } of channels) {
      await this.#turn['channelBind'](number, address).catch((error: unknown) => {
        failure = error;
      });
    }
    if (failure !== undefined) throw failure;
  }

  /** @param seconds the allocation's lifetime from now on */
  #refreshAfter(seconds: number): void {
    if (this.#isReleased) return;
    const delay = Math.max(seconds * (5 / 6), 1) * 1000;
    this.#cancelRefresh = startTimer(delay, () => {
      this.#refresh(lifetime).then(
        (granted) => this.#refreshAfter(granted),
        (error: unknown) => {
          this.#logger.log('debug', 'an allocation was not renewed', { error: stunErrorWords(error) });
          this.#refreshAfter(seconds / 6);
        },
      );
    });
  }

  async #refresh(seconds: number): Promise<number> {
    const request = new Message(methods.REFRESH, classes.REQUEST);
    request.setAttribute('LIFETIME', seconds);
    const [response] = await this.#turn.requestWithRetry(request, this.#turn.server);
    return Number(response.getAttributeValue('LIFETIME') ?? seconds);
  }
}

async function openTransport(
  { transport, port, host }: IceServerAddress,
  address: string,
  { tls, logger }: RelayOptions,
): Promise<UdpSocket | StreamSocket> {
  if (transport === 'udp') return UdpSocket.open(isIPv6(address) ? '::' : '0.0.0.0', logger);
  return new StreamSocket(transport, [address, port], { name: host, trust: tls, logger });
}
