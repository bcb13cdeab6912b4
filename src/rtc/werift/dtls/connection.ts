/**
 * DTLS 1.2 (RFC 6347) on werift's client and server. Its RTCDtlsTransport is left out: it sleeps 100 ms before each handshake, and
 * waits for ever when it is closed during one.
 */
import type { AddressInfo } from 'node:net';
import { DtlsClient, DtlsServer, type DtlsSocket, type Transport } from '../parts.ts';
import { messageOf } from '../../../base/errors.ts';
import type { Logger } from '../../../base/logger.ts';
import { startTimer } from '../../../base/timer.ts';
import type { RemoteParameters } from '../../remote-parameters.ts';
import { objectionTo } from './authentication.ts';
import { HandshakeOrder } from './handshake-order.ts';
import type { Identity } from './identity.ts';
import type { SrtpKeys } from '../../../srtp/srtp.ts';
import { masterKeyLength, protectionProfiles } from '../../../srtp/profiles.ts';

/** ms: as long as a bridge has patience (media 6.1), and for us, who may begin anew */
const handshakeTimeouts = { server: 30_000, client: 15_000 };
/** In the bridge's order (media 6.2), which is the one that counts. */
const srtpProfiles: [7, 1] = [7, 1];

export interface DtlsHandlers {
  /** The handshake is over, and the other side has the certificate that was signalled. */
  connected(): void;
  data(data: Buffer): void;
  /** The last call. @param isUntrusted the other side is not who it should be */
  failed(reason: string, isUntrusted: boolean): void;
}

export interface DtlsOptions {
  identity: Identity;
  remote: RemoteParameters;
  send(datagram: Buffer): Promise<void>;
  logger: Logger;
}

export class DtlsConnection {
  readonly #options: DtlsOptions;
  readonly #handlers: DtlsHandlers;
  readonly #socket: DtlsSocket;
  readonly #below: Transport;
  readonly #cancelTimer: () => void;
  /** Of a server. */
  readonly #order: HandshakeOrder | undefined;
  #lastError = '';
  #state: 'handshake' | 'connected' | 'ended' = 'handshake';

  /** Begins the handshake. No handler is called within. */
  constructor(options: DtlsOptions, handlers: DtlsHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    this.#below = {
      type: 'ice',
      address: {} as AddressInfo,
      closed: false,
      onData: () => {},
      send: async (datagram) => {
        if (this.#state !== 'ended') await options.send(datagram);
      },
      close: async () => {},
    };
    const { identity, remote } = options;
    const settings = {
      cert: identity.certificatePem,
      key: identity.privateKeyPem,
      signatureHash: identity.signatureHash,
      transport: this.#below,
      srtpProfiles,
      extendedMasterSecret: true,
      // Both sides show one (RFC 5763, 5). A client waits for the request, which may be lost: else it would go on without.
      certificateRequest: true,
    };
    this.#cancelTimer = startTimer(handshakeTimeouts[remote.dtlsRole], () => this.#timeIsOver());
    if (remote.dtlsRole === 'client') {
      const client = new DtlsClient(settings);
      this.#socket = client;
      this.#subscribe();
      client.connect().catch((error: unknown) => this.#stumbled(error));
    } else {
      this.#order = new HandshakeOrder();
      this.#socket = new DtlsServer(settings);
      this.#subscribe();
    }
  }

  /** A datagram from below; what is not DTLS is ignored. */
  receive(datagram: Buffer): void {
    if (this.#state === 'ended' || !isDtls(datagram)) return;
    try {
      // What comes late from the handshake, or from somebody else, would make werift negotiate its keys anew.
      if (this.#state === 'connected') this.#below.onData(protectedRecords(datagram), ['', 0]);
      else if (this.#order)
        for (const record of this.#order.sort(datagram)) this.#below.onData(record, ['', 0]);
      else this.#below.onData(datagram, ['', 0]);
    } catch (error) {
      this.#options.logger.log('debug', 'a DTLS record made no sense', { error: messageOf(error) });
    }
  }

  async send(data: Buffer): Promise<void> {
    if (this.#state === 'connected') await this.#socket.send(data);
  }

  /** Keys for media (RFC 5764, 4.2), once it is connected; undefined when the other side has asked for none. */
  srtpKeys(): SrtpKeys | undefined {
    const profile = srtpProfiles.find((id) => id === this.#socket.srtp.srtpProfile);
    if (profile === undefined) return undefined;
    const { saltLength } = protectionProfiles[profile];
    const { localKey, localSalt, remoteKey, remoteSalt } = this.#socket.extractSessionKeys(
      masterKeyLength,
      saltLength,
    );
    return {
      profile,
      localMasterKey: localKey,
      localMasterSalt: localSalt,
      remoteMasterKey: remoteKey,
      remoteMasterSalt: remoteSalt,
    };
  }

  /** werift's retransmissions cannot be stopped: a last timer may run for half a second, after a lost handshake for five. */
  close(): void {
    this.#state = 'ended';
    this.#cancelTimer();
    // They end by themselves when the handshake is where it cannot be.
    this.#socket.dtls.flight = Number.MAX_SAFE_INTEGER;
  }

  #subscribe(): void {
    this.#socket.onConnect.subscribe(() => this.#handshaken());
    this.#socket.onError.subscribe((error) => this.#stumbled(error));
    this.#socket.onClose.subscribe(() => this.#fail('the other side has closed DTLS'));
    this.#socket.onData.subscribe((data) => {
      if (this.#state === 'connected') this.#handlers.data(data);
    });
  }

  #handshaken(): void {
    if (this.#state !== 'handshake') return;
    const objection = objectionTo(this.#socket, this.#options.remote);
    if (objection !== undefined) {
      this.#fail(`the other side cannot be trusted: ${objection}`, true);
      return;
    }
    this.#state = 'connected';
    this.#cancelTimer();
    this.#handlers.connected();
  }

  /** A message that is out of place, such as one that came twice, may be followed by the right one. */
  #stumbled(error: unknown): void {
    this.#lastError = messageOf(error);
    this.#options.logger.log('debug', 'a DTLS message was out of place', { error: this.#lastError });
  }

  #timeIsOver(): void {
    const why = this.#lastError ? ` (${this.#lastError})` : '';
    const timeout = handshakeTimeouts[this.#options.remote.dtlsRole];
    this.#fail(`no DTLS handshake within ${timeout / 1000} s${why}`);
  }

  #fail(reason: string, isUntrusted = false): void {
    if (this.#state === 'ended') return;
    this.close();
    this.#handlers.failed(reason, isUntrusted);
  }
}

/** RFC 7983, 7 */
function isDtls(datagram: Buffer): boolean {
  const [first = 0] = datagram;
  return first >= 20 && first <= 63;
}

const headLength = 13;

/** The records that are encrypted (RFC 6347, 4.1): those of an epoch after the first. */
function protectedRecords(datagram: Buffer): Buffer {
  const records: Buffer[] = [];
  for (let start = 0; start + headLength <= datagram.length; ) {
    const end = start + headLength + datagram.readUInt16BE(start + 11);
    if (datagram.readUInt16BE(start + 3) > 0) {
      if (start === 0 && end === datagram.length) return datagram;
      records.push(datagram.subarray(start, end));
    }
    start = end;
  }
  return Buffer.concat(records);
}
