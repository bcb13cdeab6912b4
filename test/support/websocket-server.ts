/** What the WebSocket servers of the tests share. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { WebSocketServer } from 'ws';

/** Where a proxy listens, with the path of the server behind it. */
export function proxyUrl(proxy: WebSocketServer, server: string): string {
  const { port } = proxy.address() as AddressInfo;
  const { protocol, pathname } = new URL(server);
  return `${protocol}//127.0.0.1:${port}${pathname}`;
}

/** Resolves when nobody is connected any more. */
export async function closeServer(server: WebSocketServer): Promise<void> {
  for (const client of server.clients) client.terminate();
  server.close();
  await once(server, 'close');
}
