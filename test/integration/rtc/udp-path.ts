/** A way through the network: datagrams go through it, until they are lost or joined by others. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { IceTransport } from '../../../src/jingle/model.ts';

/** Between one participant and one bridge, whose only address is the path's. */
export class UdpPath implements AsyncDisposable {
  /** Lets nothing through. */
  isCut = false;
  /** Which datagrams get lost. */
  loses: (datagram: Buffer, to: 'participant' | 'bridge') => boolean = () => false;
  readonly #front: Socket = createSocket('udp4');
  readonly #back: Socket = createSocket('udp4');
  readonly #bridgePort: number;
  #participant: RemoteInfo | undefined;

  static async to(bridge: IceTransport): Promise<UdpPath> {
    const path = new UdpPath(bridge.candidates[0]?.port ?? 0);
    path.#front.bind(0, '127.0.0.1');
    path.#back.bind(0, '127.0.0.1');
    await Promise.all([once(path.#front, 'listening'), once(path.#back, 'listening')]);
    return path;
  }

  private constructor(bridgePort: number) {
    this.#bridgePort = bridgePort;
    this.#front.on('message', (datagram, from) => {
      this.#participant = from;
      if (!this.isCut && !this.loses(datagram, 'bridge')) this.toBridge(datagram);
    });
    this.#back.on('message', (datagram) => {
      if (!this.isCut && !this.loses(datagram, 'participant')) this.toParticipant(datagram);
    });
  }

  /** The bridge as it is seen through the path. */
  seenFrom(bridge: IceTransport): IceTransport {
    const { port } = this.#front.address();
    return { ...bridge, candidates: bridge.candidates.map((candidate) => ({ ...candidate, port })) };
  }

  /** As if it came from the participant. */
  toBridge(datagram: Buffer): void {
    this.#back.send(datagram, this.#bridgePort, '127.0.0.1');
  }

  /** As if it came from the bridge. */
  toParticipant(datagram: Buffer): void {
    const { port, address } = this.#participant ?? {};
    if (port !== undefined) this.#front.send(datagram, port, address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of [this.#front, this.#back]) {
      socket.close();
      await once(socket, 'close');
    }
  }
}
