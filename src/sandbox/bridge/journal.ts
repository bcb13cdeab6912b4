/** Which messages and media packets the bridge dropped and why, for tests to look at; clients are told nothing of it. */
import type { Logger } from '../../base/logger.ts';

export type DropReason =
  /** no JSON object, or one with a key twice */
  | 'invalid-json'
  /** an unknown class, one that is not for clients to send, a field that is missing, wrong or unknown */
  | 'invalid-message'
  /** nobody has the endpoint id that it is to */
  | 'unknown-receiver'
  /** visitors may not send it */
  | 'visitor'
  /** it came while too many others waited: only with the fault `bridgeQueue` */
  | 'queue-full'
  /** the receiver does not read fast enough */
  | 'slow-receiver'
  /** more than the receiver's data channel takes */
  | 'too-large'
  /** RTP packets with an SSRC that was not signalled: told of once for each SSRC */
  | 'unsignalled-ssrc'
  /** RTP packets with a payload type that was not offered, or not for what was signalled: told of once for each SSRC and payload type */
  | 'unknown-format';

export interface DroppedMessage {
  readonly reason: DropReason;
  /** In words. */
  readonly detail: string;
  /** Endpoint id of the sender, or of the receiver that was too slow for it. */
  readonly endpoint: string;
  /** Bytes. */
  readonly size: number;
  /** How it begins; of a packet nothing. */
  readonly excerpt: string;
}

/** As many are kept. */
const capacity = 100;
const excerptSize = 200;

export class Journal {
  readonly #logger: Logger;
  readonly #dropped: DroppedMessage[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** The latest, oldest first. */
  get dropped(): readonly DroppedMessage[] {
    return [...this.#dropped];
  }

  drop(endpoint: string, reason: DropReason, detail: string, message: Buffer): void {
    const excerpt = message.toString('utf8', 0, excerptSize);
    this.#logger.log('warn', 'a bridge message is dropped', { endpoint, reason, detail, message: excerpt });
    this.#add({ reason, detail, endpoint, size: message.length, excerpt });
  }

  /** @param size bytes */
  dropPacket(endpoint: string, reason: DropReason, detail: string, size: number): void {
    this.#logger.log('warn', 'an RTP packet is dropped', { endpoint, reason, detail });
    this.#add({ reason, detail, endpoint, size, excerpt: '' });
  }

  #add(dropped: DroppedMessage): void {
    this.#dropped.push(dropped);
    if (this.#dropped.length > capacity) this.#dropped.shift();
  }
}
