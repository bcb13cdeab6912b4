import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { checkPayload } from '../../../../src/cli/data/payload-limit.ts';
import { piecesOf } from '../../../../src/cli/data/pieces.ts';
import { type RawReceiving, receiveRaw } from '../../../../src/cli/data/raw-receiving.ts';
import { type RawSending, sendRaw } from '../../../../src/cli/data/raw-sending.ts';
import { encodeRaw } from '../../../../src/rtc/raw-message.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { FakeRoom, rawStream } from '../fake-room.ts';

async function* reads(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}

describe('pieces of what is read', () => {
  it('are as large as they may be, and wait for nothing', async () => {
    const pieces: string[] = [];
    for await (const piece of piecesOf(reads('abcdefg', 'h', '', 'ijk'), 3)) pieces.push(piece.toString());
    expect(pieces).toEqual(['abc', 'def', 'g', 'h', 'ijk']);
  });
});

describe('the payload that a channel takes', () => {
  const channel = { transport: 'ws', sizeLimit: 65_536 } as const;

  it.each([
    ['', 'field'],
    ['abcdef12', 'field'],
    ['', 'payload'],
    ['abcdef12', 'payload'],
  ] as const)('is known to the byte, to %j as %s', (to, rawForm) => {
    const largest = /at most (\d+) bytes of payload fit/;
    let message = '';
    try {
      checkPayload(65_536, channel, { to, rawForm }, '--bench-size');
    } catch (error) {
      message = (error as Error).message;
    }
    const size = Number(largest.exec(message)?.[1]);
    expect(encodeRaw(to, new Uint8Array(size), rawForm).length).toBeLessThanOrEqual(65_536);
    expect(encodeRaw(to, new Uint8Array(size + 1), rawForm).length).toBeGreaterThan(65_536);
    expect(() => checkPayload(size, channel, { to, rawForm }, '--chunk')).not.toThrow();
    expect(() => checkPayload(size + 1, channel, { to, rawForm }, '--chunk')).toThrow(
      expect.objectContaining({ code: 'message-too-large', kind: 'usage' }),
    );
  });

  it('is larger over SCTP', () => {
    const sctp = { transport: 'sctp', sizeLimit: 262_144 } as const;
    expect(() => checkPayload(65_536, sctp, { to: '', rawForm: 'field' }, '--chunk')).not.toThrow();
    expect(() => checkPayload(200_000, sctp, { to: '', rawForm: 'field' }, '--chunk')).toThrow(
      /a data channel takes 262144: at most 19\d{4} bytes of payload fit; choose a smaller --chunk$/,
    );
  });
});

