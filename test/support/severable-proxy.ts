/** A TCP proxy whose connections break, with or without either side hearing of it. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface SeverableProxy {
  readonly port: number;
  /** Both sides hear that the connection is gone. */
  cut(): void;
  /** What is sent from now on over the connections that there are is lost, and nobody hears of it. */
  swallow(direction: 'to server' | 'to client'): void;
  /** The server hears that the connections are gone. */
  release(): void;
  close(): Promise<void>;
}

interface Link {
  client: Socket;
  upstream: Socket;
  lost: Set<'to server' | 'to client'>;
}

export async function startSeverableProxy(target: number): Promise<SeverableProxy> {
  const links = new Set<Link>();
  const server = createServer((client) => {
    const link: Link = { client, upstream: connect(target, '127.0.0.1'), lost: new Set() };
    links.add(link);
    forward(link, 'to server');
    forward(link, 'to client');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const destroy = (end: 'client' | 'upstream'): void => {
    for (const link of links) link[end].destroy();
  };
  const cut = (): void => {
    destroy('client');
    destroy('upstream');
    links.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    swallow(direction) {
      for (const { lost } of links) lost.add(direction);
    },
    release: () => destroy('upstream'),
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

function forward({ client, upstream, lost }: Link, direction: 'to server' | 'to client'): void {
  const [from, to] = direction === 'to server' ? [client, upstream] : [upstream, client];
  from.setNoDelay(true);
  from.on('data', (chunk: Buffer) => {
    if (!lost.has(direction)) to.write(chunk);
  });
  from.on('error', () => {});
  from.on('close', () => {
    // A way that swallows lets nobody hear of an end either.
    if (lost.size === 0) to.destroy();
  });
}
