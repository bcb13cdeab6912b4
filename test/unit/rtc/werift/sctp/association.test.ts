import { crc32c } from 'werift';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../../src/base/logger.ts';
import { SctpAssociation } from '../../../../../src/rtc/werift/sctp/association.ts';
import type { SctpDataChannel } from '../../../../../src/rtc/werift/sctp/data-channel.ts';
import { seededRandom } from '../../../../support/random.ts';
import { waitFor } from '../../../../support/wait.ts';

/** Two associations without a network between them. */
class Pair implements AsyncDisposable {
  readonly channels: SctpDataChannel[] = [];
  /** First chunk types of the packets, in their order. */
  readonly sent: { by: 'participant' | 'bridge'; chunk: number; packet: Buffer }[] = [];
  readonly participant: SctpAssociation = this.#association('participant');
  readonly bridge: SctpAssociation = this.#association('bridge');

  #association(end: 'participant' | 'bridge'): SctpAssociation {
    const send = async (packet: Buffer): Promise<void> => {
      this.sent.push({ by: end, chunk: packet[12] ?? -1, packet });
      const other = end === 'bridge' ? this.participant : this.bridge;
      setImmediate(() => other.receive(packet));
    };
    return new SctpAssociation(
      { port: 5000, end, send, logger: silentLogger },
      { dataChannel: (channel) => this.channels.push(channel) },
    );
  }

  start(): void {
    this.bridge.start();
    this.participant.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.participant.close();
    await this.bridge.close();
  }
}

function record(channel: SctpDataChannel): string[] {
  const events: string[] = [];
  channel.handle({
    opened: () => events.push('opened'),
    message: (data, isBinary) => events.push(`${isBinary ? 'binary' : 'text'} ${data.toString()}`),
    drained() {},
    closed: (reason) => events.push(`closed: ${reason}`),
  });
  return events;
}

const options = { label: 'label', protocol: 'protocol' };

describe('an SCTP association', () => {
  it('is begun by the participant alone', async () => {
    await using pair = new Pair();
    pair.bridge.start();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(pair.sent).toEqual([]);
    const events = record(pair.participant.open(options));
    pair.participant.start();
    await waitFor(() => events.length > 0, { what: 'open channel' });
    const initChunk = 1;
    expect(pair.sent.filter(({ chunk }) => chunk === initChunk).map(({ by }) => by)).toEqual(['participant']);
  });

  it('opens channels on even streams, and a bridge takes the first', async () => {
    await using pair = new Pair();
    const [first, second] = [
      pair.participant.open(options),
      pair.participant.open({ ...options, label: 'second' }),
    ];
    const [events, others] = [record(first), record(second)];
    pair.start();
    await waitFor(() => events.includes('opened'), { what: 'open channel' });
    first.send('hello');
    await waitFor(() => pair.channels.length === 1, { what: 'channel' });
    expect(pair.channels[0]).toMatchObject(options);
    expect(others).toEqual([]);
  });

  it('survives packets and messages of nonsense', async () => {
    await using pair = new Pair();
    const channel = pair.participant.open(options);
    const events = record(channel);
    pair.start();
    await waitFor(() => events.includes('opened'), { what: 'open channel' });
    const theirs = pair.channels[0];
    if (!theirs) throw new Error('the bridge has no channel');
    const received = record(theirs);
    for (const packet of nonsense) {
      pair.participant.receive(packet);
      pair.bridge.receive(packet);
    }
    channel.send('hello');
    await waitFor(() => received.includes('text hello'), { what: 'message' });
  });

  it('throws nothing, whatever becomes of real packets on their way', async () => {
    const random = seededRandom(7);
    const number = (below: number): number => {
      const [high = 0, low = 0] = random(2);
      return (high * 256 + low) % below;
    };
    for (let round = 0; round < 30; round++) {
      await using pair = new Pair();
      const channel = pair.participant.open(options);
      const events = record(channel);
      pair.start();
      await waitFor(() => events.includes('opened'), { what: 'open channel' });
      channel.send('x'.repeat(5000));
      for (let count = 0; count < 100; count++) {
        const { by, packet: real } = pair.sent[number(pair.sent.length)] ?? {};
        if (!real) continue;
        const changed = Buffer.from(real);
        for (let byte = 0; byte < 3; byte++) changed.writeUInt8(number(256), 8 + number(changed.length - 8));
        withChecksum(changed);
        (by === 'bridge' ? pair.participant : pair.bridge).receive(changed);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  });

  it('ends when the other side does', async () => {
    await using pair = new Pair();
    const events = record(pair.participant.open(options));
    pair.start();
    await waitFor(() => events.includes('opened'), { what: 'open channel' });
    await pair.bridge.close();
    await waitFor(() => events.length === 2, { what: 'closed channel' });
    expect(events[1]).toBe('closed: the other side has ended SCTP');
    const late = record(pair.participant.open(options));
    await waitFor(() => late.length > 0, { what: 'closed channel' });
    expect(late).toEqual(['closed: the transport is closed']);
  });
});

const nonsense: readonly Buffer[] = [
  Buffer.alloc(0),
  Buffer.alloc(11),
  Buffer.alloc(12),
  Buffer.alloc(40, 0xff),
  packet(Buffer.alloc(0)),
  // ABORT (6) and SHUTDOWN (7) are left out: they are meant to end it
  ...[0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 14, 130, 192, 0x84, 0xff].flatMap((type) =>
    [0, 1, 4, 5, 8, 20, 21, 40, 9999].flatMap((length) => [
      packet(chunk(type, length, 0xa5)),
      packet(chunk(type, length, 0)),
    ]),
  ),
];

/** RFC 9260, 3.2 */
function chunk(type: number, length: number, filling: number): Buffer {
  const body = Buffer.alloc(Math.max(Math.min(length, 1200), 4), filling);
  body.writeUInt8(type, 0);
  body.writeUInt16BE(length, 2);
  return body;
}

/** RFC 9260, 3.1; verification tag 0, as an INIT has it */
function packet(chunks: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(5000, 0);
  head.writeUInt16BE(5000, 2);
  return withChecksum(Buffer.concat([head, chunks]));
}

function withChecksum(whole: Buffer): Buffer {
  whole.writeUInt32LE(0, 8);
  whole.writeUInt32LE(crc32c(whole), 8);
  return whole;
}
