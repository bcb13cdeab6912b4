/** What becomes of transports when the network thread, or something in it, fails; and of what is on its way. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { steadyClock } from '../../../src/base/clock.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { withResolvers } from '../../../src/base/resolvers.ts';
import type { PeerTransportOptions } from '../../../src/rtc/peer-transport.ts';
import type { RtpLinkOptions } from '../../../src/rtc/rtp/rtp-link.ts';
import type { Command, Report } from '../../../src/rtc/thread/messages.ts';
import { NetworkThread, networkThread } from '../../../src/rtc/thread/network-thread.ts';
import { ThreadedTransport } from '../../../src/rtc/thread/transport.ts';
import { Outbox } from '../../../src/rtc/thread/worker/outbox.ts';
import { ThreadSide } from '../../../src/rtc/thread/worker/thread-side.ts';
import { offered } from '../../support/fake-rtp.ts';
import { seededRandom } from '../../support/random.ts';
import { waitFor } from '../../support/wait.ts';

const program = (name: string): URL => new URL(`../../support/${name}.mjs`, import.meta.url);
const options: PeerTransportOptions = { end: 'participant', sctpPort: 5000, logger: silentLogger };
const rtpOptions: RtpLinkOptions = {
  parameters: offered,
  localSsrc: 1,
  cname: 'test',
  clock: steadyClock,
  random: seededRandom(1),
};
const remote = {
  ufrag: 'abcd',
  pwd: 'abcdefghijklmnopqrstuv',
  rtcpMux: true,
  fingerprints: [{ hash: 'sha-256', value: '00:11', setup: 'actpass' as const }],
  candidates: [],
  webSocketUrls: [],
};

describe('a network thread', () => {
  it('is lost with all that it carries', async () => {
    const told: string[] = [];
    const thread = new NetworkThread(
      (wasReady) => told.push(wasReady ? 'gone' : 'never there'),
      program('failing-thread'),
    );
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
    expect(told).toEqual([
      'never there',
      `first failed: ${reason}`,
      `second failed: ${reason}`,
      `channel: ${reason}`,
    ]);
    expect([first.state, second.state, closed.state]).toEqual(['failed', 'failed', 'closed']);
    await closing;

    const late = { code: 'network-thread', retryable: true };
    await expect(first.prepareIceRestart()).rejects.toMatchObject(late);
    await expect(make('late')).rejects.toMatchObject(late);
    expect(() => channel.send('late')).toThrow(expect.objectContaining({ code: 'channel-closed' }));
    expect(() => first.openDataChannel({ label: 'x', protocol: 'y' })).toThrow(
      expect.objectContaining({ code: 'no-data-channel' }),
    );
    await Promise.all([first.close(), second.close()]);
    expect(told).toHaveLength(4);
  });

  it('has nothing more for a source that was removed, whoever has its SSRC then', async () => {
    const thread = new NetworkThread(() => {}, program('scripted-thread'));
    const transport = await ThreadedTransport.create(thread, options, { stateChanged() {}, candidate() {} });
    const came: string[] = [];
    const done = withResolvers();
    const link = transport.openRtp(rtpOptions, {
      packet({ sequenceNumber }) {
        came.push(`packet ${sequenceNumber}`);
        done.resolve();
      },
      reported: (_, { ntp }) => came.push(`report ${ntp.seconds}`),
      keyFrameRequested() {},
      available() {},
    });
    link.addReceived({ kind: 'audio', ssrc: 11 });
    link.removeReceived(11);
    link.addReceived({ kind: 'audio', ssrc: 11 });
    await done.promise;
    const [second] = came.map((each) => each.split(' ')[1]);
    expect(came).toEqual([`report ${second}`, `packet ${second}`]);
    link.close();
    void transport.close();
    await waitFor(() => transport.state === 'closed', { what: 'the end' });
  });

  it('is there only where its program is a file', () => {
    expect(networkThread()).toBeUndefined();
  });

  it('is done without where there may be none', async () => {
    const permission = ['--experimental-permission', '--allow-fs-read=*', '--no-warnings'];
    const { stdout } = await run(`${made} await transport.close();`, permission);
    expect(stdout).toBe('made\n');
  });

  it('ends with the process, however that ends', async () => {
    await expect(run(`${made} process.exit(3);`)).rejects.toMatchObject({ code: 3, stdout: 'made\n' });
    await expect(run(`${made} throw new Error('a mistake');`)).rejects.toMatchObject({
      code: 1,
      signal: null,
    });
  });
});

/** Makes a transport in the thread, where there can be one. */
const made = `
  import { loadEngine } from ${JSON.stringify(join(import.meta.dirname, '../../../dist/rtc/engines.js'))};
  const logger = { log() {}, child: () => logger };
  const engine = await loadEngine('auto', { media: true, thread: true });
  const transport = await engine.create({ end: 'participant', hostAddress: '127.0.0.1', logger }, { stateChanged() {}, candidate() {} });
  console.log(transport.local.candidates.length > 0 ? 'made' : 'nothing');`;

function run(script: string, flags: readonly string[] = []): Promise<{ stdout: string }> {
  const program = [...flags, '--input-type=module', '-e', script];
  return promisify(execFile)(process.execPath, program, { timeout: 60_000 });
}

describe('a mistake in the network thread', () => {
  it('costs the transport that it is about, and no other', async () => {
    const reports: Report[] = [];
    const outbox = new Outbox((report) => reports.push(report), new SharedArrayBuffer(8), steadyClock);
    const side = new ThreadSide(outbox, steadyClock);
    const answered = (request: number): Promise<Report> =>
      waitFor(() => reports.find((each) => 'request' in each && each.request === request), {
        what: `answer ${request}`,
      });
    for (const transport of [1, 2])
      side.take({
        name: 'create',
        transport,
        request: transport,
        options: { hostAddress: '127.0.0.1', logs: false, looks: false },
      });
    await Promise.all([answered(1), answered(2)]);
    reports.length = 0;
    const wrong: Command = { name: 'connect', transport: 1, remote: { ...remote, ufrag: '' } };
    side.take(wrong);
    expect(reports).toMatchObject([
      {
        name: 'state',
        transport: 1,
        snapshot: { state: 'failed' },
        reason: expect.stringContaining('connect:') as unknown,
      },
    ]);
    side.take({ name: 'connect', transport: 2, remote });
    for (const transport of [1, 2]) side.take({ name: 'close', transport, request: 10 + transport });
    expect((await answered(11)).name).toBe('answer');
    expect((await answered(12)).name).toBe('answer');
    expect(reports.filter(({ name }) => name === 'state')).toHaveLength(1);
  });
});
