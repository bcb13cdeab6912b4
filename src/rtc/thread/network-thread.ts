/**
 * The thread that the transports of this process have for themselves: sockets, ICE, DTLS, SRTP and the RTP sessions above them go on whatever the
 * program is busy with. A bridge judges its way to us by when our feedback says that packets came (media dossier 12).
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { steadyClock } from '../../base/clock.ts';
import { MediaError, messageOf } from '../../base/errors.ts';
import { type Resolvers, withResolvers } from '../../base/resolvers.ts';
import type { RtpCodec } from '../../rtp/parameters.ts';
import type { ReceivedPacket } from '../../rtp/receive/types.ts';
import type { OutgoingPacket } from '../../rtp/send/types.ts';
import type { Command, Report, ThreadStart } from './messages.ts';
import { type AddressedPacket, packOutgoing } from './outgoing-batch.ts';
import { unpackReceived } from './received-batch.ts';

type ReportTo<Key extends string> = Extract<Report, Record<Key, number>>;

/** Whoever a transport's, a channel's or an RTP link's reports are for. */
export interface Addressee<Key extends 'transport' | 'channel' | 'link'> {
  take(report: ReportTo<Key>): void;
  /** The thread is gone. */
  lost(reason: string): void;
}

export interface LinkAddressee extends Addressee<'link'> {
  codec(index: number): RtpCodec | undefined;
  packet(packet: ReceivedPacket): void;
}

const ownProgram = new URL('./worker/main.js', import.meta.url);

let running: NetworkThread | undefined;

/** Whether there can be one: its program is a file of its own, which a bundle or the sources do not have. */
export function canHaveNetworkThread(): boolean {
  return ownProgram.protocol === 'file:' && existsSync(fileURLToPath(ownProgram));
}

/** The one of this process, which is started when there is none. */
export function networkThread(): NetworkThread {
  running ??= new NetworkThread(() => {
    running = undefined;
  });
  return running;
}

export class NetworkThread {
  readonly transports: Map<number, Addressee<'transport'>> = new Map();
  readonly channels: Map<number, Addressee<'channel'>> = new Map();
  readonly links: Map<number, LinkAddressee> = new Map();
  readonly #worker: Worker;
  readonly #ended: () => void;
  readonly #requests = new Map<number, Resolvers<unknown>>();
  /** Bytes of batches, ever. */
  readonly #taken = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT));
  #packets: AddressedPacket[] = [];
  #lastNumber = 0;
  #lostBy: string | undefined;

  /** @param ended it is gone; called once at most */
  constructor(ended: () => void, program: URL = ownProgram) {
    this.#ended = ended;
    const workerData: ThreadStart = {
      now: steadyClock.now(),
      hrtime: Number(process.hrtime.bigint()) / 1e6,
      taken: this.#taken.buffer,
    };
    // Of a program that was given by --eval its options would forbid a file.
    this.#worker = new Worker(program, { workerData, execArgv: [], name: 'jitsi-headless network' });
    this.#worker.on('message', (report: Report) => this.#take(report));
    this.#worker.on('error', (error) => this.#lost(messageOf(error)));
    this.#worker.on('exit', (code) => this.#lost(`it ended with ${code}`));
    // The process stays for transports, not for the thread.
    this.#worker.unref();
  }

  /** For whatever it is that needs one. */
  newNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  add(transport: number, addressee: Addressee<'transport'>): void {
    this.transports.set(transport, addressee);
    this.#worker.ref();
  }

  remove(transport: number): void {
    this.transports.delete(transport);
    if (this.transports.size === 0) this.#worker.unref();
  }

  tell(command: Command): void {
    if (this.#lostBy !== undefined) return;
    this.#sendPackets();
    this.#worker.postMessage(command, []);
  }

  /** @throws MediaError that of the other thread, or `network-thread` when it is gone */
  ask(command: (request: number) => Command): Promise<unknown> {
    if (this.#lostBy !== undefined) return Promise.reject(threadLost(this.#lostBy));
    const request = this.newNumber();
    const answer = withResolvers<unknown>();
    this.#requests.set(request, answer);
    this.tell(command(request));
    return answer.promise;
  }

  /** Goes out with all that is sent until the program waits for something. */
  send(link: number, ssrc: number, packet: OutgoingPacket): void {
    if (this.#lostBy !== undefined) return;
    this.#packets.push({ link, ssrc, packet });
    if (this.#packets.length === 1) queueMicrotask(this.#sendPackets);
  }

  readonly #sendPackets = (): void => {
    if (this.#packets.length === 0) return;
    const batch = packOutgoing(this.#packets);
    this.#packets = [];
    const command: Command = { name: 'packets', batch };
    this.#worker.postMessage(command, [batch]);
  };

  #take(report: Report): void {
    switch (report.name) {
      case 'packets':
        for (const batch of report.batches) this.#takePackets(batch);
        return;
      case 'answer':
        this.#answered(report.request)?.resolve(report.value);
        return;
      case 'failure':
        this.#answered(report.request)?.reject(new MediaError(report.message, report));
        return;
      case 'channelOpened':
      case 'channelMessage':
      case 'channelSent':
      case 'channelClosed':
        this.channels.get(report.channel)?.take(report);
        return;
      case 'reported':
      case 'keyFrameRequested':
      case 'available':
        this.links.get(report.link)?.take(report);
        return;
      default:
        this.transports.get(report.transport)?.take(report);
    }
  }

  #takePackets(batch: ArrayBuffer): void {
    this.#taken[0] = (this.#taken[0] ?? 0) + batch.byteLength;
    unpackReceived(
      batch,
      (link, codec) => this.links.get(link)?.codec(codec),
      (link, packet) => this.links.get(link)?.packet(packet),
    );
  }

  #answered(request: number): Resolvers<unknown> | undefined {
    const answer = this.#requests.get(request);
    this.#requests.delete(request);
    return answer;
  }

  /** Everything that it carried has failed; the next transport gets another thread. */
  #lost(reason: string): void {
    if (this.#lostBy !== undefined) return;
    this.#lostBy = reason;
    this.#ended();
    this.#packets = [];
    for (const { reject } of this.#requests.values()) reject(threadLost(reason));
    this.#requests.clear();
    const words = `the network thread is gone: ${reason}`;
    for (const each of [...this.channels.values(), ...this.transports.values()]) each.lost(words);
    this.channels.clear();
    this.transports.clear();
    this.links.clear();
  }
}

function threadLost(reason: string): MediaError {
  return new MediaError(
    `asking the network thread: it is gone (${reason}); the next session gets another one`,
    { code: 'network-thread', retryable: true },
  );
}
