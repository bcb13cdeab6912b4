/**
 * SCTP over DTLS (RFC 8261) on werift, and the data channels in it (RFC 8831). werift's own data channels are left out: they make a
 * string of each text, cannot send text as bytes, open as many channels as the other side asks for, and turn what it sends wrong
 * into rejections that nobody handles.
 */
import { Event, type RTCDtlsTransport, RTCSctpTransport } from '../parts.ts';
import { messageOf } from '../../../base/errors.ts';
import type { Logger } from '../../../base/logger.ts';
import type { DataChannelOptions } from '../../data-channel.ts';
import type { PeerTransportOptions } from '../../peer-transport.ts';
import { callOut } from '../call-out.ts';
import { ack, openMessage, parseDcep, ppid } from './dcep.ts';
import { SctpDataChannel } from './data-channel.ts';
import { isInit, isSound } from './packet.ts';

type Sctp = RTCSctpTransport['sctp'];

/**
 * Bytes on the way: 64 packets. Linux keeps about 90 for a socket whose reader is busy, and loses the rest; when those were the last
 * of a message, SCTP waits a second before it sends them again.
 */
const congestionLimit = 64 * 1200;
/** Bytes of unfinished messages beyond the window. */
const excessLimit = 4 * 1024 * 1024;

export interface SctpOptions {
  port: number;
  end: PeerTransportOptions['end'];
  send(packet: Buffer): Promise<void>;
  logger: Logger;
}

export interface SctpHandlers {
  /** The other side has opened a channel; only at a bridge's end. */
  dataChannel(channel: SctpDataChannel): void;
}

export class SctpAssociation {
  readonly #options: SctpOptions;
  readonly #handlers: SctpHandlers;
  readonly #sctp: Sctp;
  readonly #channels = new Map<number, SctpDataChannel>();
  /** A DTLS client opens the even streams (RFC 8832, 6). */
  #nextStream = 0;
  #wasOpened = false;
  #isEstablished = false;
  #isEnded = false;

