import { describe, expect, it } from 'vitest';
import { withResolvers } from '../../../../../src/base/resolvers.ts';
import { SctpDataChannel } from '../../../../../src/rtc/werift/sctp/data-channel.ts';

/** A stream that sends when it is told to. */
function slowStream(): {
  channel: SctpDataChannel;
  given: [number, string][];
  sendNext(): Promise<void>;
  events: string[];
} {
  const given: [number, string][] = [];
  const pending: (() => void)[] = [];
  const events: string[] = [];
  const channel = new SctpDataChannel(
    { label: 'label', protocol: 'protocol' },
    {
      send(protocol, data) {
        given.push([protocol, data.toString()]);
        const { promise, resolve } = withResolvers();
        pending.push(resolve);
        return promise;
      },
      close: () => events.push('stream closed'),
    },
  );
  channel.handle({
    opened: () => events.push('opened'),
    message: (data, isBinary) => events.push(`${isBinary ? 'binary' : 'text'} ${data.toString()}`),
    drained: () => events.push('drained'),
    closed: (reason) => events.push(`closed: ${reason}`),
  });
  const sendNext = async (): Promise<void> => {
    pending.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { channel, given, events, sendNext };
}

describe('a data channel on werift', () => {
  it('gives SCTP one message at a time, whatever waits: what werift does for a packet costs the more, the more wait', async () => {
    const { channel, given, sendNext } = slowStream();
    channel.acknowledged();
    for (let index = 0; index < 1000; index++) channel.send(`${index}`);
    expect(given).toEqual([[51, '0']]);
    await sendNext();
    await sendNext();
    expect(given).toEqual([
      [51, '0'],
      [51, '1'],
      [51, '2'],
    ]);
  });

  it('counts what waits, and tells when it is little', async () => {
    const { channel, events, sendNext } = slowStream();
    channel.acknowledged();
    for (let index = 0; index < 4; index++) channel.send('x'.repeat(8000));
    expect(channel.bufferedAmount).toBe(32_000);
    await sendNext();
    expect(channel.bufferedAmount).toBe(24_000);
    expect(events).toEqual(['opened']);
    await sendNext();
    expect(channel.bufferedAmount).toBe(16_000);
    expect(events).toEqual(['opened', 'drained']);
    await sendNext();
    await sendNext();
    expect(channel.bufferedAmount).toBe(0);
    expect(events).toEqual(['opened', 'drained']);
  });

  it('sends bytes as text, without a copy, and empty texts as RFC 8831, 6.6 has it', async () => {
    const { channel, given, sendNext } = slowStream();
    channel.acknowledged();
    channel.send(new TextEncoder().encode('bytes'));
    channel.send('');
    await sendNext();
    expect(given).toEqual([
      [51, 'bytes'],
      [56, '\0'],
    ]);
  });

  it('keeps what is sent early until the other side has acknowledged', () => {
    const { channel, given, events } = slowStream();
    channel.send('early');
    expect(given).toEqual([]);
    channel.acknowledged();
    channel.acknowledged();
    expect(given).toEqual([[51, 'early']]);
    expect(events).toEqual(['opened']);
  });

  it('tells of its end once, and of nothing after it', async () => {
    const { channel, events } = slowStream();
    channel.acknowledged();
    channel.end('the first reason');
    channel.end('another');
    channel.receive(Buffer.from('late'), false);
    expect(events).toEqual(['opened']);
    await Promise.resolve();
    expect(events).toEqual(['opened', 'closed: the first reason']);
    expect(channel.bufferedAmount).toBe(0);
  });

  it('tells nothing after it was closed', async () => {
    const { channel, events, sendNext } = slowStream();
    channel.acknowledged();
    channel.send('x'.repeat(20_000));
    channel.close();
    channel.end('too late');
    await sendNext();
    expect(events).toEqual(['opened', 'stream closed']);
  });
});