describe('receiving bytes', () => {
  interface Rig {
    stream: ReturnType<typeof rawStream>;
    stdout: PassThrough;
    /** Senders in the room. */
    here: Set<string>;
    /** Those whose end has not come. */
    open: Set<string>;
    bytes: Promise<number>;
    stop: AbortController;
    /** Lets so many ms pass; whether it has ended then. */
    isOverAfter(ms: number): Promise<boolean>;
  }

  function receiving(
    more: Partial<RawReceiving> = {},
    isWanted: (from: string) => boolean = () => true,
  ): Rig {
    const stream = rawStream();
    const stdout = new PassThrough();
    const here = new Set(['a', 'b']);
    const stop = new AbortController();
    const clock = new ManualClock();
    const senders = new Set<string>();
    const open = new Set<string>();
    const ledger = {
      get senders() {
        return [...senders].filter(isWanted);
      },
      isOpen: (id: string) => open.has(id),
      isWanted,
    };
    const push = (from: string, text: string): void => {
      senders.add(from);
      stream.push(from, text);
    };
    const bytes = receiveRaw({
      messages: stream.messages,
      stdout,
      ledger,
      isHere: (id) => here.has(id),
      phase: () => 'receiving',
      idle: undefined,
      signal: stop.signal,
      clock,
      ...more,
    });
    let isOver = false;
    bytes.then(
      () => (isOver = true),
      () => (isOver = true),
    );
    const isOverAfter = async (ms: number): Promise<boolean> => {
      await turn();
      clock.advance(ms);
      await turn();
      return isOver;
    };
    return { stream: { ...stream, push }, stdout, here, open, bytes, stop, isOverAfter };
  }

  it('writes what is wanted, in order, and ends when the senders have left', async () => {
    const { stream, stdout, here, isOverAfter } = receiving({}, (from) => from !== 'b');
    stream.push('a', 'one ');
    stream.push('b', 'other');
    expect(await isOverAfter(60_000)).toBe(false);
    here.delete('a');
    stream.push('a', 'two');
    expect(await isOverAfter(400)).toBe(false);
    expect(await isOverAfter(200)).toBe(true);
    expect(stdout.read()?.toString()).toBe('one two');
  });

  it('ends after a pause that is long enough, but not before anything has come', async () => {
    const { stream, bytes, isOverAfter } = receiving({ idle: 5_000 });
    expect(await isOverAfter(60_000)).toBe(false);
    stream.push('a', 'one');
    expect(await isOverAfter(4_000)).toBe(false);
    expect(await isOverAfter(1_100)).toBe(true);
    expect(await bytes).toBe(3);
  });

  it('goes on while there is something to send, until it is told to end', async () => {
    const { stream, here, stop, isOverAfter } = receiving({ phase: () => 'sending', idle: 1 });
    stream.push('a', 'one');
    here.clear();
    expect(await isOverAfter(60_000)).toBe(false);
    stop.abort();
    expect(await isOverAfter(0)).toBe(true);
  });

  it('ends at once when all is sent, but not while others are sending', async () => {
    expect(await receiving({ phase: () => 'sent' }).isOverAfter(100)).toBe(true);
    const { stream, isOverAfter } = receiving({ phase: () => 'sent' });
    stream.push('a', 'one');
    expect(await isOverAfter(900)).toBe(false);
    stream.push('a', 'two');
    expect(await isOverAfter(900)).toBe(false);
    expect(await isOverAfter(200)).toBe(true);
  });

  it('waits for the end of who has begun, where it has sent all of its own', async () => {
    const { stream, here, open, isOverAfter } = receiving({ phase: () => 'sent' });
    stream.push('a', 'one');
    open.add('a');
    expect(await isOverAfter(60_000)).toBe(false);
    open.delete('a');
    expect(await isOverAfter(100)).toBe(true);
    const gone = receiving({ phase: () => 'sent' });
    gone.stream.push('a', 'one');
    gone.open.add('a');
    gone.here.clear();
    expect(here.size).toBe(2);
    expect(await gone.isOverAfter(600)).toBe(true);
  });

  it('reads no faster than the output takes it', async () => {
    const { stream, stdout, bytes, stop } = receiving();
    const large = 'x'.repeat(20_000);
    for (let count = 0; count < 10; count += 1) stream.push('a', large);
    await turn();
    expect(stdout.readableLength + stdout.writableLength).toBeLessThan(60_000);
    const read: number[] = [];
    stdout.on('data', (chunk: Buffer) => read.push(chunk.length));
    while (read.length < 10) await turn();
    stop.abort();
    expect(await bytes).toBe(200_000);
  });

  it('ends although nobody takes the output', async () => {
    const { stream, stop, isOverAfter } = receiving();
    stream.push('a', 'x'.repeat(100_000));
    stream.push('a', 'never written');
    await turn();
    stop.abort();
    expect(await isOverAfter(0)).toBe(true);
  });

  it('fails where bytes are lost, and writes nothing behind the gap', async () => {
    const { stream, stdout, bytes, isOverAfter } = receiving();
    stream.push('a', 'x'.repeat(100_000));
    await turn();
    stream.messages.dropped = 3;
    stream.push('a', 'behind the gap');
    const failed = expect(bytes).rejects.toMatchObject({
      kind: 'output',
      code: 'output-too-slow',
      message: expect.stringMatching(/ 3 messages are lost, and what came after 100000 bytes is not written/),
    });
    // Nobody takes what was written before.
    await isOverAfter(200);
    await failed;
    expect(stdout.read()?.toString()).toMatch(/^x+$/);
  });

  it('does not let strangers steer a terminal', async () => {
    const stdout = Object.assign(new PassThrough(), { isTTY: true });
    const { stream, isOverAfter } = receiving({ stdout });
    stream.push('a', 'line\n\u001b[2Jgone');
    await isOverAfter(0);
    expect(stdout.read()?.toString()).toBe('line\n\\x1b[2Jgone');
  });
});

