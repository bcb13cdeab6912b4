/** The bridge of one session, for those who take sessions themselves: it ends with the session. */
import { defined } from '../base/defined.ts';
import type { Bridge } from './bridge.ts';
import type { On } from './event-source.ts';
import type { BridgeChoice } from './join-options.ts';
import type { MediaSession } from './media-session.ts';
import { sessionOver } from './session-carrier.ts';

export interface OpenBridgeOptions {
  bridge?: BridgeChoice;
  signal?: AbortSignal;
  /** ms */
  timeout?: number;
}

export interface SessionBridgePorts {
  on: On;
  /** The choice of the join. */
  choice: BridgeChoice;
  isAlone(): boolean;
  makeBridge(): Bridge;
}

export async function openSessionBridge(
  session: MediaSession,
  options: OpenBridgeOptions,
  ports: SessionBridgePorts,
): Promise<Bridge> {
  const { signal, timeout } = options;
  signal?.throwIfAborted();
  if (session.state === 'ended') throw sessionOver('opening the bridge channel');
  const routes = session.bridgeRoutes(options.bridge ?? ports.choice);
  const bridge = ports.makeBridge();
  const off = ports.on('sessionEnded', (ended) => {
    if (ended.session === session) bridge.close({ reason: 'session-ended' });
  });
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
