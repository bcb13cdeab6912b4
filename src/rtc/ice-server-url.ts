/** URLs of STUN and TURN servers (RFC 7064, RFC 7065). */
import { defined } from '../base/defined.ts';
import { MediaError } from '../base/errors.ts';
import type { IceServer } from '../jitsi/ice-servers.ts';
import type { PeerTransportOptions } from './peer-transport.ts';

export interface IceServerAddress {
  kind: 'stun' | 'turn';
  /** Name or address; IPv6 without brackets. */
  host: string;
  port: number;
  /** Between us and the server. */
  transport: 'udp' | 'tcp' | 'tls';
  username?: string;
  credential?: string;
}

const pattern =
  /^(stun|turn)(s?):(?:\[([0-9a-f:.]+)\]|([^:?[\]]+))(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i;

/** Undefined for what is no such URL, for STUN over anything but UDP, and for TURN over DTLS: hardly any server has them. */
export function parseIceServer({ urls, username, credential }: IceServer): IceServerAddress | undefined {
  const [, scheme, secure, bracketed, name, port, query] = pattern.exec(urls) ?? [];
  const host = bracketed ?? name;
  if (scheme === undefined || host === undefined) return undefined;
  const kind = scheme.toLowerCase() === 'turn' ? 'turn' : 'stun';
  const stream = query?.toLowerCase() === 'tcp';
  const number = port === undefined ? (secure ? 5349 : 3478) : Number(port);
  if (number < 1 || number > 65_535) return undefined;
  if (kind === 'stun' && (secure || stream)) return undefined;
  if (secure && query?.toLowerCase() === 'udp') return undefined;
  const transport = secure ? 'tls' : stream ? 'tcp' : 'udp';
  return defined({ kind, host, port: number, transport, username, credential } as const);
}

/** Those that can be spoken to. */
export function parseIceServers({
  iceServers = [],
  logger,
}: Pick<PeerTransportOptions, 'iceServers' | 'logger'>): IceServerAddress[] {
  return iceServers.flatMap((server) => {
    const parsed = parseIceServer(server);
    if (!parsed) logger.log('debug', 'this kind of server is not supported', { urls: server.urls });
    return parsed ?? [];
  });
}

/** @throws MediaError `no-relay` where only relays are allowed and there will be none */
export function checkRelays(
  options: Pick<PeerTransportOptions, 'iceServers' | 'iceTransportPolicy' | 'logger'>,
): void {
  if (options.iceTransportPolicy !== 'relay') return;
  if (parseIceServers(options).some(({ kind }) => kind === 'turn')) return;
  throw new MediaError(
    'connecting to the bridge: only relays may be used (iceTransportPolicy), and the deployment names no TURN server that can be',
    { code: 'no-relay' },
  );
}
