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
import { type Command, type Report, sizeOf, type ThreadStart } from './messages.ts';
import { OutgoingBatch } from './outgoing-batch.ts';
import { unpackReceived } from './received-batch.ts';

type ReportTo<Key extends string> = Extract<Report, Record<Key, number>>;

/** Whoever a transport's, a channel's or an RTP link's reports are for. */
export interface Addressee<Key extends 'transport' | 'channel' | 'link' | 'stream'> {
  take(report: ReportTo<Key>): void;
}

/** The thread is gone. */
interface Loser {
  lost(reason: string): void;
}

/** A source while somebody receives it. */
export interface StreamAddressee extends Addressee<'stream'> {
  codec(index: number): RtpCodec | undefined;
  packet(packet: ReceivedPacket): void;
}

/** Its file; undefined where there is none, as in a bundle and in the sources. */
function ownProgram(): URL | undefined {
  try {
    const program = new URL('./worker/network-thread-program.js', import.meta.url);
    return program.protocol === 'file:' && existsSync(fileURLToPath(program)) ? program : undefined;
  } catch {
    // A bundle that says nothing of where it is.
    return undefined;
  }
}

/** ms that the end of the process may wait for the thread's. */
const endTime = 500;

let running: NetworkThread | undefined;
/** A thread ended before it was ready: the next one would too. */
let isImpossible = false;

/** The one of this process, which is started when there is none; undefined where there cannot be one. */
export function networkThread(): NetworkThread | undefined {
  const program = running || isImpossible ? undefined : ownProgram();
  if (program === undefined) return running;
  try {
    running = new NetworkThread((wasReady) => {
      running = undefined;
      isImpossible ||= !wasReady;
    }, program);
  } catch {
    // Some processes may have no threads (Node's permission model).
    isImpossible = true;
  }
  return running;
}

export class NetworkThread {
  readonly transports: Map<number, Addressee<'transport'> & Loser> = new Map();
  readonly channels: Map<number, Addressee<'channel'> & Loser> = new Map();
  readonly links: Map<number, Addressee<'link'>> = new Map();
  readonly streams: Map<number, StreamAddressee> = new Map();
  readonly #worker: Worker;
  readonly #ended: (wasReady: boolean) => void;
  readonly #requests = new Map<number, Resolvers<unknown>>();
  /** Bytes of reports, ever. */
  readonly #taken = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT));
  readonly #hasEnded = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #packets = new OutgoingBatch();
  #lastNumber = 0;
  #isReady = false;
  #lostBy: string | undefined;

  /**
   * @param ended it is gone; called once at most
   * @throws Error where a process may have no threads
   */
  constructor(ended: (wasReady: boolean) => void, program: URL) {
    this.#ended = ended;
    const workerData: ThreadStart = {
      now: steadyClock.now(),
      hrtime: Number(process.hrtime.bigint()) / 1e6,
      taken: this.#taken.buffer,
      ended: this.#hasEnded.buffer,
    };
    this.#worker = new Worker(program, {
      workerData,
      name: 'jitsi-headless network',
      // Of a program that was given by --eval the others would forbid a file.
      execArgv: process.execArgv.filter((flag) => /^--(tls-m|dns-result-order=)/.test(flag)),
    });
    this.#worker.on('message', (report: Report) => this.#take(report));
    this.#worker.on('error', (error) => this.#lost(messageOf(error)));
    this.#worker.on('exit', (code) => this.#lost(`it ended with ${code}`));
    // The process stays for transports, not for the thread.
    this.#worker.unref();
    process.once('exit', this.#end);
  }

  get isLost(): boolean {
    return this.#lostBy !== undefined;
  }

  /** For whatever it is that needs one. */
  newNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  add(transport: number, addressee: Addressee<'transport'> & Loser): void {
    this.transports.set(transport, addressee);
    this.#worker.ref();
  }

  remove(transport: number): void {
    this.transports.delete(transport);
    if (this.transports.size === 0) this.#worker.unref();
  }

  tell(command: Command): void {
    if (this.isLost) return;
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

  /** Goes out with all that is sent until the program waits for something. Its bytes are free at once. */
  send(link: number, ssrc: number, packet: OutgoingPacket): void {
    if (this.isLost) return;
    if (this.#packets.isEmpty) queueMicrotask(this.#sendPackets);
    this.#packets.add(link, ssrc, packet);
  }

  /** Node aborts where a thread is stopped while it takes in a datagram, so it stops itself. */
  readonly #end = (): void => {
    if (this.isLost || this.transports.size === 0) return;
    this.tell({ name: 'end' });
    Atomics.wait(this.#hasEnded, 0, 0, endTime);
  };

  readonly #sendPackets = (): void => {
    if (this.#packets.isEmpty) return;
    const command: Command = { name: 'packets', ...this.#packets.take() };
    this.#worker.postMessage(command, [command.batch]);
  };

  #take(report: Report): void {
    this.#taken[0] = (this.#taken[0] ?? 0) + sizeOf(report);
    switch (report.name) {
      case 'packets':
        for (const batch of report.batches) this.#takePackets(batch);
        return;
      case 'ready':
        this.#isReady = true;
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
        this.streams.get(report.stream)?.take(report);
        return;
      case 'keyFrameRequested':
      case 'available':
        this.links.get(report.link)?.take(report);
        return;
      default:
        this.transports.get(report.transport)?.take(report);
    }
  }

  #takePackets(batch: ArrayBuffer): void {
    unpackReceived(
      batch,
      (stream, codec) => this.streams.get(stream)?.codec(codec),
      (stream, packet) => this.streams.get(stream)?.packet(packet),
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
    process.off('exit', this.#end);
    this.#ended(this.#isReady);
    this.#packets.take();
    for (const { reject } of this.#requests.values()) reject(threadLost(reason));
    this.#requests.clear();
    const words = `the network thread is gone: ${reason}`;
    for (const each of [...this.transports.values(), ...this.channels.values()]) each.lost(words);
    for (const each of [this.transports, this.channels, this.links, this.streams]) each.clear();
  }
}

function threadLost(reason: string): MediaError {
  return new MediaError(
    `asking the network thread: it is gone (${reason}); the next session goes without it, or with another one`,
    { code: 'network-thread', retryable: true },
  );
}
