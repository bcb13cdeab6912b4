/**
 * A data-only transport on libdatachannel, always a participant's. It answers an offer that is made of the bridge's parameters. Its
 * host candidates are found only then, and are told as those that come later: a bridge does not need them (media 2.6).
 */
import { randomBytes } from 'node:crypto';
import { PeerConnection } from 'node-datachannel';
import { MediaError, UsageError } from '../../base/errors.ts';
import { withResolvers } from '../../base/resolvers.ts';
import { startTimer } from '../../base/timer.ts';
import type { Fingerprint, IceCandidate, IceTransport } from '../../jingle/model.ts';
import { buildCandidate, parseCandidate } from '../../sdp/candidate.ts';
import type { DataChannel, DataChannelOptions } from '../data-channel.ts';
import { maxMessageSize } from '../message-size.ts';
import { ownCertificate, signalledFingerprint } from '../own-certificate.ts';
import type {
  PeerTransport,
  PeerTransportHandlers,
  PeerTransportOptions,
  PeerTransportState,
} from '../peer-transport.ts';
import { RemoteCandidates } from '../remote-candidates.ts';
import { remoteParameters } from '../remote-parameters.ts';
import type { SelectedCandidate, SelectedCandidatePair } from '../selected-candidate-pair.ts';
import { NodeDataChannel } from './channel.ts';
import { iceServersFor } from './ice-servers.ts';
import { dataOffer, mid } from './offer.ts';

/** ms for ICE, DTLS and SCTP; libdatachannel itself gives an unreachable bridge 40 s and more */
const connectTimeout = 30_000;
/** ms for its threads to end */
const closingTimeout = 2_000;
/** ms; how often consent is checked at least while it is connected (RFC 7675, 5.1) */
const consentInterval = 5_000;

export class NodeDatachannelTransport implements PeerTransport {
  readonly #options: PeerTransportOptions & { sctpPort: number };
  readonly #handlers: PeerTransportHandlers;
  readonly #native: PeerConnection;
  readonly #ufrag = randomBytes(6).toString('base64');
  readonly #pwd = randomBytes(18).toString('base64');
  readonly #fingerprint: Fingerprint;
  readonly #candidates: IceCandidate[] = [];
  readonly #remoteCandidates = new RemoteCandidates();
  readonly #channels = new Set<NodeDataChannel>();
  #remoteUfrag: string | undefined;
  #remoteFingerprint = '';
  #state: PeerTransportState = 'new';
  #cancelTimer = (): void => {};
  #releasing: Promise<void> | undefined;
  readonly #nativeClosed = withResolvers();
  #consentMs = 0;
  #connectedAt: number | undefined;

