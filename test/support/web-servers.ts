/** Web servers of a test's own on 127.0.0.1, with a certificate nobody trusts where they speak TLS. */
import { once } from 'node:events';
import http, { type RequestListener } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createCertificate } from '../../src/sandbox/bridge/certificate.ts';

export interface WebServer {
  /** `http://127.0.0.1:PORT` or `https:` likewise */
  readonly origin: string;
  readonly server: http.Server | https.Server;
  /** Ends it, and every connection with it. */
  close(): Promise<void>;
}

export async function serve(listener: RequestListener): Promise<WebServer> {
  return started('http:', http.createServer(listener));
}

/** With a self-signed certificate for 127.0.0.1. */
export async function serveTls(listener: RequestListener): Promise<WebServer> {
  const { certificatePem, privateKeyPem } = await createCertificate({
    commonName: 'test',
    altNames: ['127.0.0.1'],
    now: Date.now(),
  });
  return started('https:', https.createServer({ cert: certificatePem, key: privateKeyPem }, listener));
}

async function started(protocol: string, server: http.Server | https.Server): Promise<WebServer> {
  // Upgraded connections are no HTTP connections to the server any more.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `${protocol}//127.0.0.1:${portOf(server)}`,
    server,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
