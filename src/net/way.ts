/**
 * By which way a request of `node:http` or a WebSocket goes out: by an agent of the caller's, by Node's own, or, where there is a proxy or keys are
 * pinned, by one that hands a connection over only when it is made and its key is known.
 */
import http, { type Agent, type AgentOptions, type RequestOptions } from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import tls, { type ConnectionOptions } from 'node:tls';
import type { NetworkAccess } from './access.ts';
import { pinMismatch } from './pinned-key.ts';
import { proxyFor } from './proxy.ts';
import { type TlsTrust, tlsOptions } from './tls-trust.ts';
import { openTunnel } from './tunnel.ts';

interface Way {
  proxy: URL | undefined;
  trust: TlsTrust;
  signal: AbortSignal;
}

/** Where the agents find it among the options of a request. */
const way = Symbol('way');

/** What Node hands to an agent. */
interface Target extends ConnectionOptions {
  host: string;
  port: number;
  [way]: Way;
}

/**
 * @param signal gives up a connection that is being made
 * @throws UsageError `proxy-invalid`
 */
export function wayOf(access: NetworkAccess, url: string, signal: AbortSignal): RequestOptions {
  const { agent, pinnedKeys } = access;
  const trusted = tlsOptions(access);
  if (agent) return { ...trusted, agent };
  const proxy = access.proxy === undefined ? undefined : proxyFor(access.proxy, url);
  // Node's own agents may know of a proxy; whoever is to have none by our reckoning has none then.
  const isNodesToChoose = access.proxy === undefined || process.env['NODE_USE_ENV_PROXY'] === undefined;
  if (!proxy && !pinnedKeys && isNodesToChoose) return trusted;
  const isSecure = /^(https|wss):/.test(url);
  const own = { agent: isSecure ? secureAgent : plainAgent, [way]: { proxy, trust: access, signal } };
  return { ...trusted, ...own };
}

// As Node's own: connections that nobody uses are closed soon, and keep no process.
const agentOptions: AgentOptions = { keepAlive: true, scheduling: 'lifo', timeout: 5_000 };
const plainAgent = connectingBy(new http.Agent(agentOptions), async (target) => connect(target));
const secureAgent = connectingBy(new https.Agent(agentOptions), async (target) =>
  secured(target, target[way].proxy && (await connect(target))),
);

function connectingBy(agent: Agent, open: (target: Target) => Promise<Duplex>): Agent {
  // Connections are used again by those alone who would have made the same.
  const nameOf = agent.getName.bind(agent);
  agent.getName = (target) => {
    const { proxy, trust } = (target as unknown as Target)[way];
    return [nameOf(target), proxy?.href, ...(trust.pinnedKeys ?? [])].join(' ');
  };
  agent.createConnection = (target, made) => {
    open(target as unknown as Target).then(
      (socket) => made?.(null, socket),
      (error: unknown) => made?.(error as Error, undefined as unknown as Duplex),
    );
    return undefined;
  };
  return agent;
}

async function connect(target: Target): Promise<Socket> {
  const { host, port } = target;
  const { proxy, trust, signal } = target[way];
  return proxy ? openTunnel(proxy, { host, port, trust, signal }) : net.connect({ host, port });
}

/** @param below what TLS goes over; undefined: a connection of its own */
function secured(target: Target, below: Socket | undefined): Promise<Socket> {
  const { trust, signal } = target[way];
  const socket = tls.connect({
    ALPNProtocols: ['http/1.1'],
    ...tlsOptions(trust),
    host: target.host,
    port: target.port,
    ...(target.servername === undefined ? {} : { servername: target.servername }),
    ...(below === undefined ? {} : { socket: below }),
  });
  return new Promise((resolve, reject) => {
    const giveUp = (): void => void socket.destroy(signal.reason as Error);
    signal.addEventListener('abort', giveUp);
    // Stays: nobody else listens until the connection is handed over.
    socket.on('error', reject);
    socket.once('close', () => {
      signal.removeEventListener('abort', giveUp);
      reject(new Error('the server broke the connection'));
    });
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', giveUp);
      const mismatch = trust.pinnedKeys && pinMismatch(socket, trust.pinnedKeys);
      if (mismatch) socket.destroy(mismatch);
      else resolve(socket);
    });
    if (signal.aborted) giveUp();
  });
}
