/** The media packets of one transport, both ways, with what goes wrong with them. */
import type { Clock } from '../../../base/clock.ts';
import type { RandomBytes } from '../../../base/random.ts';
import type { PeerTransport } from '../../../rtc/peer-transport.ts';
import { type MediaFaults, MediaPath } from './media-faults.ts';

export class MediaLine {
  readonly #up: MediaPath;
  readonly #down: MediaPath;
  readonly #transport: Pick<PeerTransport, 'sendRtp' | 'sendRtcp'>;

  constructor(
    transport: Pick<PeerTransport, 'sendRtp' | 'sendRtcp'>,
    clock: Clock,
    random: RandomBytes,
    faults: MediaFaults,
  ) {
    this.#transport = transport;
    this.#up = new MediaPath(clock, random, faults, 'up');
    this.#down = new MediaPath(clock, random, faults, 'down');
  }

  sendRtp(header: Uint8Array, payload: Uint8Array): void {
    if (this.#down.isClear) this.#transport.sendRtp(header, payload);
    else this.#down.pass(() => this.#transport.sendRtp(header, payload));
  }

  sendRtcp(compound: Uint8Array): void {
    if (this.#down.isClear) this.#transport.sendRtcp(compound);
    else this.#down.pass(() => this.#transport.sendRtcp(compound));
  }

  /** A packet has come. */
  receive(packet: Uint8Array, handle: (packet: Uint8Array) => void): void {
    if (this.#up.isClear) handle(packet);
    else this.#up.pass(() => handle(packet));
  }

  /** Nothing is on its way any more. */
  close(): void {
    this.#up.clear();
    this.#down.clear();
  }
}
