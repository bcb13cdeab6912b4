import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

/** PEM of what the server at an `https:` address shows. */
export async function shownCertificate(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket: TLSSocket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const certificate = socket.getPeerX509Certificate();
  socket.destroy();
  if (!certificate) throw new Error(`${url} has shown no certificate`);
  return certificate.toString();
}
