/**
 * A real TURN server (Debian's coturn) over UDP, TCP and TLS, on ports of its own, which relays to this machine too. It knows
 * nothing of the system's service.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate } from '../../src/sandbox/bridge/certificate.ts';
import { Child } from './child.ts';
import { acceptsConnections, freePort } from './ports.ts';
import { waitFor } from './wait.ts';

export interface TurnServer {
  readonly port: number;
  /** For TLS, with a certificate that nobody has signed, for `localhost`, 127.0.0.1 and ::1. */
  readonly tlsPort: number;
  readonly certificatePem: string;
  readonly username: string;
  readonly credential: string;
  /** Everything that the server has logged so far. */
  log(): string;
  stop(): Promise<void>;
}

const executable = '/usr/bin/turnserver';
const username = 'user';
const credential = 'secret';

/** @param more lines of its configuration */
export async function startTurnServer(...more: string[]): Promise<TurnServer> {
  const directory = await mkdtemp(join(tmpdir(), 'turn-'));
  const [port, tlsPort] = [await freePort(), await freePort()];
  const certificate = await createCertificate({
    commonName: 'turn.test',
    altNames: ['localhost', '127.0.0.1', '::1'],
    now: Date.now(),
  });
  const { certificatePem } = certificate;
  await writeFile(join(directory, 'cert.pem'), certificatePem);
  await writeFile(join(directory, 'key.pem'), certificate.privateKeyPem);
  await writeFile(
    join(directory, 'turnserver.conf'),
    configuration(directory, port, tlsPort) + more.map((line) => `${line}\n`).join(''),
  );
  const child = new Child(executable, ['-c', join(directory, 'turnserver.conf')], { cwd: directory });
  const log = (): string => child.stdout + child.stderr;
  const stop = async (): Promise<void> => {
    await child.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const hosts = ['127.0.0.1', ...(more.includes('listening-ip=::1') ? ['::1'] : [])];
    const listens = async (): Promise<boolean> => {
      const open = hosts.flatMap((host) => [port, tlsPort].map((each) => acceptsConnections(each, host)));
      return (await Promise.all(open)).every(Boolean);
    };
    const ready = waitFor(listens, { what: `TURN server on ports ${port} and ${tlsPort}`, explain: log });
    const ended = child.exited.then(() => Promise.reject(new Error(`coturn ended at once:\n${log()}`)));
    await Promise.race([ready, ended]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, tlsPort, certificatePem, username, credential, log, stop };
}

function configuration(directory: string, port: number, tlsPort: number): string {
  return `
listening-ip=127.0.0.1
relay-ip=127.0.0.1
listening-port=${port}
tls-listening-port=${tlsPort}
cert=${directory}/cert.pem
pkey=${directory}/key.pem
lt-cred-mech
user=${username}:${credential}
realm=turn.test
allow-loopback-peers
# allow-loopback-peers wants a password for its console, which is off
cli-password=${credential}
no-cli
no-dtls
pidfile=${directory}/turnserver.pid
userdb=${directory}/turndb
log-file=stdout
simple-log
verbose
`;
}
