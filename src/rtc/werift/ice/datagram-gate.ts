/**
 * Decides which datagrams werift may see. By itself it answers and believes STUN requests of anybody who knows our port, takes
 * data from any address, and one datagram of nonsense can end its DTLS handshake. Answers to our requests go to whoever has asked.
 */
import type { Milliseconds } from '../../../base/clock.ts';
import { type Address, CandidatePairState, type Connection, classes, parseMessage } from '../parts.ts';
import type { StunRequests } from './stun-requests.ts';

export class DatagramGate {
  /** All that have come, whatever they were. */
  packetsReceived = 0;
  /** ms ago the datagram arrived that was looked at last */
  late: Milliseconds = 0;
  readonly #connection: Connection;
  readonly #requests: StunRequests;
  readonly #key: Buffer;
  /** Addresses whose owner knows our password, or our check's answer. */
  readonly #known = new Set<string>();

  constructor(connection: Connection, requests: StunRequests) {
    this.#connection = connection;
    this.#requests = requests;
    this.#key = Buffer.from(connection.localPassword);
  }

  accepts(data: Buffer, address: Address, late: Milliseconds = 0): boolean {
    this.packetsReceived++;
    this.late = late;
    const [first] = data;
    if (first === undefined) return false;
    // RFC 7983, 7: which protocol a datagram belongs to
    return first <= 3 ? this.#acceptsStun(data, address) : this.#isKnown(address);
  }

  /** Requests must show our password (RFC 8445, 7.3). */
  #acceptsStun(data: Buffer, address: Address): boolean {
    const parsed = parseMessage(data);
    if (!parsed) return false;
    if (parsed.messageClass !== classes.REQUEST) {
      this.#requests.received(data, parsed, address);
      return false;
    }
    const verified = parseMessage(data, this.#key);
    const username: unknown = verified?.getAttributeValue('USERNAME');
    if (typeof username !== 'string' || !username.startsWith(`${this.#connection.localUsername}:`))
      return false;
    this.#known.add(textOf(address));
    this.#requests.resend(address);
    return true;
  }

  #isKnown(address: Address): boolean {
    const text = textOf(address);
    if (this.#known.has(text)) return true;
    const answered = this.#connection.candidatePairs.some(
      (pair) => pair.state === CandidatePairState.SUCCEEDED && textOf(pair.remoteAddr) === text,
    );
    if (answered) this.#known.add(text);
    return answered;
  }
}

function textOf([host, port]: Address): string {
  return `${host} ${port}`;
}
