/** Who may open a colibri WebSocket (jitsi-videobridge `ColibriWebSocketServlet.java`). */
import type { Duplex } from 'node:stream';
import type { ColibriRefusal } from './channel-faults.ts';

/** The only server that this bridge answers for. */
export const serverId = 'default-id';

/** The path and query of an endpoint's WebSocket. */
export function colibriPath(conferenceId: string, endpointId: string, password: string): string {
  return `/colibri-ws/${serverId}/${conferenceId}/${encodeURIComponent(endpointId)}?pwd=${password}`;
}

export interface ColibriRequest {
  conferenceId: string;
  endpointId: string;
  /** Undefined when the query does not begin with it. */
  password: string | undefined;
}

/**
 * @param url path and query; what precedes `/colibri-ws/` is a tenant's name
 * @returns undefined for a path that is too short or another server's: 404
 */
export function readColibriUrl(url: string): ColibriRequest | undefined {
  const [path = '', ...query] = url.split('?');
  const ids = path.slice(path.indexOf('/colibri-ws/')).split('/').slice(2);
  const [server, conferenceId, endpointId] = ids.map(decode);
  if (server !== serverId || conferenceId === undefined || endpointId === undefined) return undefined;
  const parameters = query.join('?');
  const password = parameters.startsWith('pwd=') ? parameters.slice('pwd='.length) : undefined;
  return { conferenceId, endpointId, password };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const answers: Readonly<
  Record<Exclude<ColibriRefusal, 'hang'>, { reason: string; type: string; body: string }>
> = {
  200: { reason: 'OK', type: 'text/html', body: '<!doctype html><title>Jitsi Meet</title>' },
  403: { reason: 'Forbidden', type: 'text/plain', body: 'authentication failed' },
  404: { reason: 'Not Found', type: 'text/plain', body: 'invalid path' },
  502: { reason: 'Bad Gateway', type: 'text/html', body: '<h1>502 Bad Gateway</h1>' },
  504: { reason: 'Gateway Timeout', type: 'text/html', body: '<h1>504 Gateway Time-out</h1>' },
};

export function refuseUpgrade(socket: Duplex, status: keyof typeof answers): void {
  const { reason, type, body } = answers[status];
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}
