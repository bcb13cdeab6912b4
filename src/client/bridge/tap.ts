/** The bridge channel's part of the wire tap and of the trace log. Without listeners a message costs one comparison. */
import type { Clock } from '../../base/clock.ts';
import { type Logger, silentLogger } from '../../base/logger.ts';
import { bridgeWireText, type WireEntry } from '../wire.ts';

export interface TapPorts {
  clock: Clock;
  logger: Logger;
  wire?: ((entry: WireEntry) => void) | undefined;
}

export class BridgeTap {
  readonly #ports: TapPorts;
  readonly #isOn: boolean;

  constructor(ports: TapPorts) {
    this.#ports = ports;
    this.#isOn = ports.wire !== undefined || ports.logger !== silentLogger;
  }

  tap(direction: WireEntry['direction'], message: string | Uint8Array): void {
    if (this.#isOn) this.#show(direction, message);
  }

  #show(direction: WireEntry['direction'], message: string | Uint8Array): void {
    const { clock, logger, wire } = this.#ports;
    const channel = 'bridge';
    wire?.({ at: clock.now(), channel, direction, text: bridgeWireText(message) });
    if (logger === silentLogger) return;
    logger.log('trace', direction === 'sent' ? '>>>' : '<<<', {
      channel,
      // Most loggers do not write traces, and then do not look.
      get text() {
        return bridgeWireText(message);
      },
    });
  }
}
