/** The engine on werift: plain JavaScript, so it runs wherever Node does. Both ends; media and data. */
import type { PeerTransport, PeerTransportEngine } from '../peer-transport.ts';
import { WeriftTransport } from './transport.ts';

export function createWeriftEngine(): PeerTransportEngine {
  return {
    name: 'werift',
    create: (options, handlers): Promise<PeerTransport> => WeriftTransport.create(options, handlers),
  };
}