describe('sending bytes', () => {
  function sending(room: FakeRoom, more: Partial<RawSending> = {}): Promise<unknown> & { begun: boolean } {
    const state = { begun: false };
    const sent = sendRaw({
      input: reads('some bytes'),
      conference: room.conference,
      to: undefined,
      chunk: 4,
      rawForm: 'field',
      mbps: 100,
      begun: () => (state.begun = true),
      waiting: () => {},
      signal: new AbortController().signal,
      ...more,
    });
    return Object.assign(sent, state);
  }

  function roomWithBob(): FakeRoom {
    const room = new FakeRoom();
    room.enter('bob');
    room.answering.add('bob');
    return room;
  }

  it('sends each piece as a message, and tells when all has arrived', async () => {
    const room = roomWithBob();
    const sent = await sending(room, { to: 'bob' });
    expect(sent).toMatchObject({ bytes: 10, silent: [], isHeard: true });
    expect(room.raw.map(({ to, bytes }) => [to, bytes.toString()])).toEqual([
      ['bob', 'some'],
      ['bob', ' byt'],
      ['bob', 'es'],
    ]);
    const marks = room.sent.filter(({ payload }) =>
      String((payload as { type?: unknown }).type).startsWith('dc-raw'),
    );
    expect(marks).toEqual([
      { to: 'bob', payload: { type: 'dc-raw-start' } },
      { to: 'bob', payload: { type: 'dc-raw-end', bytes: 10, messages: 3 } },
    ]);
  });

  it('does nothing with nothing', async () => {
    const room = new FakeRoom();
    expect(await sending(room, { input: reads() })).toBeUndefined();
    expect(room.sent).toEqual([]);
  });

  it('stops while the channel is full', async () => {
    const room = roomWithBob();
    room.more = false;
    const sent = sending(room);
    while (room.drains.length === 0) await turn();
    for (let count = 0; count < 5; count += 1) await turn();
    expect(room.raw).toHaveLength(1);
    room.more = true;
    room.drains[0]?.();
    await sent;
    expect(room.raw).toHaveLength(3);
  });

  it('fails when the channel is lost in the middle: what is on its way may be too', async () => {
    const room = roomWithBob();
    async function* input(): AsyncGenerator<Buffer> {
      yield Buffer.from('one');
      room.bridgeEvents.emit('down', { reason: 'the bridge moved' });
      yield Buffer.from('two');
    }
    await expect(sending(room, { input: input() })).rejects.toMatchObject({
      code: 'stream-broken',
      message: expect.stringContaining('after 3 bytes, of which the last may be missing: the bridge moved'),
    });
  });

  it('fails when nobody is left', async () => {
    const room = roomWithBob();
    async function* input(): AsyncGenerator<Buffer> {
      yield Buffer.from('one');
      room.leave('bob');
      yield Buffer.from('two');
    }
    await expect(sending(room, { input: input() })).rejects.toMatchObject({ code: 'stream-broken' });
  });

  it('says so when a piece does not fit', async () => {
    const room = roomWithBob();
    await expect(sending(room, { chunk: 60_000 })).rejects.toMatchObject({ code: 'message-too-large' });
    expect(room.raw).toEqual([]);
  });
});
