/** The two ends of a transport, and what has happened to them, in order. */
import { defined } from '../../../src/base/defined.ts';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { silentLogger } from '../../../src/base/logger.ts';
import type { IceCandidate, IceTransport } from '../../../src/jingle/model.ts';
import type { DataChannel } from '../../../src/rtc/data-channel.ts';
import type {
  PacketEngine,
  PacketHandlers,
  PacketTransport,
  PeerTransport,
  PeerTransportEngine,
  PeerTransportOptions,
  PeerTransportState,
} from '../../../src/rtc/peer-transport.ts';
import { createWeriftEngine } from '../../../src/rtc/werift/engine.ts';
import { waitFor } from '../../support/wait.ts';

export const werift: PacketEngine = createWeriftEngine();

/** The thread's program is a file of its own, so it is what was built of it. */
export async function threaded(): Promise<PeerTransportEngine> {
  const built = pathToFileURL(join(import.meta.dirname, '../../../dist/rtc/engines.js')).href;
  const module = (await import(built)) as typeof import('../../../src/rtc/engines.ts');
  return module.loadEngine('werift', { media: true, thread: true });
}

/** Undefined leaves out what the tests have by default. */
type EndOptions = Omit<Partial<PeerTransportOptions>, 'hostAddress' | 'sctpPort'> & {
  hostAddress?: string | undefined;
  sctpPort?: number | undefined;
};

/** One end. `await using` closes it. */
export class End implements AsyncDisposable {
  readonly transport: PeerTransport;
  readonly states: PeerTransportState[] = [];
  readonly reasons: string[] = [];
  readonly candidates: IceCandidate[] = [];
  /** How often the other side was found again. */
  answered = 0;
  readonly channels: ChannelEnd[] = [];
  /** Decrypted. */
  readonly rtp: Uint8Array[] = [];
  readonly rtcp: Uint8Array[] = [];

  static async create(
    options: Pick<PeerTransportOptions, 'end'> & EndOptions,
    engine: PeerTransportEngine = werift,
  ): Promise<End> {
    let end: End | undefined;
    const handlers: PacketHandlers = {
      stateChanged(state, reason) {
        end?.states.push(state);
        if (reason !== undefined) end?.reasons.push(reason);
      },
      candidate: (candidate) => end?.candidates.push(candidate),
      answered() {
        if (end) end.answered += 1;
      },
      dataChannel: (channel) => end?.channels.push(new ChannelEnd(channel)),
      rtp: (packet) => end?.rtp.push(packet),
      rtcp: (compound) => end?.rtcp.push(compound),
    };
    const transport = await engine.create(
      defined({ hostAddress: '127.0.0.1', sctpPort: 5000, ...options, logger: silentLogger }),
      handlers,
    );
    end = new End(transport);
    return end;
  }

  /** Its packets, which only werift's transports have in hand. */
  get packets(): PacketTransport {
    return this.transport as PacketTransport;
  }

  private constructor(transport: PeerTransport) {
    this.transport = transport;
  }

  get local(): IceTransport {
    return this.transport.local;
  }

  open(label = 'JVB data channel'): ChannelEnd {
    const channel = new ChannelEnd(
      this.transport.openDataChannel({ label, protocol: 'http://jitsi.org/protocols/colibri' }),
    );
    this.channels.push(channel);
    return channel;
  }

  async reaches(state: PeerTransportState, timeout = 60_000): Promise<void> {
    const explain = (): string => `states: ${this.states.join(', ')}; ${this.reasons.join('; ')}`;
    await waitFor(() => this.states.includes(state), { what: `state ${state}`, timeout, explain });
  }

  /** The first channel, once there is one. */
  channel(): Promise<ChannelEnd> {
    return waitFor(() => this.channels[0], { what: 'data channel' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.transport.close();
  }
}

export class ChannelEnd {
  readonly channel: DataChannel;
  readonly texts: string[] = [];
  readonly binaries: Buffer[] = [];
  opened = 0;
  drained = 0;
  readonly closed: string[] = [];

  constructor(channel: DataChannel) {
    this.channel = channel;
    channel.handle({
      opened: () => this.opened++,
      message: (data, isBinary) => {
        if (isBinary) this.binaries.push(Buffer.from(data));
        else this.texts.push(data.toString());
      },
      drained: () => this.drained++,
      closed: (reason) => this.closed.push(reason),
    });
  }

  async isOpen(): Promise<void> {
    await waitFor(() => this.opened > 0, {
      what: 'open data channel',
      explain: () => this.closed.join('; '),
    });
  }

  async has(count: number): Promise<void> {
    await waitFor(() => this.texts.length >= count, {
      what: `${count} messages`,
      explain: () => `${this.texts.length} came; ${this.closed.join('; ')}`,
    });
  }
}

/** What a bridge says in its offer. */
export function offerOf(bridge: End): IceTransport {
  return bridge.local;
}

/** What a participant answers; its candidates usually never reach the bridge (media 2.6). */
export function answerOf(participant: End): IceTransport {
  return { ...participant.local, candidates: [] };
}

export function connectEnds(participant: End, bridge: End): void {
  participant.transport.connect(offerOf(bridge));
  bridge.transport.connect(answerOf(participant));
}
