/** A transport on werift's ICE, DTLS, SRTP and SCTP: they are started one after the other, and fail together. */
import type { Milliseconds } from '../../base/clock.ts';
import { MediaError } from '../../base/errors.ts';
import type { IceTransport } from '../../jingle/model.ts';
import type { DataChannel, DataChannelOptions } from '../data-channel.ts';
import type {
  PacketHandlers,
  PacketTransport,
  PeerTransportOptions,
  PeerTransportState,
} from '../peer-transport.ts';
import { checkRelays } from '../ice-server-url.ts';
import { type RemoteParameters, remoteParameters } from '../remote-parameters.ts';
import type { RtpLink, RtpLinkHandlers, RtpLinkOptions } from '../rtp/rtp-link.ts';
import { SessionLink } from '../rtp/session-link.ts';
import type { SelectedCandidatePair } from '../selected-candidate-pair.ts';
import { asBuffer, asBytes } from './bytes.ts';
import { forgive } from './forgive.ts';
import { callOut } from './call-out.ts';
import { DtlsConnection } from './dtls/connection.ts';
import { IceGenerations, type IceSide } from './ice/generations.ts';
import { type Identity, identityOf } from './dtls/identity.ts';
import { SctpAssociation } from './sctp/association.ts';
import { Srtp } from '../../srtp/srtp.ts';
import { nodeCiphers } from '../node-ciphers.ts';

export class WeriftTransport implements PacketTransport {
  readonly #options: PeerTransportOptions;
  readonly #handlers: PacketHandlers;
  readonly #identity: Identity;
  readonly #ice: IceGenerations;
  readonly #sctp: SctpAssociation | undefined;
  #dtls: DtlsConnection | undefined;
  #srtp: Srtp | undefined;
  #rtp: SessionLink | undefined;
  #remote: RemoteParameters | undefined;
  #state: PeerTransportState = 'new';
  #closing: Promise<void> | undefined;

  static async create(options: PeerTransportOptions, handlers: PacketHandlers): Promise<WeriftTransport> {
    checkRelays(options);
    const identity = identityOf(options.certificate);
    const transport = new WeriftTransport(options, handlers, identity);
    await transport.#ice.gather();
    return transport;
  }

