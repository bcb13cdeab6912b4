/**
 * Whether all of what somebody sends has come: `dc-raw` says when it begins and, at the end, how much it was, in messages of their own
 * without `raw`, which other readers of bytes pass over. Until there are streams, that is all a receiver can know.
 */
import type { Bridge } from '../../client/bridge/bridge.ts';
import type { BridgeMessage } from '../../jitsi/bridge-messages/index.ts';

const [startType, endType] = ['dc-raw-start', 'dc-raw-end'];

export interface Amount {
  bytes: number;
  messages: number;
}

/** The payload that says that bytes follow. */
export function startMark(): object {
  return { type: startType };
}

/** The payload that says that it was all, and how much. */
export function endMark({ bytes, messages }: Amount): object {
  return { type: endType, bytes, messages };
}

/** What came of a stream that is not whole. */
export interface CutOff {
  /** Endpoint id. */
  from: string;
  /** Display name, from when they were there. */
  name: string;
  came: Amount;
  /** Undefined: its end has not come. */
  total: Amount | undefined;
}

export interface LedgerPorts {
  bridge: Pick<Bridge, 'on'>;
  /** Whether this sender's bytes are wanted; asked once. */
  isWanted(from: string): boolean;
  nameOf(from: string): string;
}

interface Stream extends Amount {
  name: string;
  hasStart: boolean;
  total?: Amount;
}

/** Listens from now on until `close()`. */
export class StreamLedger {
  readonly #ports: LedgerPorts;
  /** Undefined for those whose bytes are not wanted. */
  readonly #streams = new Map<string, Stream | undefined>();
  /** Streams of somebody who began anew. */
  readonly #earlier: CutOff[] = [];
  readonly #offs: (() => void)[];

  constructor(ports: LedgerPorts) {
    this.#ports = ports;
    this.#offs = [
      ports.bridge.on('rawReceived', ({ from, data }) => {
        const stream = this.#streamOf(from);
        if (!stream) return;
        stream.bytes += data.byteLength;
        stream.messages += 1;
      }),
      ports.bridge.on('plainReceived', ({ message }) => this.#read(message)),
    ];
  }

  /** Endpoint ids of those who have begun and are wanted. */
  get senders(): string[] {
    return [...this.#streams].flatMap(([from, stream]) => (stream ? [from] : []));
  }

  isWanted(from: string): boolean {
    return this.#streams.get(from) !== undefined;
  }

  /** It has begun, and has not said that it was all. */
  isOpen(from: string): boolean {
    const stream = this.#streams.get(from);
    return stream?.hasStart === true && stream.total === undefined;
  }

  /** Streams that began and have no end, or of which something is missing. What has neither start nor end is not known to be cut off. */
  cutOff(): CutOff[] {
    const last = [...this.#streams].flatMap(([from, stream]) => cutOffOf(from, stream));
    return [...this.#earlier, ...last];
  }

  close(): void {
    for (const off of this.#offs) off();
  }

  #read(message: BridgeMessage): void {
    if (message.colibriClass !== 'EndpointMessage') return;
    const { from, msgPayload } = message;
    const { type, bytes, messages } = (msgPayload ?? {}) as Record<string, unknown>;
    const isStart = type === startType;
    const isEnd = type === endType && typeof bytes === 'number' && typeof messages === 'number';
    const stream = isStart || isEnd ? this.#streamOf(from) : undefined;
    if (!stream) return;
    if (isEnd) stream.total = { bytes, messages };
    else {
      this.#earlier.push(...cutOffOf(from, stream));
      this.#streams.set(from, { name: stream.name, hasStart: true, bytes: 0, messages: 0 });
    }
  }

  #streamOf(from: string): Stream | undefined {
    if (!this.#streams.has(from)) {
      const isWanted = this.#ports.isWanted(from);
      const name = this.#ports.nameOf(from);
      this.#streams.set(from, isWanted ? { name, hasStart: false, bytes: 0, messages: 0 } : undefined);
    }
    return this.#streams.get(from);
  }
}

function cutOffOf(from: string, stream: Stream | undefined): CutOff[] {
  if (!stream) return [];
  const { name, hasStart, bytes, messages, total } = stream;
  const isWhole = total ? total.bytes === bytes && total.messages === messages : !hasStart;
  return isWhole ? [] : [{ from, name, came: { bytes, messages }, total }];
}

export function cutOffWords({ came, name, total }: CutOff): string {
  return total
    ? `of ${total.bytes} bytes that ${name} sent, ${came.bytes} have come: the rest is lost, or was sent before we were there; have it sent again`
    : `what ${name} sent is cut off: its end has not come, after ${came.bytes} bytes; have it sent again`;
}