  constructor(options: SctpOptions, handlers: SctpHandlers) {
    this.#options = options;
    this.#handlers = handlers;
    const sctp = makeSctp(options);
    // The participant sends the INIT, whatever ICE and DTLS are: bridges wait for it (media 5.2).
    sctp.isServer = options.end === 'bridge';
    sctp.setRemotePort(options.port);
    sctp.onReceive.subscribe((stream, protocol, data) => this.#received(stream, protocol, data));
    sctp.onReconfigStreams.subscribe((streams) => {
      for (const stream of streams) this.#endChannel(stream, 'the other side has closed the channel');
    });
    sctp.stateChanged.connected.subscribe(() => this.#established());
    sctp.stateChanged.closed.subscribe(() =>
      this.end(
        this.#isEstablished ? 'the other side has ended SCTP' : 'the other side does not answer to SCTP',
      ),
    );
    sctp.onSackReceived = async () => {
      sctp['cwnd'] = Math.min(sctp['cwnd'], congestionLimit);
    };
    this.#sctp = sctp;
  }

  /** DTLS is connected: begins, or waits for the other side to do so. */
  start(): void {
    void this.#forgiving(this.#sctp.start(this.#options.port));
  }

  receive(packet: Buffer): void {
    if (this.#isEnded || !isSound(packet)) return;
    // A late INIT must not change what is established (RFC 9260, 5.2.2); werift would begin anew.
    if (this.#isEstablished && isInit(packet)) return;
    void this.#forgiving(this.#sctp['handleData'](packet));
    // werift announces a window and takes what is beyond it all the same
    if (this.#sctp['advertisedRwnd'] < -excessLimit) {
      this.end('the other side sends far more than it was allowed to');
      void this.#forgiving(this.#sctp.stop());
    }
  }

  open(options: DataChannelOptions): SctpDataChannel {
    const stream = this.#nextStream;
    this.#nextStream += 2;
    const channel = this.#addChannel(stream, options);
    if (this.#isEnded) channel.end('the transport is closed');
    else if (this.#isEstablished) void this.#send(stream, ppid.dcep, openMessage(options));
    return channel;
  }

  /** No channel is told anything any more. */
  async close(): Promise<void> {
    for (const channel of this.#channels.values()) channel.abandon();
    this.#channels.clear();
    this.#isEnded = true;
    await this.#sctp.stop();
  }

  /** Ends all channels. */
  end(reason: string): void {
    this.#isEnded = true;
    for (const stream of this.#channels.keys()) this.#endChannel(stream, reason);
  }

  #send(stream: number, protocol: number, data: Buffer): Promise<void> {
    return this.#forgiving(this.#sctp.send(stream, protocol, data));
  }

  /** werift rejects when a packet makes no sense to it. */
  async #forgiving(result: Promise<void>): Promise<void> {
    try {
      await result;
    } catch (error) {
      this.#options.logger.log('debug', 'SCTP stumbled', { error: messageOf(error) });
    }
  }

  #established(): void {
    if (this.#isEstablished) return;
    this.#isEstablished = true;
    for (const [stream, channel] of this.#channels) {
      void this.#send(stream, ppid.dcep, openMessage(channel));
    }
  }

  #addChannel(stream: number, options: DataChannelOptions): SctpDataChannel {
    const channel = new SctpDataChannel(options, {
      send: (protocol, data) => this.#send(stream, protocol, data),
      close: () => this.#closeStream(stream),
    });
    this.#channels.set(stream, channel);
    return channel;
  }

  /** Resets our direction of the stream (RFC 8831, 6.7). */
  #closeStream(stream: number): void {
    this.#channels.delete(stream);
    if (!this.#isEstablished || this.#isEnded) return;
    this.#sctp.reconfigQueue.push(stream);
    void this.#forgiving(this.#sctp.transmitReconfigRequest());
  }

  #endChannel(stream: number, reason: string): void {
    const channel = this.#channels.get(stream);
    this.#channels.delete(stream);
    channel?.end(reason);
  }

  #received(stream: number, protocol: number, data: Buffer): void {
    const channel = this.#channels.get(stream);
    if (protocol === ppid.dcep) this.#receivedDcep(stream, data);
    else if (protocol === ppid.text || protocol === ppid.emptyText) {
      channel?.receive(protocol === ppid.text ? data : Buffer.alloc(0), false);
    } else if (protocol === ppid.binary || protocol === ppid.emptyBinary) {
      channel?.receive(protocol === ppid.binary ? data : Buffer.alloc(0), true);
    }
  }

  #receivedDcep(stream: number, data: Buffer): void {
    const message = parseDcep(data);
    if (message === 'ack') this.#channels.get(stream)?.acknowledged();
    else if (message) this.#requested(stream, message);
  }

  /** A bridge takes one channel for its whole life, and says nothing about others (jitsi-videobridge `DataChannelStack.kt`). */
  #requested(stream: number, options: DataChannelOptions): void {
    if (this.#options.end !== 'bridge' || this.#wasOpened) {
      this.#options.logger.log('debug', 'a data channel is ignored', { stream, label: options.label });
      return;
    }
    this.#wasOpened = true;
    void this.#send(stream, ppid.dcep, ack);
    const channel = this.#addChannel(stream, options);
    callOut(() => this.#handlers.dataChannel(channel));
    queueMicrotask(() => channel.acknowledged());
  }
}

/** werift does not export its SCTP: RTCSctpTransport makes one on anything that looks like an RTCDtlsTransport. */
function makeSctp({ port, send }: SctpOptions): Sctp {
  const below = { id: '', onStateChange: new Event(), dataReceiver() {}, sendData: send };
  const transport = new RTCSctpTransport(port);
  transport.setDtlsTransport(below as unknown as RTCDtlsTransport);
  transport.sctp.onReceive.allUnsubscribe();
  return transport.sctp;
}