  private constructor(options: PeerTransportOptions, handlers: PacketHandlers, identity: Identity) {
    this.#options = options;
    this.#handlers = handlers;
    this.#identity = identity;
    this.#ice = new IceGenerations(
      { ...options, probes: handlers.answered !== undefined },
      {
        candidate: (candidate) => this.#tell(() => handlers.candidate(candidate)),
        connected: () => this.#iceConnected(),
        disconnected: (reason) => this.#iceDisconnected(reason),
        failed: (reason) => this.#fail(reason),
        answered: () => this.#tell(() => handlers.answered?.()),
        data: (datagram, late) => this.#received(datagram, late),
      },
    );
    const { end, sctpPort, logger } = options;
    if (sctpPort === undefined) return;
    this.#sctp = new SctpAssociation(
      { port: sctpPort, end, logger, send: async (packet) => this.#dtls?.send(packet) },
      { dataChannel: (channel) => handlers.dataChannel?.(channel) },
    );
  }

  get local(): IceTransport {
    return this.#described(this.#ice.local);
  }

  #described({ ufrag, pwd, candidates }: IceSide): IceTransport {
    const { end, sctpPort } = this.#options;
    const setup = end === 'bridge' ? 'actpass' : 'active';
    return {
      ufrag,
      pwd,
      rtcpMux: true,
      fingerprints: [{ ...this.#identity.fingerprint, setup }],
      candidates: [...candidates],
      webSocketUrls: [],
      ...(sctpPort === undefined ? {} : { sctp: { port: sctpPort, protocol: 'webrtc-datachannel' } }),
    };
  }

  get state(): PeerTransportState {
    return this.#state;
  }

  get isLooking(): boolean {
    return this.#ice.isLooking;
  }

  get packetsReceived(): number {
    return this.#ice.packetsReceived;
  }

  get selectedCandidatePair(): SelectedCandidatePair | undefined {
    return this.#ice.selectedCandidatePair;
  }

  look(remote: IceTransport, patience: Milliseconds): Promise<void> {
    if (this.#state !== 'new') return Promise.resolve();
    const { ufrag, pwd } = remoteParameters(remote, this.#options.end);
    this.#ice.addRemoteCandidates(remote.candidates);
    return this.#ice.look(ufrag, pwd, patience);
  }

  connect(remote: IceTransport): void {
    if (this.#state === 'closed' || this.#state === 'failed') return;
    if (!this.#remote) {
      const parameters = remoteParameters(remote, this.#options.end);
      this.#remote = parameters;
      this.#setState('connecting');
      this.#ice.connect(parameters.ufrag, parameters.pwd);
    } else if (remote.ufrag !== undefined && remote.ufrag !== this.#remote.ufrag) {
      // Of another generation.
      return;
    }
    this.#ice.addRemoteCandidates(remote.candidates);
  }

  get canRestartIce(): boolean {
    return this.#state === 'connected' || this.#state === 'disconnected';
  }

  async prepareIceRestart(): Promise<IceTransport | undefined> {
    return this.canRestartIce ? this.#described(await this.#ice.prepareRestart()) : undefined;
  }

  restartIce(remote: IceTransport): void {
    if (!this.canRestartIce || !this.#remote) return;
    const { ufrag, pwd } = remoteParameters(remote, this.#options.end);
    // The certificate is that of before.
    this.#remote = { ...this.#remote, ufrag, pwd };
    this.#ice.restart({ ufrag, pwd, candidates: remote.candidates });
  }

  openDataChannel(options: DataChannelOptions): DataChannel {
    if (!this.#sctp || this.#options.end === 'bridge') {
      const why = this.#sctp ? 'bridges only accept them' : 'the other side has offered no SCTP';
      throw new MediaError(`opening a data channel: ${why}`, { code: 'no-data-channel' });
    }
    return this.#sctp.open(options);
  }

  openRtp(options: RtpLinkOptions, handlers: RtpLinkHandlers): RtpLink {
    this.#rtp?.close();
    this.#rtp = new SessionLink(options, handlers, this);
    return this.#rtp;
  }

  sendRtp(header: Uint8Array, payload: Uint8Array): void {
    const packet = this.#srtp?.protectRtp(header, payload);
    if (packet) void this.#ice.send(asBuffer(packet));
  }

  sendRtcp(compound: Uint8Array): void {
    const packet = this.#srtp?.protectRtcp(compound);
    if (packet) void this.#ice.send(asBuffer(packet));
  }

  close(): Promise<void> {
    this.#state = 'closed';
    this.#srtp = undefined;
    this.#rtp?.close();
    this.#closing ??= this.#release();
    return this.#closing;
  }

  async #release(): Promise<void> {
    await this.#releaseUpper();
    await this.#ice.close();
  }

  async #releaseUpper(): Promise<void> {
    // Its ABORT needs the other two.
    await this.#sctp?.close();
    this.#dtls?.close();
  }

  /** RFC 7983, 7 and RFC 5761, 4: which protocol a datagram belongs to */
  #received(datagram: Buffer, late: Milliseconds): void {
    const [first = 0, second = 0] = datagram;
    if (first < 128 || first > 191) this.#dtls?.receive(datagram);
    else if (second >= 192 && second <= 223) {
      const compound = this.#srtp?.unprotectRtcp(asBytes(datagram));
      if (compound) callOut(() => this.#takeRtcp(compound));
    } else {
      const packet = this.#srtp?.unprotectRtp(asBytes(datagram));
      if (packet) callOut(() => this.#takeRtp(packet, late));
    }
  }

  #takeRtp(packet: Uint8Array, late: Milliseconds): void {
    if (this.#rtp) this.#rtp.receiveRtp(packet, late);
    else this.#handlers.rtp?.(packet, late);
  }

  #takeRtcp(compound: Uint8Array): void {
    if (this.#rtp) this.#rtp.receiveRtcp(compound);
    else this.#handlers.rtcp?.(compound);
  }

  #iceConnected(): void {
    if (this.#state === 'disconnected') this.#setState('connected');
    // By another way.
    else if (this.#state === 'connected') this.#tell(() => this.#handlers.stateChanged('connected'));
    else if (this.#remote) this.#dtls ??= this.#startDtls(this.#remote);
  }

  #iceDisconnected(reason: string): void {
    if (this.#state === 'connected') this.#setState('disconnected', reason);
  }

  #startDtls(remote: RemoteParameters): DtlsConnection {
    return new DtlsConnection(
      {
        identity: this.#identity,
        remote,
        send: (datagram) => this.#ice.send(datagram),
        logger: this.#options.logger,
      },
      {
        connected: () => {
          const keys = this.#dtls?.srtpKeys();
          if (keys) this.#srtp = new Srtp(nodeCiphers, keys);
          this.#setState('connected');
          this.#sctp?.start();
        },
        data: (packet) => this.#sctp?.receive(packet),
        failed: (reason, isUntrusted) => {
          this.#fail(reason, isUntrusted);
          forgive(this.#ice.close(), 'closing ICE', this.#options.logger);
        },
      },
    );
  }

  #fail(reason: string, isUntrusted = false): void {
    if (this.#state === 'closed' || this.#state === 'failed') return;
    // The reason comes before what follows from it.
    this.#setState('failed', reason, isUntrusted);
    this.#sctp?.end(`the transport failed: ${reason}`);
    this.#srtp = undefined;
    forgive(this.#releaseUpper(), 'closing a transport', this.#options.logger);
  }

  #setState(state: PeerTransportState, reason?: string, isUntrusted?: boolean): void {
    if (this.#state === state || this.#state === 'closed' || this.#state === 'failed') return;
    this.#state = state;
    this.#tell(() => this.#handlers.stateChanged(state, reason, isUntrusted));
  }

  /** Never within a call from outside, never after `close`. */
  #tell(call: () => void): void {
    queueMicrotask(() => {
      if (!this.#closing) call();
    });
  }
}
