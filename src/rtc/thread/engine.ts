/** The engine on werift in the network thread; only for a participant's end. */
import type { PeerTransport, PeerTransportEngine } from '../peer-transport.ts';
import type { NetworkThread } from './network-thread.ts';
import { ThreadedTransport } from './transport.ts';

export function createThreadedEngine(thread: NetworkThread): PeerTransportEngine {
  return {
    name: 'werift',
    create: (options, handlers): Promise<PeerTransport> =>
      ThreadedTransport.create(thread, options, handlers),
  };
}
