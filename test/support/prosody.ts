/**
 * A real Prosody (Debian's package) as Jitsi deployments configure it, as far as its stock modules go: anonymous users, a
 * focus account that alone may create rooms, a MUC service that shows real addresses, XMPP over WebSocket. It runs
 * on its own configuration, data and port, never as root, and knows nothing of the system's service.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Child } from './child.ts';
import { acceptsConnections, freePort } from './ports.ts';
import { waitFor } from './wait.ts';

export interface Prosody {
  readonly websocketUrl: string;
  readonly boshUrl: string;
  /** Anonymous users log in here. */
  readonly domain: string;
  /** The focus logs in here, with SASL PLAIN. */
  readonly authDomain: string;
  readonly mucDomain: string;
  /** Bare address of the focus account. */
  readonly focusJid: string;
  readonly focusPassword: string;
  /** Another account beside the focus. */
  readonly user: { readonly username: string; readonly password: string };
  /** Its configuration and data; removed by `stop`. */
  readonly directory: string;
  /** Everything that the server has logged since its last start. */
  log(): string;
  /** Ends it; it can be started again where it was. @param signal default SIGKILL: without a word */
  kill(signal?: NodeJS.Signals): Promise<void>;
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

const executable = '/usr/bin/prosody';
const domain = 'meet.test';
const authDomain = `auth.${domain}`;
const mucDomain = `conference.${domain}`;
const focusJid = `focus@${authDomain}`;
const focusPassword = 'focus-password';
const user = { username: 'ada', password: 'ada-password' };

export interface ProsodyOptions {
  /** s that a lost stream can be resumed. Default 600. */
  hibernation?: number;
}

export async function startProsody({ hibernation = 600 }: ProsodyOptions = {}): Promise<Prosody> {
  const directory = await mkdtemp(join(tmpdir(), 'prosody-'));
  const port = await freePort();
  const accounts = join(directory, 'data', authDomain.replaceAll('.', '%2e'), 'accounts');
  const configPath = join(directory, 'prosody.cfg.lua');
  await mkdir(accounts, { recursive: true });
  await writeFile(join(accounts, 'focus.dat'), `return { ["password"] = "${focusPassword}" };\n`);
  await writeFile(join(accounts, `${user.username}.dat`), `return { ["password"] = "${user.password}" };\n`);
  await writeFile(configPath, configuration(directory, port, hibernation));
  const systemUser = await unprivilegedUser(directory);

  const launch = (): Child =>
    new Child(executable, ['-F', '--config', configPath], {
      ...systemUser,
      cwd: directory,
      env: { PATH: process.env['PATH'], HOME: directory },
    });
  let child = launch();
  const log = (): string => child.stdout + child.stderr;
  const stop = async (): Promise<void> => {
    await child.stop();
    await rm(directory, { recursive: true, force: true });
  };
  const listens = async (): Promise<void> => {
    const ready = waitFor(() => acceptsConnections(port), { what: `Prosody on port ${port}`, explain: log });
    const ended = child.exited.then(() => Promise.reject(new Error(`Prosody ended at once:\n${log()}`)));
    await Promise.race([ready, ended]);
  };

  try {
    await listens();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    websocketUrl: `ws://127.0.0.1:${port}/xmpp-websocket`,
    boshUrl: `http://127.0.0.1:${port}/http-bind`,
    domain,
    authDomain,
    mucDomain,
    focusJid,
    focusPassword,
    user,
    directory,
    log,
    async kill(signal = 'SIGKILL') {
      await child.stop(signal);
    },
    async startAgain() {
      child = launch();
      await listens();
    },
    stop,
  };
}

function configuration(directory: string, port: number, hibernation: number): string {
  return `
data_path = "${directory}/data"
pidfile = "${directory}/prosody.pid"
certificates = "${directory}"
log = { { levels = { min = "debug" }, to = "console" } }

interfaces = { "127.0.0.1" }
http_interfaces = { "127.0.0.1" }
http_ports = { ${port} }
https_ports = {}
c2s_ports = {}
c2s_direct_tls_ports = {}
s2s_ports = {}
modules_disabled = { "s2s", "tls" }

-- The focus is an administrator, as in Jitsi's own configuration.
admins = { "${focusJid}" }
c2s_require_encryption = false
consider_websocket_secure = true
consider_bosh_secure = true
cross_domain_websocket = true
http_paths = { websocket = "/xmpp-websocket", bosh = "/http-bind" }
-- Any Host header reaches the virtual host, as behind Jitsi's web server.
http_default_host = "${domain}"

modules_enabled = { "saslauth", "disco", "ping", "smacks", "websocket", "bosh", "external_services" }
smacks_hibernation_time = ${hibernation}
external_services = {
  { type = "stun", host = "127.0.0.1", port = 3478, transport = "udp" },
  { type = "turn", host = "127.0.0.1", port = 3478, transport = "udp", secret = "turn-secret", ttl = 86400 },
}

VirtualHost "${domain}"
  authentication = "anonymous"

VirtualHost "${authDomain}"
  authentication = "internal_plain"

Component "${mucDomain}" "muc"
  restrict_room_creation = true
  muc_room_locking = false
  muc_room_default_public_jids = true
`;
}

const run = promisify(execFile);

/** Prosody refuses to run as root; then it runs as the user that its package made, which gets the directory. */
async function unprivilegedUser(directory: string): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  await run('chown', ['-R', 'prosody:', directory]);
  const id = async (option: string): Promise<number> => Number((await run('id', [option, 'prosody'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}
