/**
 * A TCP or TLS connection to a TURN server as werift's `Transport`. Its own connects again for ever when the server hangs up, and
 * ends the process when it cannot.
 */
import { type AddressInfo, connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Address, Transport } from '../parts.ts';
import { messageOf } from '../../../base/errors.ts';
import type { Logger } from '../../../base/logger.ts';
import { type TlsTrust, tlsOptionsOfOthers } from '../../../net/tls-trust.ts';

/** Bytes that may wait; above it datagrams are lost, as on any link that is full. */
const queueLimit = 256 * 1024;

export interface StreamOptions {
  name: string;
  trust: TlsTrust | undefined;
  logger: Logger;
}

export class StreamSocket implements Transport {
  readonly type: 'tcp' | 'tls';
  readonly address = {} as AddressInfo;
  /** Resolves when connected. */
  readonly opened: Promise<void>;
  onData: (data: Buffer, address: Address) => void = () => {};
  closed = false;
  readonly #socket: Socket;

  /** @param options.name what the server's certificate must be for */
  constructor(type: 'tcp' | 'tls', address: Address, { name, trust, logger }: StreamOptions) {
    this.type = type;
    const [host, port] = address;
    const socket =
      type === 'tcp'
        ? connectTcp({ host, port })
        : connectTls({
            host,
            port,
            ...(trust ? tlsOptionsOfOthers(trust) : {}),
            ...(isIP(name) === 0 ? { servername: name } : {}),
          });
    this.#socket = socket;
    this.opened = new Promise((resolve, reject) => {
      socket.once(type === 'tcp' ? 'connect' : 'secureConnect', () => resolve());
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the connection was closed')));
    });
    this.opened.catch(() => {}); // nobody may be waiting any more
    socket.setNoDelay(true);
    socket.on('data', (data) => {
      try {
        this.onData(data, address);
      } catch (error) {
        logger.log('debug', 'a TURN server sent nonsense', { error: messageOf(error) });
        socket.destroy();
      }
    });
    socket.on('error', (error) =>
      logger.log('debug', 'the connection to a TURN server broke', { error: messageOf(error) }),
    );
    socket.on('close', () => {
      this.closed = true;
    });
  }

  send = (data: Buffer): Promise<void> => {
    if (!this.closed && this.#socket.writableLength < queueLimit) this.#socket.write(data);
    return Promise.resolve();
  };

  close = (): Promise<void> => {
    this.closed = true;
    this.#socket.destroy();
    return Promise.resolve();
  };
}
