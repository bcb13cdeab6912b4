/** URLs of STUN and TURN servers (RFC 7064, RFC 7065). */
import { defined } from '../base/defined.ts';
import type { IceServer } from '../jitsi/ice-servers.ts';

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
