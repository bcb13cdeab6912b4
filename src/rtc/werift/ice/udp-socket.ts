/**
 * A UDP socket as werift's `Transport`. Its own binds to all addresses, and an error of the socket, such as an address that is
 * gone, ends the process.
 */
import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { isIPv6 } from 'node:net';
import type { Address, Transport } from '../parts.ts';
import type { Milliseconds } from '../../../base/clock.ts';
import { messageOf } from '../../../base/errors.ts';
import type { Logger } from '../../../base/logger.ts';
import type { DatagramPath } from '../../peer-transport.ts';
import { LateReading } from './late-reading.ts';

/** Bytes that may wait while we are busy: a key frame comes in one burst. The system may allow less. */
const receiveBufferSize = 1024 * 1024;

export class UdpSocket implements Transport {
  readonly type = 'udp';
  /** What werift's STUN client asks for. */
  readonly socketType: 'udp4' | 'udp6';
  onData: (data: Buffer, address: Address) => void = () => {};
  /** ms ago the datagram of {@link onData} arrived, while that is called */
  late: Milliseconds = 0;
  closed = false;
  readonly #socket: Socket;
  readonly #logger: Logger;
  readonly #path: DatagramPath | undefined;

  /** @param host our address, which decides the family; port 0 is one that is free */
  static async open(host: string, logger: Logger, path?: DatagramPath): Promise<UdpSocket> {
    const socket = new UdpSocket(host, logger, path?.branch?.() ?? path);
    await socket.#bind(host);
    return socket;
  }

  private constructor(host: string, logger: Logger, path: DatagramPath | undefined) {
    this.socketType = isIPv6(host) ? 'udp6' : 'udp4';
    this.#logger = logger;
    this.#path = path;
    // Only addresses are sent to. Node would put each datagram off until it has "looked up" its address.
    const lookup = (
      address: string,
      _: unknown,
      found: (error: null, address: string, family: number) => void,
    ) => found(null, address, this.socketType === 'udp6' ? 6 : 4);
    this.#socket = createSocket({ type: this.socketType, lookup, recvBufferSize: receiveBufferSize });
    this.#socket.on('error', (error) =>
      logger.log('debug', 'a UDP socket failed', { error: messageOf(error) }),
    );
    const reading = new LateReading((data, address, port, late) => {
      const incoming = path?.incoming;
      if (!incoming || incoming.isClear) this.#received(data, address, port, late);
      else incoming.pass(data.length, () => this.#received(data, address, port, 0));
    });
    this.#socket.on('message', (data, { address, port }) => reading.read(data, address, port));
  }

  /** Whoever sent this must not be able to make us throw. */
  #received(data: Buffer, address: string, port: number, late: Milliseconds): void {
    if (this.closed) return;
    this.late = late;
    try {
      this.onData(data, [address.split('%', 1)[0] ?? address, port]);
    } catch (error) {
      this.#logger.log('debug', 'a datagram made no sense', { error: messageOf(error) });
    }
  }

  #bind(host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.bind({ port: 0, address: host }, () => {
        this.#socket.off('error', reject);
        resolve();
      });
    });
  }

  get address(): AddressInfo {
    return this.#socket.address();
  }

  /** Never rejects: datagrams get lost. */
  send = (data: Buffer, address?: Address): Promise<void> => {
    const outgoing = this.#path?.outgoing;
    if (!address) return sent;
    if (!outgoing || outgoing.isClear) this.#send(data, address);
    else outgoing.pass(data.length, () => this.#send(data, address));
    return sent;
  };

  #send(data: Buffer, [host, port]: Address): void {
    if (this.closed) return;
    try {
      this.#socket.send(data, port, host, this.#sent);
    } catch (error) {
      this.#sent(error as Error);
    }
  }

  readonly #sent = (error: Error | null): void => {
    if (error && !this.closed)
      this.#logger.log('debug', 'a datagram was not sent', { error: messageOf(error) });
  };

  close = (): Promise<void> => {
    if (this.closed) return sent;
    this.closed = true;
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  };
}

const sent = Promise.resolve();
