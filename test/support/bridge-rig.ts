/** The public bridge in virtual time. */
import { silentLogger } from '../../src/base/logger.ts';
import { Bridge } from '../../src/client/bridge/bridge.ts';
import type { BridgeOptions } from '../../src/client/bridge/options.ts';
import type { ChannelEnd } from '../../src/rtc/bridge-channel.ts';
import { FakeRoute } from './fake-route.ts';
import { ManualClock } from './manual-clock.ts';

/** A bridge on a route that does what a test says. */
export class BridgeRig {
  readonly clock: ManualClock = new ManualClock();
  readonly bridge: Bridge;
  readonly route: FakeRoute;
  /** Events by name, warnings by code. */
  readonly told: string[] = [];
  readonly ends: ChannelEnd[] = [];

  constructor(options: Partial<BridgeOptions> = {}, kind: 'ws' | 'sctp' = 'ws') {
    this.bridge = new Bridge({
      clock: this.clock,
      random: (size) => new Uint8Array(size).fill(0xff),
      logger: silentLogger,
      endpoints: () => ['others'],
      isHere: () => true,
      whenDown: 'refuse',
      queueLimit: 1_000,
      ...options,
    });
    this.route = new FakeRoute(kind);
    this.bridge.on('opened', ({ transport }) => this.told.push(`opened ${transport}`));
    this.bridge.on('down', ({ reason }) => this.told.push(`down ${reason}`));
    this.bridge.on('closed', ({ info }) => this.told.push(`closed ${info.reason}`));
    this.bridge.on('warning', ({ error }) => this.told.push(`warning ${error.code}`));
  }

  attach(route: FakeRoute = this.route): this {
    this.bridge.attach([route], { isAlone: () => false, ended: (end) => this.ends.push(end) });
    return this;
  }

  open(): this {
    this.attach().route.link.open();
    return this;
  }

  /** The connection breaks and comes back. */
  reopen(): void {
    this.route.link.end();
    this.clock.advance(1_000);
    this.route.link.open();
  }
}

/** As a bridge passes it on. */
export function endpointMessage(fields: object): object {
  return { colibriClass: 'EndpointMessage', to: '', from: 'abcd1234', ...fields };
}
