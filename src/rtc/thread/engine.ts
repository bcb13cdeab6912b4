/** The engine on werift in the network thread; only for a participant's end. */
import type { PeerTransport, PeerTransportEngine } from '../peer-transport.ts';
import { networkThread } from './network-thread.ts';
import { ThreadedTransport } from './transport.ts';

export function createThreadedEngine(): PeerTransportEngine {
  // It is loading while signalling goes on.
  networkThread();
  return {
    name: 'werift',
    create: (options, handlers): Promise<PeerTransport> =>
      ThreadedTransport.create(networkThread(), options, handlers),
  };
}
