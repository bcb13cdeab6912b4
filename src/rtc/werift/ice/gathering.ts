/**
 * Opens the sockets of a connection (RFC 8445, 5.1). werift's own gathering binds each socket to all addresses, keeps host
 * candidates back until the slowest server has answered, and asks a server of Google's when it is given none.
 */
import { lookup } from 'node:dns/promises';
import {
  type Address,
  type Candidate,
  type CandidatePair,
  type Connection,
  classes,
  Message,
  methods,
  type Protocol,
  serverReflexiveCandidate,
  StunProtocol,
  type UdpTransport,
} from '../parts.ts';
import { defined } from '../../../base/defined.ts';
import { messageOf } from '../../../base/errors.ts';
import type { Logger } from '../../../base/logger.ts';
import type { IceCandidate } from '../../../jingle/model.ts';
import type { TlsTrust } from '../../../net/tls-trust.ts';
import type { IceServerAddress } from '../../ice-server-url.ts';
import type { DatagramPath } from '../../peer-transport.ts';
import type { SelectedCandidate, SelectedCandidatePair } from '../../selected-candidate-pair.ts';
import { forgive } from '../forgive.ts';
import { localCandidate, toModel } from './candidates.ts';
import type { DatagramGate } from './datagram-gate.ts';
import { Relay } from './relay.ts';
import { stunErrorWords } from './stun-error.ts';
import { backingOff, never, steadily, type StunRequests } from './stun-requests.ts';
import { UdpSocket } from './udp-socket.ts';

/** ms for an answer of a STUN server: 79 times the first interval (RFC 8489, 6.2.1) */
const serverLifetime = 39_500;

export interface GatheringOptions {
  gate: DatagramGate;
  requests: StunRequests;
  /** ms for which the answer to a connectivity check counts */
  checkLifetime: number;
  path: DatagramPath | undefined;
  tls: TlsTrust | undefined;
  logger: Logger;
}

export class Gathering {
  /** Found so far. */
  readonly candidates: IceCandidate[] = [];
  /** Of servers that were of no use, in words. */
  readonly failures: string[] = [];
  readonly #connection: Connection;
  readonly #gate: DatagramGate;
  readonly #logger: Logger;
  readonly #options: GatheringOptions;
  readonly #hosts: StunProtocol[] = [];
  readonly #relays = new Set<Promise<Relay>>();
  readonly #relayProtocols = new Map<Protocol, IceServerAddress['transport']>();
  /** Addresses of servers that are asked over UDP. */
  readonly #servers = new Map<string, Address>();
  readonly #end = new AbortController();

  constructor(connection: Connection, options: GatheringOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#gate = options.gate;
    this.#logger = options.logger;
    // Our candidates come when they come; werift waits for all of them otherwise.
    connection.localCandidatesEnd = true;
  }

  /** A socket on each address; those that cannot be opened are left out. */
  async openHosts(addresses: readonly string[]): Promise<void> {
    for (const [index, address] of addresses.entries()) {
      try {
        const socket = await UdpSocket.open(address, this.#logger, this.#options.path);
        const protocol = this.#overUdp(socket);
        protocol.localIp = address;
        this.#hosts.push(protocol);
        this.#use(protocol, this.#candidate('host', [address, socket.address.port], index));
      } catch (error) {
        this.#logger.log('debug', 'an address cannot be used', { address, error: messageOf(error) });
      }
    }
  }

  /** Asks the servers, all at once, and tells of the candidates that they make. */
  async askServers(
    servers: readonly IceServerAddress[],
    tell: (candidate: IceCandidate) => void,
  ): Promise<void> {
    const found = (candidate: Candidate): void => {
      const model = this.#end.signal.aborted ? undefined : this.#found(candidate);
      if (model) tell(model);
    };
    await Promise.all(
      servers.map(async (server, index) => {
        try {
          if (server.kind === 'turn') {
            if (server.transport === 'udp')
              forgive(this.#locate(server), 'a server has no address of IPv4', this.#logger);
            found(await this.#askTurn(server, index));
          } else {
            await this.#locate(server);
            await this.#askStun(server, found);
          }
        } catch (error) {
          const { kind, host, port, transport } = server;
          const name = `${kind}:${host.includes(':') ? `[${host}]` : host}:${port} over ${transport}`;
          const words = stunErrorWords(error);
          this.failures.push(`${name}: ${words}`);
          this.#logger.log('debug', 'a server was of no use', { server: name, error: words });
        }
      }),
    );
  }

  /** For each server whose address is known: asks it once, from one of our addresses. @param lifetime ms for its answer */
  questions(lifetime: number): ((answered: () => void) => void)[] {
    const [protocol] = this.#hosts;
    if (!protocol) return [];
    return [...this.#servers.values()].map((to) => (answered) => {
      this.#options.requests.send({
        message: new Message(methods.BINDING, classes.REQUEST),
        to,
        repetition: never,
        lifetime,
        transmit: (message, address) => void protocol.sendStun(message, address).catch(() => {}),
        answered,
      });
    });
  }