  constructor(options: PeerTransportOptions & { sctpPort: number }, handlers: PeerTransportHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    const { certificatePem, privateKeyPem } = options.certificate ?? ownCertificate();
    this.#fingerprint = { ...signalledFingerprint(certificatePem), setup: 'active' };
    // It finds no address of this machine's own loopback unless it is told to use nothing else.
    const bindAddress = options.hostAddress ?? options.loopback?.[0];
    this.#native = new PeerConnection('participant', {
      iceServers: iceServersFor(options),
      disableAutoNegotiation: true,
      maxMessageSize,
      certificatePemFile: certificatePem,
      keyPemFile: privateKeyPem,
      ...(bindAddress === undefined ? {} : { bindAddress }),
    });
    this.#native.onLocalCandidate((line) => this.#candidateFound(line));
    this.#native.onStateChange((state) => this.#nativeChanged(state));
  }

  get local(): IceTransport {
    return {
      ufrag: this.#ufrag,
      pwd: this.#pwd,
      rtcpMux: true,
      fingerprints: [this.#fingerprint],
      candidates: [...this.#candidates],
      webSocketUrls: [],
      sctp: { port: this.#options.sctpPort, protocol: 'webrtc-datachannel' },
    };
  }

  get state(): PeerTransportState {
    return this.#state;
  }

  /** libdatachannel counts no datagrams; it is connected as long as consent checks are answered. */
  get isLooking(): boolean {
    return false;
  }

  get packetsReceived(): number {
    const current = this.#connectedAt === undefined ? 0 : performance.now() - this.#connectedAt;
    return Math.floor((this.#consentMs + current) / consentInterval);
  }

  get selectedCandidatePair(): SelectedCandidatePair | undefined {
    const isInUse = this.#state === 'connected' || this.#state === 'disconnected';
    const pair = isInUse ? this.#native.getSelectedCandidatePair() : null;
    return pair ? { local: selected(pair.local), remote: selected(pair.remote) } : undefined;
  }

  look(): Promise<void> {
    return Promise.resolve();
  }

  /** libdatachannel restarts ICE with DTLS only. */
  get canRestartIce(): boolean {
    return false;
  }

  prepareIceRestart(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  restartIce(): void {}

  connect(remote: IceTransport): void {
    if (this.#isOver()) return;
    if (this.#remoteUfrag !== undefined) {
      this.#connectAgain(remote);
      return;
    }
    const { ufrag, pwd, fingerprints } = remoteParameters(remote, 'participant');
    this.#remoteUfrag = ufrag;
    this.#remoteFingerprint = fingerprints[0]?.value.trim().toUpperCase() ?? '';
    const candidates = this.#remoteCandidates.add(remote.candidates);
    const offered = { ...remote, ufrag, pwd, fingerprints: fingerprints.slice(0, 1), candidates };
    this.#native.setRemoteDescription(
      dataOffer(offered, { sctpPort: this.#options.sctpPort, maxMessageSize }),
      'offer',
    );
    this.#native.setLocalDescription('answer', { iceUfrag: this.#ufrag, icePwd: this.#pwd });
    this.#setState('connecting');
    this.#cancelTimer = startTimer(connectTimeout, () =>
      this.#fail(`ICE, DTLS or SCTP did not succeed within ${connectTimeout / 1000} s`),
    );
  }

  /** It carries data only: `loadEngine` gives it to nobody who wants media. */
  openRtp(): never {
    throw new UsageError(
      'opening RTP: the engine node-datachannel carries data only; for audio and video choose werift',
      {
        code: 'engine-no-media',
      },
    );
  }

  openDataChannel(options: DataChannelOptions): DataChannel {
    const { label, protocol } = options;
    if (this.#isOver()) {
      throw new MediaError('opening a data channel: the transport is closed', { code: 'no-data-channel' });
    }
    const channel = new NodeDataChannel(options, this.#native.createDataChannel(label, { protocol }));
    this.#channels.add(channel);
    return channel;
  }

  close(): Promise<void> {
    this.#state = 'closed';
    this.#releasing ??= this.#release();
    return this.#releasing;
  }

  #isOver(): boolean {
    return this.#state === 'closed' || this.#state === 'failed';
  }

  #connectAgain(remote: IceTransport): void {
    if (remote.ufrag !== undefined && remote.ufrag !== this.#remoteUfrag) {
      this.#options.logger.log(
        'warn',
        'an ICE restart in place is not supported; its candidates are ignored',
      );
      return;
    }
    for (const candidate of this.#remoteCandidates.add(remote.candidates)) {
      this.#native.addRemoteCandidate(buildCandidate(candidate), mid);
    }
  }

  /** Its threads end after `close()` has returned. The process would not exit before, and not with a channel that is left. */
  async #release(): Promise<void> {
    this.#cancelTimer();
    for (const channel of this.#channels) channel.close();
    const cancel = startTimer(closingTimeout, () => this.#nativeClosed.resolve());
    this.#native.close();
    await this.#nativeClosed.promise;
    cancel();
  }

  #candidateFound(line: string): void {
    if (this.#isOver()) return;
    const candidate = { ...parseCandidate(line), id: `c${this.#candidates.length}` };
    this.#candidates.push(candidate);
    this.#tell(() => this.#handlers.candidate(candidate));
  }

  #nativeChanged(state: string): void {
    this.#countConsent(state === 'connected');
    if (state === 'closed') this.#nativeClosed.resolve();
    if (this.#isOver()) return;
    if (state === 'connected') {
      this.#cancelTimer();
      this.#setState('connected');
    } else if (state === 'disconnected') {
      if (this.#state === 'connected') this.#setState('disconnected', 'no answer to consent checks');
    } else if (state === 'failed') this.#nativeFailed();
    else if (state === 'closed') this.#fail('the other side has closed DTLS');
  }

  /** libdatachannel checks certificates itself, and does not say so when that is why it failed. */
  #nativeFailed(): void {
    const { value: shown, algorithm } = this.#native.remoteFingerprint();
    if (shown === '' || shown === this.#remoteFingerprint) this.#fail('ICE, DTLS or SCTP has failed');
    else
      this.#fail(
        `the other side cannot be trusted: its certificate is not the one that was signalled (it has shown ${algorithm} ${shown})`,
        true,
      );
  }

  #countConsent(isConnected: boolean): void {
    const now = performance.now();
    if (this.#connectedAt !== undefined) this.#consentMs += now - this.#connectedAt;
    this.#connectedAt = isConnected ? now : undefined;
  }

  #fail(reason: string, isUntrusted = false): void {
    if (this.#isOver()) return;
    // The reason comes before what follows from it.
    this.#setState('failed', reason, isUntrusted);
    for (const channel of this.#channels) channel.end(`the transport failed: ${reason}`);
    this.#releasing ??= this.#release();
  }

  #setState(state: PeerTransportState, reason?: string, isUntrusted?: boolean): void {
    if (this.#state === state || this.#isOver()) return;
    this.#state = state;
    this.#tell(() => this.#handlers.stateChanged(state, reason, isUntrusted));
  }

  /** Never within a call from outside, never after `close`. */
  #tell(call: () => void): void {
    queueMicrotask(() => {
      if (this.#state !== 'closed') call();
    });
  }
}

function selected({ candidate }: { candidate: string }): SelectedCandidate {
  const { type, protocol, ip, port } = parseCandidate(candidate);
  // libjuice has relays over UDP only
  return { type, protocol, ip, port, ...(type === 'relay' ? { relayProtocol: 'udp' } : {}) };
}
