/** The engine on node-datachannel: native, several times faster; a participant's data channel and nothing else. */
import { MediaError } from '../../base/errors.ts';
import type { PeerTransportEngine } from '../peer-transport.ts';
import { NodeDatachannelTransport } from './transport.ts';

export function createNodeDatachannelEngine(): PeerTransportEngine {
  return {
    name: 'node-datachannel',
    async create(options, handlers) {
      const { end, sctpPort } = options;
      if (end === 'bridge' || sctpPort === undefined) {
        const what = end === 'bridge' ? "a bridge's end" : 'a transport without SCTP';
        throw new MediaError(`making a transport: node-datachannel cannot make ${what}; werift can`, {
          code: 'engine-unfit',
        });
      }
      if (options.iceTransportPolicy === 'relay')
        // libdatachannel tells of no other candidates then, but libjuice goes on checking from its own address.
        throw new MediaError(
          'making a transport: node-datachannel cannot keep to relays (iceTransportPolicy); werift can',
          { code: 'engine-unfit' },
        );
      return new NodeDatachannelTransport({ ...options, sctpPort }, handlers);
    },
  };
}
