/** STUN and TURN servers as libdatachannel takes them; its ICE (libjuice) speaks UDP only. */
import type { IceServer } from 'node-datachannel';
import { parseIceServer } from '../ice-server-url.ts';
import type { PeerTransportOptions } from '../peer-transport.ts';

export function iceServersFor({
  iceServers = [],
  logger,
}: Pick<PeerTransportOptions, 'iceServers' | 'logger'>): IceServer[] {
  return iceServers.flatMap((server): IceServer[] => {
    const parsed = parseIceServer(server);
    const isUsable =
      parsed?.transport === 'udp' && (parsed.kind === 'stun' || (parsed.username && parsed.credential));
    if (!parsed || !isUsable) {
      logger.log('debug', 'this kind of server is not supported', { urls: server.urls });
      return [];
    }
    const { kind, host, port, username = '', credential = '' } = parsed;
    if (kind === 'stun') return [{ hostname: host, port }];
    return [{ hostname: host, port, username, password: credential, relayType: 'TurnUdp' }];
  });
}
