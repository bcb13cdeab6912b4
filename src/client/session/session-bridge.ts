/** The bridge of one session, for those who take sessions themselves: it ends with the session. */
import { defined } from '../../base/defined.ts';
import type { ChannelRoute } from '../../rtc/channel-link.ts';
import type { Bridge } from '../bridge/bridge.ts';
import type { CarriedSession, SessionNews } from './carried-session.ts';
import type { BridgeChoice } from '../join-options.ts';
import { sessionOver } from './session-carrier.ts';

export interface OpenBridgeOptions {
  bridge?: BridgeChoice;
  signal?: AbortSignal;
  /** ms */
  timeout?: number;
}

export interface SessionBridgePorts extends SessionNews {
  /** The choice of the join. */
  choice: BridgeChoice;
  isAlone(): boolean;
  makeBridge(): Bridge;
}

export async function openSessionBridge(
  session: CarriedSession & { bridgeRoutes(choice: BridgeChoice): ChannelRoute[] },
  options: OpenBridgeOptions,
  ports: SessionBridgePorts,
): Promise<Bridge> {
  const { signal, timeout } = options;
  signal?.throwIfAborted();
  if (session.state === 'ended') throw sessionOver('opening the bridge channel');
  const routes = session.bridgeRoutes(options.bridge ?? ports.choice);
  const bridge = ports.makeBridge();
  const off = ports.onEnded(() => bridge.close({ reason: 'session-ended' }));
  void bridge.closed.then(off);
  bridge.attach(routes, { isAlone: ports.isAlone, ended: (end) => bridge.close(end) });
  try {
    await bridge.opened(defined({ signal, timeout }));
    return bridge;
  } catch (error) {
    bridge.close({ reason: 'left' });
    throw error;
  }
}
