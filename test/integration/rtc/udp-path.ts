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
  /** ms, each way */
  delay = 0;
  /** STUN answers (RFC 8489, 5) that have got through, by receiver. */
  readonly answers: { participant: number; bridge: number } = { participant: 0, bridge: 0 };
  readonly #late = new Set<NodeJS.Timeout>();
  readonly #front: Socket = createSocket('udp4');
  readonly #back: Socket = createSocket('udp4');
  readonly #bridgePort: number;
  #participant: RemoteInfo | undefined;

  static to(bridge: IceTransport): Promise<UdpPath> {
    return UdpPath.toPort(bridge.candidates[0]?.port ?? 0);
  }

  /** To a server on this machine. */
  static async toPort(port: number): Promise<UdpPath> {
    const path = new UdpPath(port);
    path.#front.bind(0, '127.0.0.1');
    path.#back.bind(0, '127.0.0.1');
    await Promise.all([once(path.#front, 'listening'), once(path.#back, 'listening')]);
    return path;
  }

  private constructor(bridgePort: number) {
    this.#bridgePort = bridgePort;
    this.#front.on('message', (datagram, from) => {
      this.#participant = from;
      this.#pass(datagram, 'bridge');
    });
    this.#back.on('message', (datagram) => {
      this.#pass(datagram, 'participant');
    });
  }

  #pass(datagram: Buffer, to: 'participant' | 'bridge'): void {
    if (this.isCut || this.loses(datagram, to)) return;
    const deliver = (): void => {
      if (datagram.readUInt16BE(0) === 0x0101) this.answers[to] += 1;
      if (to === 'bridge') this.toBridge(datagram);
      else this.toParticipant(datagram);
    };
    if (this.delay === 0) {
      deliver();
      return;
    }
    const timer = setTimeout(() => {
      this.#late.delete(timer);
      deliver();
    }, this.delay);
    this.#late.add(timer);
  }

  /** Where the participant finds it. */
  get front(): { port: number } {
    return this.#front.address();
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
    for (const timer of this.#late) clearTimeout(timer);
    for (const socket of [this.#front, this.#back]) {
      socket.close();
      await once(socket, 'close');
    }
  }
}
