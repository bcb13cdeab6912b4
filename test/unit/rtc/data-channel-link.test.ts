import { describe, expect, it } from 'vitest';
import { MediaError } from '../../../src/base/errors.ts';
import type { ChannelLink } from '../../../src/rtc/channel-link.ts';
import type { DataChannel, DataChannelHandlers } from '../../../src/rtc/data-channel.ts';
import { dataChannelRoute } from '../../../src/rtc/data-channel-link.ts';

class FakeChannel implements DataChannel {
  readonly label = 'JVB data channel';
  readonly protocol = '';
  readonly bufferedAmount = 7;
  maxMessageSize = 1_000_000;
  readonly sent: string[] = [];
  isClosed = false;
  failure: Error | undefined;
  handlers: DataChannelHandlers | undefined;

  handle(handlers: DataChannelHandlers): void {
    this.handlers = handlers;
  }

  send(text: string | Uint8Array): void {
    if (this.failure) throw this.failure;
    this.sent.push(text.toString());
  }

  close(): void {
    this.isClosed = true;
  }
}

function open(): { channel: FakeChannel; link: ChannelLink; told: string[] } {
  const channel = new FakeChannel();
  const told: string[] = [];
  const link = dataChannelRoute(() => channel).open({
    opened: () => told.push('opened'),
    message: (data) => told.push(`message ${data.toString()}`),
    drained: () => told.push('drained'),
    closed: ({ wasOpen, reason }) => told.push(`closed ${wasOpen} ${reason}`),
  });
  return { channel, link, told };
}

const serverHello = '{"colibriClass":"ServerHello"}';
const forwarded = '{"colibriClass":"ForwardedSources","forwardedSources":[]}';

describe('a data channel as a link', () => {
  it('is open when the bridge has answered, and not before', () => {
    const { channel, told } = open();
    expect(channel.sent).toEqual([]);
    channel.handlers?.opened();
    expect(channel.sent).toEqual(['{"colibriClass":"ClientHello"}']);
    expect(told).toEqual([]);
    channel.handlers?.message(serverHello, false);
    expect(told).toEqual(['opened', `message ${serverHello}`]);
  });

  it('passes on what the bridge says before its answer, and after', () => {
    const { channel, told } = open();
    channel.handlers?.opened();
    for (const message of [forwarded, 'junk', serverHello, serverHello])
      channel.handlers?.message(Buffer.from(message), false);
    expect(told).toEqual([
      `message ${forwarded}`,
      'message junk',
      'opened',
      `message ${serverHello}`,
      `message ${serverHello}`,
    ]);
  });

  it('leaves binary messages alone', () => {
    const { channel, told } = open();
    channel.handlers?.message(Buffer.from(serverHello), true);
    expect(told).toEqual([]);
  });

  it('says whether it had been open when it ends', () => {
    const [never, once] = [open(), open()];
    never.channel.handlers?.opened();
    never.channel.handlers?.closed('no association');
    once.channel.handlers?.message(serverHello, false);
    once.channel.handlers?.drained();
    once.channel.handlers?.closed('aborted');
    expect(never.told).toEqual(['closed false no association']);
    expect(once.told.slice(2)).toEqual(['drained', 'closed true aborted']);
  });

  it('takes what both it and a bridge take', () => {
    const { channel, link } = open();
    expect(link.sizeLimit).toBe(262_144);
    channel.maxMessageSize = 65_536;
    expect(link.sizeLimit).toBe(65_536);
    expect(link.bufferedAmount).toBe(7);
    expect(link.pause()).toBe(false);
    link.resume();
    link.close();
    expect(channel.isClosed).toBe(true);
  });

  it('loses what is sent while it closes, and nothing else', () => {
    const { channel, link } = open();
    channel.failure = new MediaError('closing', { code: 'channel-closed' });
    link.send('lost');
    channel.failure = new MediaError('too large', { code: 'message-too-large' });
    expect(() => link.send('x')).toThrow('too large');
    channel.failure = new Error('other');
    expect(() => link.send('x')).toThrow('other');
  });
});
