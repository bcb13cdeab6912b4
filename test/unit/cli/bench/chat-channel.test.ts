import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TimeoutError, UsageError } from '../../../../src/base/errors.ts';
import { withResolvers } from '../../../../src/base/resolvers.ts';
import { ChatChannel } from '../../../../src/cli/bench/chat-channel.ts';
import type { Conference } from '../../../../src/client/conference.ts';
import { FakeRoom } from '../fake-room.ts';

interface Sent {
  text: string;
  to: string | undefined;
  resolve(): void;
  reject(error: Error): void;
}

function rig(): { channel: ChatChannel; sent: Sent[]; say(message: object): void } {
  const room = new FakeRoom();
  const sent: Sent[] = [];
  const chat = {
    send(text: string, options: { to?: string } = {}) {
      const { promise, resolve, reject } = withResolvers();
      sent.push({ text, to: options.to, resolve, reject });
      return promise;
    },
  };
  const conference = { chat, on: room.conference.on } as unknown as Conference;
  return {
    channel: new ChatChannel(conference),
    sent,
    say: (message) =>
      room.events.emit('messageReceived', {
        message: { text: '', isOwn: false, isPrivate: false, isHistory: false, at: 0, ...message },
      }),
  };
}

const bytes = Buffer.from([0, 1, 254, 255]);

describe('the chat as a way for bytes', () => {
  it('carries them as lines, and takes no other line for one', () => {
    const { channel, sent, say } = rig();
    const got: [string, string][] = [];
    channel.onRaw(({ from, data }) => got.push([from, Buffer.from(data).toString('hex')]));
    channel.sendRaw('', bytes);
    const text = sent[0]?.text ?? '';
    say({ from: 'a', text });
    say({ from: 'a', text: 'AAH+/w==' });
    say({ from: 'a', text, isOwn: true });
    say({ from: 'a', text, isHistory: true });
    say({ text });
    expect(got).toEqual([['a', '0001feff']]);
  });

  it('stops while much is not reflected, and goes on when most of it is', async () => {
    const { channel, sent } = rig();
    let count = 1;
    while (channel.sendRaw('', bytes)) count += 1;
    expect(count).toBe(16);
    let isDrained = false;
    const drained = channel.drained().then(() => (isDrained = true));
    for (const each of sent.slice(0, 7)) each.resolve();
    await turn();
    expect(isDrained).toBe(false);
    sent[7]?.reject(new TimeoutError('not reflected', { code: 'message-not-confirmed' }));
    await drained;
    await channel.drained();
    expect(channel.sendRaw('', bytes)).toBe(true);
  });

  it('gives up waiting when it is told to', async () => {
    const { channel } = rig();
    while (channel.sendRaw('', bytes));
    const stop = new AbortController();
    const drained = channel.drained({ signal: stop.signal });
    stop.abort(new Error('over'));
    await expect(drained).rejects.toThrow('over');
  });

  it('fails with a line that no server takes, and not because somebody has left', async () => {
    const { channel, sent } = rig();
    expect(channel.sendRaw('bob', bytes)).toBe(true);
    expect(sent[0]?.to).toBe('bob');
    sent[0]?.reject(new UsageError('bob has left', { code: 'participant-unknown' }));
    await turn();
    channel.sendRaw('', bytes);
    sent[1]?.reject(new UsageError('too long', { code: 'message-too-long' }));
    await turn();
    expect(() => channel.sendRaw('', bytes)).toThrow('too long');
  });
});
