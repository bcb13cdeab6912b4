/** The RTP of a transport in the network thread: packets go there and come from there in batches, figures stand in memory that both see. */
import type { RemoteSource, SourceStatistics } from '../../rtp/receive/types.ts';
import { firstSequenceNumbers } from '../../rtp/send/source-sender.ts';
import type { LocalSource, OutgoingPacket, SentStatistics, SequenceNumbers } from '../../rtp/send/types.ts';
import type { RtpLink, RtpLinkHandlers, RtpLinkOptions } from '../rtp/rtp-link.ts';
import type { Report } from './messages.ts';
import type { Addressee, NetworkThread } from './network-thread.ts';
import {
  newReceivedRecord,
  newSentRecord,
  nextRetransmission,
  readReceived,
  readSent,
} from './statistics-record.ts';

/** Retransmissions that may go out before the thread hears that there are to be no more. */
const unseenRetransmissions = 100;

interface Received {
  source: RemoteSource;
  record: Float64Array;
  /** What was on its way when it was removed is not for whoever has its SSRC then. */
  stream: number;
}

interface Sent {
  record: Float64Array;
  start: SequenceNumbers;
  packets: number;
}

export class ThreadedRtpLink implements RtpLink, Addressee<'link'> {
  readonly #options: RtpLinkOptions;
  readonly #handlers: RtpLinkHandlers;
  readonly #thread: NetworkThread;
  readonly #number: number;
  readonly #received = new Map<number, Received>();
  readonly #sent = new Map<number, Sent>();
  #isClosed = false;

  constructor(thread: NetworkThread, transport: number, options: RtpLinkOptions, handlers: RtpLinkHandlers) {
    this.#thread = thread;
    this.#options = options;
    this.#handlers = handlers;
    this.#number = thread.newNumber();
    const { cname, localSsrc, parameters } = options;
    thread.links.set(this.#number, this);
    thread.tell({
      name: 'openRtp',
      transport,
      link: this.#number,
      options: { cname, localSsrc, parameters },
    });
  }

  addReceived(source: RemoteSource): void {
    if (this.#received.has(source.ssrc) || this.#isClosed) return;
    const record = newReceivedRecord();
    const stream = this.#thread.newNumber();
    this.#received.set(source.ssrc, { source, record: new Float64Array(record), stream });
    this.#thread.streams.set(stream, {
      codec: (index) => this.#options.parameters.codecs[index],
      packet: (packet) => this.#handlers.packet(packet),
      take: ({ report }) => this.#handlers.reported(source.ssrc, report),
    });
    this.#thread.tell({ name: 'addReceived', link: this.#number, stream, source, record });
  }

  removeReceived(ssrc: number): void {
    const received = this.#received.get(ssrc);
    if (!received) return;
    this.#received.delete(ssrc);
    this.#thread.streams.delete(received.stream);
    this.#tellOf('removeReceived', ssrc);
  }

  requestKeyFrame(ssrc: number): void {
    if (this.#received.has(ssrc)) this.#tellOf('requestKeyFrame', ssrc);
  }

  receivedStatistics(ssrc: number): SourceStatistics | undefined {
    const received = this.#received.get(ssrc);
    return received && readReceived(received.record, ssrc, received.source.kind);
  }

  addSent(source: LocalSource): void {
    if (this.#sent.has(source.ssrc) || this.#isClosed) return;
    const record = newSentRecord();
    // They are decided here, so that it is known here where the next session has to go on.
    const start = source.continues ?? firstSequenceNumbers(this.#options.random);
    this.#sent.set(source.ssrc, { record: new Float64Array(record), start, packets: 0 });
    this.#thread.tell({
      name: 'addSent',
      link: this.#number,
      source: { ...source, continues: start },
      record,
    });
  }

  removeSent(ssrc: number): void {
    if (this.#sent.delete(ssrc)) this.#tellOf('removeSent', ssrc);
  }

  sequenceNumbers(ssrc: number): SequenceNumbers | undefined {
    const sent = this.#sent.get(ssrc);
    if (!sent) return undefined;
    const { packets, record, start } = sent;
    const rtx = Math.max(start.rtx, nextRetransmission(record));
    return { media: start.media + packets, rtx: rtx + unseenRetransmissions };
  }

  send(ssrc: number, packet: OutgoingPacket): void {
    const sent = this.#sent.get(ssrc);
    if (!sent || this.#isClosed) return;
    sent.packets += 1;
    this.#thread.send(this.#number, ssrc, packet);
  }

  sentStatistics(ssrc: number): SentStatistics | undefined {
    const sent = this.#sent.get(ssrc);
    return sent && readSent(sent.record);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#thread.links.delete(this.#number);
    for (const { stream } of this.#received.values()) this.#thread.streams.delete(stream);
    this.#thread.tell({ name: 'closeRtp', link: this.#number });
  }

  take(report: Extract<Report, { link: number }>): void {
    if (report.name === 'keyFrameRequested') this.#handlers.keyFrameRequested(report.ssrc);
    else this.#handlers.available(report.bitrate);
  }

  #tellOf(name: 'removeReceived' | 'requestKeyFrame' | 'removeSent', ssrc: number): void {
    this.#thread.tell({ name, link: this.#number, ssrc });
  }
}
