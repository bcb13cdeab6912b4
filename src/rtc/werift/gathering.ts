/**
 * Opens the sockets of a connection (RFC 8445, 5.1). werift's own gathering binds each socket to all addresses, keeps host
 * candidates back until the slowest server has answered, and asks a server of Google's when it is given none.
 */
import {
  type Connection,
  type Protocol,
  serverReflexiveCandidate,
  StunProtocol,
  type UdpTransport,
} from 'werift';
import { messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { IceCandidate } from '../../jingle/model.ts';
import type { IceServerAddress } from '../ice-server-url.ts';
import { localCandidate, toModel } from './candidates.ts';
import type { DatagramGate } from './datagram-gate.ts';
import { Relay } from './relay.ts';
import { UdpSocket } from './udp-socket.ts';

export class Gathering {
  readonly #connection: Connection;
  readonly #gate: DatagramGate;
  readonly #logger: Logger;
  readonly #hosts: StunProtocol[] = [];
  readonly #relays = new Set<Promise<Relay>>();
  readonly #end = new AbortController();

  constructor(connection: Connection, gate: DatagramGate, logger: Logger) {
    this.#connection = connection;
    this.#gate = gate;
    this.#logger = logger;
    // Our candidates come when they come; werift waits for all of them otherwise.
    connection.localCandidatesEnd = true;
  }

  /** A socket on each address; those that cannot be opened are left out. */
  async openHosts(addresses: readonly string[]): Promise<IceCandidate[]> {
    const candidates: IceCandidate[] = [];
    for (const [index, address] of addresses.entries()) {
      try {
        const socket = await UdpSocket.open(address, this.#logger);
        const protocol = this.#overUdp(socket);
        protocol.localIp = address;
        protocol.localCandidate = localCandidate('host', [address, socket.address.port], {
          index,
          ufrag: this.#connection.localUsername,
        });
        this.#hosts.push(protocol);
        this.#add(protocol);
        candidates.push(toModel(protocol.localCandidate));
      } catch (error) {
        this.#logger.log('debug', 'an address cannot be used', { address, error: messageOf(error) });
      }
    }
    return candidates;
  }

  /** Asks the servers, all at once; what they find is told to `found`, each address once. */
  async askServers(
    servers: readonly IceServerAddress[],
    found: (candidate: IceCandidate) => void,
  ): Promise<void> {
    const seen = new Set<string>(
      this.#hosts.map(({ localCandidate: host }) => `${host?.host} ${host?.port}`),
    );
    const tell = (candidate: IceCandidate): void => {
      const text = `${candidate.ip} ${candidate.port}`;
      if (this.#end.signal.aborted || seen.has(text)) return;
      seen.add(text);
      found(candidate);
    };
    await Promise.all(
      servers.map(async (server, index) => {
        try {
          if (server.kind === 'stun') await this.#askStun(server, tell);
          else tell(await this.#askTurn(server, index));
        } catch (error) {
          const { kind, host, port, transport } = server;
          const name = `${kind}:${host}:${port} over ${transport}`;
          this.#logger.log('debug', 'a server was of no use', { server: name, error: messageOf(error) });
        }
      }),
    );
  }

  /** Gives relays back. The other sockets are the connection's. */
  async close(): Promise<void> {
    this.#end.abort(new Error('closed'));
    const relays = await Promise.allSettled(this.#relays);
    await Promise.all(relays.map((made) => made.status === 'fulfilled' && made.value.release()));
  }

  #overUdp(socket: UdpSocket): StunProtocol {
    const protocol = new StunProtocol();
    // the part of its interface that werift uses
    protocol.transport = socket as unknown as UdpTransport;
    socket.onData = (data, address) => {
      if (this.#gate.accepts(data, address)) protocol['datagramReceived'](data, address);
    };
    return protocol;
  }

  #add(protocol: Protocol): void {
    this.#connection['ensureProtocol'](protocol);
    this.#connection['protocols'].push(protocol);
    this.#connection['pairLocalProtocol'](protocol);
  }

  async #askStun({ host, port }: IceServerAddress, tell: (candidate: IceCandidate) => void): Promise<void> {
    const asked = this.#hosts.filter(({ localIp }) => localIp?.includes('.'));
    await Promise.all(
      asked.map(async (protocol) => {
        const candidate = await serverReflexiveCandidate(protocol, [host, port]);
        if (candidate) tell(toModel(candidate));
      }),
    );
  }

  async #askTurn(server: IceServerAddress, index: number): Promise<IceCandidate> {
    const allocation = Relay.allocate(server, {
      accepts: (data, address) => this.#gate.accepts(data, address),
      signal: this.#end.signal,
      logger: this.#logger,
    });
    this.#relays.add(allocation);
    const { protocol, relayedAddress, mappedAddress } = await allocation;
    this.#end.signal.throwIfAborted();
    protocol.localCandidate = localCandidate('relay', relayedAddress, {
      index,
      ufrag: this.#connection.localUsername,
      related: mappedAddress,
    });
    this.#add(protocol);
    return toModel(protocol.localCandidate);
  }
}