  /** Gives relays back. The other sockets are the connection's. */
  async close(): Promise<void> {
    this.#end.abort(new Error('closed'));
    const relays = await Promise.allSettled(this.#relays);
    await Promise.all(relays.map(async (made) => made.status === 'fulfilled' && made.value.release()));
  }

  inModel({ protocol, remoteCandidate }: CandidatePair): SelectedCandidatePair {
    const relayProtocol = this.#relayProtocols.get(protocol);
    const local = protocol.localCandidate && selected(protocol.localCandidate);
    const remote = selected(remoteCandidate);
    return { local: defined({ ...(local ?? remote), relayProtocol }), remote };
  }

  #overUdp(socket: UdpSocket): StunProtocol {
    const protocol = new StunProtocol();
    // the part of its interface that werift uses
    protocol.transport = socket as unknown as UdpTransport;
    socket.onData = (data, address) => {
      if (this.#gate.accepts(data, address, socket.late)) protocol['datagramReceived'](data, address);
    };
    return protocol;
  }

  #candidate(type: 'host' | 'relay', address: Address, index: number, related?: Address): Candidate {
    return localCandidate(type, address, { index, ufrag: this.#connection.localUsername, related });
  }

  #use(protocol: Protocol, candidate: Candidate): void {
    protocol.localCandidate = candidate;
    protocol.request = (message, to, key) => this.#request(protocol, message, to, key);
    this.#connection['ensureProtocol'](protocol);
    this.#connection['protocols'].push(protocol);
    this.#connection['pairLocalProtocol'](protocol);
    if (candidate.type === 'host') this.#found(candidate);
  }

  /** Instead of werift's own transactions: of a check with a key, of a STUN server without one. */
  #request(
    protocol: Protocol,
    message: Message,
    to: Address,
    key: Buffer | undefined,
  ): Promise<[Message, Address]> {
    return new Promise((resolve, reject) => {
      this.#options.requests.send({
        message,
        to,
        key,
        repetition: key ? steadily : backingOff,
        lifetime: key ? this.#options.checkLifetime : serverLifetime,
        transmit: (request, address) => void protocol.sendStun(request, address).catch(() => {}),
        answered: (response, from) => resolve([response, from]),
        failed: reject,
      });
    });
  }

  /** Undefined when it is known: a machine without a NAT finds itself once more. */
  #found(candidate: Candidate): IceCandidate | undefined {
    const model = toModel(candidate, `c${this.candidates.length}`);
    if (this.candidates.some(({ ip, port }) => ip === model.ip && port === model.port)) return undefined;
    this.candidates.push(model);
    return model;
  }

  async #askStun({ host, port }: IceServerAddress, found: (candidate: Candidate) => void): Promise<void> {
    const asked = this.#hosts.filter(({ localIp }) => localIp?.includes('.'));
    const known = this.#servers.get(`${host}:${port}`);
    if (!known) return;
    await Promise.all(
      asked.map(async (protocol) => {
        const candidate = await serverReflexiveCandidate(protocol, known);
        if (candidate) found(candidate);
      }),
    );
  }

  /** Only IPv4 addresses are asked about themselves. */
  async #locate({ host, port }: IceServerAddress): Promise<void> {
    if (!this.#hosts.some(({ localIp }) => localIp?.includes('.'))) return;
    const { address, family } = await lookup(host, 4);
    if (family === 4) this.#servers.set(`${host}:${port}`, [address, port]);
  }

  async #askTurn(server: IceServerAddress, index: number): Promise<Candidate> {
    const allocation = Relay.allocate(server, {
      accepts: (data, address) => this.#gate.accepts(data, address),
      signal: this.#end.signal,
      tls: this.#options.tls,
      logger: this.#logger,
    });
    this.#relays.add(allocation);
    const { protocol, relayedAddress, mappedAddress } = await allocation;
    this.#relayProtocols.set(protocol, server.transport);
    this.#end.signal.throwIfAborted();
    const candidate = this.#candidate('relay', relayedAddress, index, mappedAddress);
    this.#use(protocol, candidate);
    return candidate;
  }
}

function selected({ type, transport: protocol, host: ip, port }: Candidate): SelectedCandidate {
  return { type, protocol, ip, port };
}
