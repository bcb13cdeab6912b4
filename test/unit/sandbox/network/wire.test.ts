/** What a bad network does to a TCP connection, in virtual time. */
import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { WayConditions } from '../../../../src/sandbox/network/conditions.ts';
import { Network } from '../../../../src/sandbox/network/network.ts';
import type { Wire } from '../../../../src/sandbox/network/wire.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

/** The server's end of a connection: `sent` went out to the client, `read` came from it. */
class Connection extends Duplex {
  readonly sent: string[] = [];
  readonly received: string[] = [];
  isEnded = false;

  constructor() {
    super({ decodeStrings: false });
    this.on('data', (chunk: Buffer) => this.received.push(String(chunk)));
    this.on('error', () => {});
  }

  override _read(): void {}

  override _write(chunk: unknown, _: BufferEncoding, callback: () => void): void {
    this.sent.push(String(chunk));
    callback();
  }

  override _final(callback: () => void): void {
    this.isEnded = true;
    callback();
  }
}

let clock: ManualClock;
let network: Network;
let connection: Connection;
let wire: Wire;

beforeEach(() => {
  clock = new ManualClock(1_790_000_000_000);
  network = new Network(clock);
  connection = new Connection();
  wire = network.xmppWire(connection, () => 'alice');
});

async function both(text: string): Promise<void> {
  connection.push(text);
  connection.write(text);
  await turn();
}

const seen = (): object => ({ up: connection.received.join(''), down: connection.sent.join('') });

describe('a wire', () => {
  it('is nothing while nothing is wrong', async () => {
    await both('a');
    expect(seen()).toEqual({ up: 'a', down: 'a' });
    expect(clock.pending).toBe(0);
  });

  it('holds back what is sent while it is cut, in order, and delivers it afterwards', async () => {
    network.change(['up', 'down'], { isCut: true });
    await both('a');
    await both('b');
    connection.end();
    clock.advance(3_600_000);
    expect(seen()).toEqual({ up: '', down: '' });
    expect(connection.isEnded).toBe(false);
    network.change(['up', 'down'], { isCut: false });
    await turn();
    expect(seen()).toEqual({ up: 'ab', down: 'ab' });
    expect(connection.isEnded).toBe(true);
  });

  it.each([
    ['up', { up: '', down: 'a' }],
    ['down', { up: 'a', down: '' }],
  ] as const)('is half open when it is cut %s', async (way, expected) => {
    network.change([way], { isCut: true });
    await both('a');
    expect(seen()).toEqual(expected);
  });

  it('is cut for one and not for another', async () => {
    network.change(['up', 'down'], { isCut: true }, 'bob');
    await both('a');
    expect(seen()).toEqual({ up: 'a', down: 'a' });
    network.change(['up', 'down'], { isCut: true }, 'alice');
    await both('b');
    expect(seen()).toEqual({ up: 'a', down: 'a' });
    expect([network.isCut, network.isCutFor('alice'), network.isCutFor('carol')]).toEqual([
      false,
      true,
      false,
    ]);
  });

  it('is late, and as fast as it is wide', async () => {
    const bad: Partial<WayConditions> = { delay: 100, bitsPerSecond: 8000 };
    network.change(['down'], bad);
    await both('x'.repeat(100));
    await both('y');
    clock.advance(199);
    expect(connection.sent).toEqual([]);
    clock.advance(1);
    expect(connection.sent).toEqual(['x'.repeat(100)]);
    clock.advance(1);
    await turn();
    expect(connection.sent).toEqual(['x'.repeat(100), 'y']);
    expect(connection.received.join('')).toBe(`${'x'.repeat(100)}y`);
  });

  it('makes those wait who send more than the buffers hold', async () => {
    network.change(['up', 'down'], { isCut: true });
    expect(connection.push('x'.repeat(256 * 1024))).toBe(true);
    expect(connection.push('x')).toBe(false);
    for (const _ of Array.from({ length: 10 })) connection.write('y'.repeat(100 * 1024));
    await turn();
    expect(connection.writableLength).toBeGreaterThan(600 * 1024);
    network.change(['up', 'down'], { isCut: false });
    await turn();
    expect(connection.writableLength).toBe(0);
    expect(connection.sent.join('')).toBe('y'.repeat(1000 * 1024));
    expect(connection.received.join('')).toBe('x'.repeat(256 * 1024 + 1));
  });

  it('loses what waits when it breaks, and leaves no timer', async () => {
    network.change(['down'], { delay: 1000 });
    await both('a');
    expect(clock.pending).toBe(1);
    wire.break();
    expect(clock.pending).toBe(0);
    clock.advance(2000);
    expect(connection.sent).toEqual([]);
    expect(connection.destroyed).toBe(true);
  });

  it('loses answers without anybody’s noticing', async () => {
    network.change(['down'], { isCut: true });
    await both('a');
    wire.loseAnswers();
    await both('b');
    network.change(['down'], { isCut: false });
    await turn();
    expect(seen()).toEqual({ up: 'ab', down: '' });
    expect(connection.writableLength).toBe(0);
  });

  it('makes XMPP frames to clients late, and those of nothing else', async () => {
    const channel = new Connection();
    network.bridgeWire(channel, 'alice');
    network.setXmppDelay(500);
    channel.write('a');
    await both('a');
    expect(channel.sent).toEqual(['a']);
    expect(seen()).toEqual({ up: 'a', down: '' });
    clock.advance(500);
    expect(seen()).toEqual({ up: 'a', down: 'a' });
  });
});
