/** The engine on werift: plain JavaScript, so it runs wherever Node does. Both ends; media and data. */
import type { PacketEngine, PacketTransport } from '../peer-transport.ts';
import { WeriftTransport } from './transport.ts';

export function createWeriftEngine(): PacketEngine {
  return {
    name: 'werift',
    create: (options, handlers): Promise<PacketTransport> => WeriftTransport.create(options, handlers),
  };
}
