/** A network thread that fails: its transports have failed then, and nothing else has. */
import { expect, it } from 'vitest';
import { silentLogger } from '../../../src/base/logger.ts';
import type { PeerTransportOptions } from '../../../src/rtc/peer-transport.ts';
import { canHaveNetworkThread, NetworkThread } from '../../../src/rtc/thread/network-thread.ts';
import { ThreadedTransport } from '../../../src/rtc/thread/transport.ts';
import { waitFor } from '../../support/wait.ts';

const program = new URL('../../support/failing-thread.mjs', import.meta.url);
const options: PeerTransportOptions = { end: 'participant', sctpPort: 5000, logger: silentLogger };
const remote = {
  ufrag: 'abcd',
  pwd: 'abcdefghijklmnopqrstuv',
  rtcpMux: true,
  fingerprints: [{ hash: 'sha-256', value: '00:11', setup: 'actpass' as const }],
  candidates: [],
  webSocketUrls: [],
};

it('is lost with all that it carries', async () => {
  const told: string[] = [];
  const thread = new NetworkThread(() => told.push('gone'), program);
  const make = (name: string): Promise<ThreadedTransport> =>
    ThreadedTransport.create(thread, options, {
      stateChanged: (state, reason) => told.push(`${name} ${state}: ${reason}`),
      candidate() {},
    });
  const [first, second, closed] = await Promise.all([make('first'), make('second'), make('closed')]);
  const channel = first.openDataChannel({ label: 'x', protocol: 'y' });
  channel.handle({
    opened() {},
    message() {},
    drained() {},
    closed: (reason) => told.push(`channel: ${reason}`),
  });
  const closing = closed.close();
  second.connect(remote);
  await waitFor(() => told.length >= 4, { what: 'the end' });
  const reason = 'the network thread is gone: a mistake in openDataChannel';
  expect(told).toEqual(['gone', `channel: ${reason}`, `first failed: ${reason}`, `second failed: ${reason}`]);
  expect([first.state, second.state, closed.state]).toEqual(['failed', 'failed', 'closed']);
  await closing;

  const late = { code: 'network-thread', retryable: true };
  await expect(first.prepareIceRestart()).rejects.toMatchObject(late);
  await expect(make('late')).rejects.toMatchObject(late);
  expect(() => channel.send('late')).toThrow(expect.objectContaining({ code: 'channel-closed' }));
  await Promise.all([first.close(), second.close()]);
  expect(told).toHaveLength(4);
});

it('is there only where its program is a file', () => {
  expect(canHaveNetworkThread()).toBe(false);
});
