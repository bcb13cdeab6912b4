/** STUN and TURN servers as libdatachannel takes them; its ICE (libjuice) speaks UDP only. */
import type { IceServer } from 'node-datachannel';
import { parseIceServers } from '../ice-server-url.ts';
import type { PeerTransportOptions } from '../peer-transport.ts';

export function iceServersFor(options: Pick<PeerTransportOptions, 'iceServers' | 'logger'>): IceServer[] {
  return parseIceServers(options).flatMap(({ kind, host, port, transport, username, credential }) => {
    if (transport === 'udp' && kind === 'stun') return [{ hostname: host, port }];
    if (transport === 'udp' && username && credential)
      return [{ hostname: host, port, username, password: credential, relayType: 'TurnUdp' as const }];
    options.logger.log('debug', 'this kind of server is not supported', { kind, host, transport });
    return [];
  });
}
