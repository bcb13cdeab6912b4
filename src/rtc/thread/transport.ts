/** A transport that lives in the network thread: what it does is told there, and what it knows is as of the last that it told. */
import type { Milliseconds } from '../../base/clock.ts';
import { defined } from '../../base/defined.ts';
import { MediaError } from '../../base/errors.ts';
import { silentLogger } from '../../base/logger.ts';
import type { IceTransport } from '../../jingle/model.ts';
import type { DataChannel, DataChannelOptions } from '../data-channel.ts';
import type {
  PeerTransport,
  PeerTransportHandlers,
  PeerTransportOptions,
  PeerTransportState,
} from '../peer-transport.ts';
import { remoteParameters } from '../remote-parameters.ts';
import type { RtpLink, RtpLinkHandlers, RtpLinkOptions } from '../rtp/rtp-link.ts';
import type { SelectedCandidatePair } from '../selected-candidate-pair.ts';
import { ThreadedDataChannel } from './data-channel.ts';
import type { Report, ThreadedOptions, TransportSnapshot } from './messages.ts';
import type { Addressee, NetworkThread } from './network-thread.ts';
import { ThreadedRtpLink } from './rtp-link.ts';

export class ThreadedTransport implements PeerTransport, Addressee<'transport'> {
  readonly #options: PeerTransportOptions;
  readonly #handlers: PeerTransportHandlers;
  readonly #thread: NetworkThread;
  readonly #number: number;
  #snapshot: TransportSnapshot;
  readonly #channels = new Set<ThreadedDataChannel>();
  #rtp: ThreadedRtpLink | undefined;
  #closing: Promise<void> | undefined;

  static async create(
    thread: NetworkThread,
    options: PeerTransportOptions,
    handlers: PeerTransportHandlers,
  ): Promise<ThreadedTransport> {
    const transport = new ThreadedTransport(thread, options, handlers);
    await transport.#create();
    return transport;
  }

  private constructor(thread: NetworkThread, options: PeerTransportOptions, handlers: PeerTransportHandlers) {
    this.#thread = thread;
    this.#options = options;
    this.#handlers = handlers;
    this.#number = thread.newNumber();
    this.#snapshot = {
      local: { rtcpMux: true, fingerprints: [], candidates: [], webSocketUrls: [] },
      state: 'new',
      isLooking: false,
      canRestartIce: false,
      selectedCandidatePair: undefined,
    };
  }

  async #create(): Promise<void> {
    const transport = this.#number;
    const options = cloneable(this.#options, this.#handlers);
    this.#thread.add(transport, this);
    try {
      const made = await this.#thread.ask((request) => ({ name: 'create', transport, request, options }));
      this.#snapshot = made as TransportSnapshot;
    } catch (error) {
      this.#thread.remove(transport);
      throw error;
    }
  }

  get local(): IceTransport {
    return this.#snapshot.local;
  }

  get state(): PeerTransportState {
    return this.#closing ? 'closed' : this.#snapshot.state;
  }

  get isLooking(): boolean {
    return !this.#closing && this.#snapshot.isLooking;
  }

  get canRestartIce(): boolean {
    return !this.#closing && this.#snapshot.canRestartIce;
  }

  get selectedCandidatePair(): SelectedCandidatePair | undefined {
    return this.#closing ? undefined : this.#snapshot.selectedCandidatePair;
  }

  async look(remote: IceTransport, patience: Milliseconds): Promise<void> {
    if (this.#closing) return;
    remoteParameters(remote, this.#options.end);
    const transport = this.#number;
    await this.#thread.ask((request) => ({ name: 'look', transport, request, remote, patience }));
  }

  connect(remote: IceTransport): void {
    if (this.#closing) return;
    // A mistake in it is the caller's to hear.
    remoteParameters(remote, this.#options.end);
    this.#thread.tell({ name: 'connect', transport: this.#number, remote });
    if (this.#snapshot.state === 'new') this.#snapshot = { ...this.#snapshot, state: 'connecting' };
  }

  async prepareIceRestart(): Promise<IceTransport | undefined> {
    if (this.#closing) return undefined;
    const transport = this.#number;
    const side = await this.#thread.ask((request) => ({ name: 'prepareIceRestart', transport, request }));
    return side as IceTransport | undefined;
  }

  restartIce(remote: IceTransport): void {
    if (this.#closing) return;
    remoteParameters(remote, this.#options.end);
    this.#thread.tell({ name: 'restartIce', transport: this.#number, remote });
  }

  openDataChannel(options: DataChannelOptions): DataChannel {
    if (this.#options.sctpPort === undefined || this.#closing || this.#thread.isLost) {
      const why =
        this.#options.sctpPort !== undefined
          ? 'the transport is closed'
          : 'the other side has offered no SCTP';
      throw new MediaError(`opening a data channel: ${why}`, { code: 'no-data-channel' });
    }
    const channel = ThreadedDataChannel.open(this.#thread, this.#number, options);
    this.#channels.add(channel);
    return channel;
  }

  openRtp(options: RtpLinkOptions, handlers: RtpLinkHandlers): RtpLink {
    this.#rtp?.close();
    this.#rtp = new ThreadedRtpLink(this.#thread, this.#number, options, handlers);
    return this.#rtp;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const transport = this.#number;
    this.#rtp?.close();
    for (const channel of this.#channels) channel.abandon();
    try {
      await this.#thread.ask((request) => ({ name: 'close', transport, request }));
    } catch {
      // The thread is gone, and with it all that was open.
    } finally {
      this.#thread.remove(transport);
    }
  }

  take(report: Extract<Report, { transport: number }>): void {
    if (report.name === 'log') {
      this.#options.logger.log(report.level, report.message, report.fields);
      return;
    }
    this.#snapshot = report.snapshot;
    if (this.#closing) return;
    if (report.name === 'state')
      this.#handlers.stateChanged(report.snapshot.state, report.reason, report.isUntrusted);
    else if (report.name === 'candidate') this.#handlers.candidate(report.candidate);
    else this.#handlers.answered?.();
  }

  lost(reason: string): void {
    if (this.#closing || this.state === 'failed') return;
    this.#snapshot = {
      ...this.#snapshot,
      state: 'failed',
      isLooking: false,
      canRestartIce: false,
      selectedCandidatePair: undefined,
    };
    this.#handlers.stateChanged('failed', reason);
  }
}

/** What of the options can be told to another thread. */
function cloneable(options: PeerTransportOptions, { answered }: PeerTransportHandlers): ThreadedOptions {
  const { certificate, hostAddress, iceServers, iceTransportPolicy, logger, loopback, sctpPort, tls } =
    options;
  const trust = tls && {
    insecure: tls.insecure,
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ...(tls.pinnedKeys && { pinnedKeys: tls.pinnedKeys }),
  };
  return defined({
    certificate,
    hostAddress,
    iceServers,
    iceTransportPolicy,
    loopback,
    sctpPort,
    tls: trust,
    logs: logger !== silentLogger,
    looks: answered !== undefined,
  });
}
