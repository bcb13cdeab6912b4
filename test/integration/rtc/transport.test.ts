/** All engines as a participant, with werift as the bridge, which only accepts: SCTP, the one data channel, unknown addresses. */
import { describe, expect, it } from 'vitest';
import type { MediaError } from '../../../src/base/errors.ts';
import type { IceTransport } from '../../../src/jingle/model.ts';
import { loadEngine } from '../../../src/rtc/engines.ts';
import { createCertificate } from '../../../src/sandbox/bridge/certificate.ts';
import { waitFor } from '../../support/wait.ts';
import { answerOf, connectEnds, End, threaded, werift } from './ends.ts';

const engines = [
  { name: 'werift', engine: werift },
  { name: 'werift in the network thread', engine: await threaded() },
  { name: 'node-datachannel', engine: await loadEngine('node-datachannel', { media: false }) },
];

describe.each(engines)('a participant on $name', ({ engine }) => {
  const pair = async (): Promise<{ participant: End; bridge: End } & AsyncDisposable> => {
    const bridge = await End.create({ end: 'bridge' });
    const participant = await End.create({ end: 'participant' }, engine);
    return {
      participant,
      bridge,
      async [Symbol.asyncDispose]() {
        await participant.transport.close();
        await bridge.transport.close();
      },
    };
  };

  it('connects to a bridge that knows none of its addresses', async () => {
    await using ends = await pair();
    const { participant, bridge } = ends;
    const ours = participant.open();
    connectEnds(participant, bridge);
    await ours.isOpen();
    const theirs = await bridge.channel();
    ours.channel.send('hello');
    await theirs.has(1);
    theirs.channel.send('welcome');
    await ours.has(1);

    expect(theirs.texts).toEqual(['hello']);
    expect(ours.texts).toEqual(['welcome']);
    expect(theirs.channel).toMatchObject({
      label: 'JVB data channel',
      protocol: 'http://jitsi.org/protocols/colibri',
    });
    expect(participant.states).toEqual(['connecting', 'connected']);
    expect(bridge.states).toEqual(['connecting', 'connected']);
    expect(bridge.packets.packetsReceived).toBeGreaterThan(0);
  });

  it('says what the bridge has to know', async () => {
    await using ends = await pair();
    const { local } = ends.participant;
    expect(local).toMatchObject({
      rtcpMux: true,
      fingerprints: [{ hash: 'sha-256', setup: 'active' }],
      sctp: { port: 5000, protocol: 'webrtc-datachannel' },
      webSocketUrls: [],
    });
    expect(local.fingerprints[0]?.value).toMatch(/^[\dA-F]{2}(:[\dA-F]{2}){31}$/);
    // RFC 8445, 5.3
    expect(local.ufrag?.length).toBeGreaterThanOrEqual(4);
    expect(local.pwd?.length).toBeGreaterThanOrEqual(22);
  });

  it('connects to a bridge that hears of it later', async () => {
    await using ends = await pair();
    const { participant, bridge } = ends;
    const ours = participant.open();
    participant.transport.connect(bridge.local);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    bridge.transport.connect(answerOf(participant));
    await ours.isOpen();
  });

  it('connects to an address that is told later, among others that lead nowhere', async () => {
    await using ends = await pair();
    const { participant, bridge } = ends;
    const { candidates } = bridge.local;
    const [good] = candidates;
    if (!good) throw new Error('the bridge has no candidate');
    const bad = [
      { ...good, ip: 'e4b1b7b2-2d7c-4a0e-8f9b-0d6f6f5f4a3e.local' },
      { ...good, ip: 'not an address' },
      { ...good, ip: '127.0.0.1 1 typ host\r\na=x:' },
      { ...good, foundation: 'x\r\na=y' },
      { ...good, port: 0 },
      { ...good, port: 70_000 },
      { ...good, port: Number.NaN },
      { ...good, protocol: 'tcp', tcpType: 'passive' },
      { ...good, component: 2 },
      { ...good, priority: -1 },
      { ...good, ip: '::1' },
      { ...good, ip: '192.0.2.99' },
    ];
    bridge.transport.connect(answerOf(participant));
    participant.transport.connect({ ...bridge.local, candidates: bad });
    participant.transport.connect({ ...bridge.local, candidates: [...bad, good] });
    await participant.reaches('connected');
  });

  it('lets a second channel wait for ever, as bridges do', async () => {
    await using ends = await pair();
    const { participant, bridge } = ends;
    const first = participant.open();
    connectEnds(participant, bridge);
    await first.isOpen();
    const second = participant.open('another');
    second.channel.send('nobody hears this');
    first.channel.send('but this');
    const theirs = await bridge.channel();
    await theirs.has(1);
    // longer than an answer would take
    theirs.channel.send('and this');
    await first.has(1);
    expect(second.opened).toBe(0);
    expect(bridge.channels).toHaveLength(1);
    expect(theirs.texts).toEqual(['but this']);
  });

  it('carries texts of all sizes, as strings and as bytes, both ways and in order', async () => {
    await using ends = await pair();
    const { participant, bridge } = ends;
    const ours = participant.open();
    connectEnds(participant, bridge);
    await ours.isOpen();
    const theirs = await bridge.channel();
    const texts = Array.from({ length: 300 }, (_, index) =>
      textOfSize(sizes[index % sizes.length] ?? 0, index),
    );
    for (const [index, text] of texts.entries()) {
      ours.channel.send(index % 2 === 0 ? text : new TextEncoder().encode(text));
      theirs.channel.send(index % 2 === 0 ? new TextEncoder().encode(text) : text);
    }
    await Promise.all([theirs.has(300), ours.has(300)]);
    expect(theirs.texts).toEqual(texts);
    expect(ours.texts).toEqual(texts);
    expect(theirs.binaries).toEqual([]);
    expect(ours.binaries).toEqual([]);
  });

  it('refuses what is too large, and goes on', async () => {
    await using ends = await pair();
    const { participant, bridge } = ends;
    const ours = participant.open();
    connectEnds(participant, bridge);
    const limit = ours.channel.maxMessageSize;
    expect(limit).toBe(262_144);
    const tooLarge = expect.objectContaining({ code: 'message-too-large' }) as MediaError;
    expect(() => ours.channel.send('x'.repeat(limit + 1))).toThrow(tooLarge);
    await ours.isOpen();
    expect(() => ours.channel.send(Buffer.alloc(limit + 1, 'x'))).toThrow(tooLarge);
    expect(() => ours.channel.send('é'.repeat(limit / 2 + 1))).toThrow(tooLarge);
    ours.channel.send('é'.repeat(limit / 2));
    const theirs = await bridge.channel();
    await theirs.has(1);
  });

  it('sends what was sent before the channel was open', async () => {
    await using ends = await pair();
    const { participant, bridge } = ends;
    const ours = participant.open();
    ours.channel.send('early');
    expect(ours.channel.bufferedAmount).toBe(5);
    connectEnds(participant, bridge);
    await ours.isOpen();
    ours.channel.send('late');
    const theirs = await bridge.channel();
    await theirs.has(2);
    expect(theirs.texts).toEqual(['early', 'late']);
  });

  it('tells when it can take more', async () => {
    await using ends = await pair();
    const { participant, bridge } = ends;
    const ours = participant.open();
    connectEnds(participant, bridge);
    await ours.isOpen();
    const theirs = await bridge.channel();
    for (let count = 0; count < 500; count++) ours.channel.send('x'.repeat(8192));
    expect(ours.channel.bufferedAmount).toBeGreaterThan(1_000_000);
    expect(ours.drained).toBe(0);
    await waitFor(() => ours.drained > 0, { what: 'drained' });
    expect(ours.channel.bufferedAmount).toBeLessThanOrEqual(16_384);
    await theirs.has(500);
  });

  it('closes a channel without a word, and the bridge hears of it', async () => {
    await using ends = await pair();
    const { participant, bridge } = ends;
    const ours = participant.open();
    connectEnds(participant, bridge);
    await ours.isOpen();
    const theirs = await bridge.channel();
    ours.channel.close();
    ours.channel.close();
    await waitFor(() => theirs.closed.length > 0, { what: 'closed channel' });
    expect(ours.closed).toEqual([]);
    expect(() => ours.channel.send('x')).toThrow(
      expect.objectContaining({ code: 'channel-closed' }) as MediaError,
    );
    expect(() => theirs.channel.send('x')).toThrow(
      expect.objectContaining({ code: 'channel-closed' }) as MediaError,
    );
    expect(theirs.closed).toHaveLength(1);
  });

  it('hears of a bridge that closes the channel, and of one that is gone', async () => {
    await using ends = await pair();
    const { participant, bridge } = ends;
    const ours = participant.open();
    connectEnds(participant, bridge);
    await ours.isOpen();
    await bridge.channel();
    await bridge.transport.close();
    await waitFor(() => ours.closed.length > 0, { what: 'closed channel' });
    expect(ours.closed).toHaveLength(1);
  });

  it('believes no certificate but the one that was signalled', async () => {
    await using ends = await pair();
    const { participant, bridge } = ends;
    const ours = participant.open();
    participant.transport.connect(withOtherFingerprint(bridge.local));
    bridge.transport.connect(answerOf(participant));
    await participant.reaches('failed');
    expect(participant.states).toEqual(['connecting', 'failed']);
    await waitFor(() => ours.closed.length > 0, { what: 'closed channel' });
    expect(ours.opened).toBe(0);
  });

  it('is refused by the bridge when its certificate is another one', async () => {
    await using ends = await pair();
    const { participant, bridge } = ends;
    const ours = participant.open();
    participant.transport.connect(bridge.local);
    bridge.transport.connect(withOtherFingerprint(answerOf(participant)));
    await bridge.reaches('failed');
    expect(bridge.reasons.join()).toContain('not the one that was signalled');
    expect(ours.opened).toBe(0);
  });

  it('shows the certificate that it is given', async () => {
    const certificate = await createCertificate({ commonName: 'given', now: Date.now() });
    await using bridge = await End.create({ end: 'bridge', certificate });
    await using participant = await End.create({ end: 'participant', certificate }, engine);
    expect(bridge.local.fingerprints).toEqual([
      { hash: 'sha-256', value: certificate.fingerprint, setup: 'actpass' },
    ]);
    expect(participant.local.fingerprints).toEqual([
      { hash: 'sha-256', value: certificate.fingerprint, setup: 'active' },
    ]);
    connectEnds(participant, bridge);
    await Promise.all([participant.reaches('connected'), bridge.reaches('connected')]);
  });

  it.each<[string, (remote: IceTransport) => IceTransport]>([
    ['credentials', ({ ufrag: _ufrag, ...rest }) => rest],
    ['a password', (remote) => ({ ...remote, pwd: '' })],
    ['credentials that SDP can carry', (remote) => ({ ...remote, pwd: 'x\r\na=y' })],
    ['a fingerprint', (remote) => ({ ...remote, fingerprints: [] })],
    ['a fingerprint that proves anything', (remote) => withHash(remote, 'md5')],
    ['a passive side', (remote) => withSetup(remote, 'active')],
  ])('does not connect without %s', async (_, change) => {
    await using ends = await pair();
    const { participant, bridge } = ends;
    expect(() => participant.transport.connect(change(bridge.local))).toThrow(
      expect.objectContaining({ code: 'remote-transport' }) as MediaError,
    );
    expect(participant.transport.state).toBe('new');
    await Promise.resolve();
    expect(participant.states).toEqual([]);
  });

  it('calls nobody within a call', async () => {
    await using ends = await pair();
    const { participant, bridge } = ends;
    const ours = participant.open();
    connectEnds(participant, bridge);
    expect(participant.transport.state).toBe('connecting');
    expect([participant.states, bridge.states, ours.opened]).toEqual([[], [], 0]);
    await ours.isOpen();
  });

  it('takes a word about another attempt for what it is', async () => {
    await using ends = await pair();
    const { participant, bridge } = ends;
    connectEnds(participant, bridge);
    participant.transport.connect({ ...bridge.local, ufrag: 'restarted' });
    participant.transport.connect(bridge.local);
    await participant.reaches('connected');
  });

  describe('close', () => {
    it('before anything else', async () => {
      const participant = await End.create({ end: 'participant' }, engine);
      await participant.transport.close();
      await participant.transport.close();
      expect(participant.transport.state).toBe('closed');
      expect(participant.states).toEqual([]);
    });

    it.each([0, 1, 5, 20, 40, 60, 80, 120])('%i ms after connecting began', async (time) => {
      const bridge = await End.create({ end: 'bridge' });
      const participant = await End.create({ end: 'participant' }, engine);
      const ours = participant.open();
      ours.channel.send('x'.repeat(100_000));
      connectEnds(participant, bridge);
      await new Promise((resolve) => setTimeout(resolve, time));
      const closing = participant.transport.close();
      const told = participant.states.length;
      expect(participant.transport.state).toBe('closed');
      await Promise.all([closing, bridge.transport.close()]);
      participant.transport.connect(bridge.local);
      expect(participant.states).toHaveLength(told);
      expect(ours.closed).toEqual([]);
    });
  });
});

/** Bytes. */
const sizes = [0, 1, 1199, 1200, 1201, 65_536, 10, 262_144, 3000, 0, 8192];

/** Not all of it ASCII, and different for each index. */
function textOfSize(size: number, index: number): string {
  const head = `${index} é `;
  const length = Buffer.byteLength(head);
  return size < length ? 'x'.repeat(size) : head + 'y'.repeat(size - length);
}

function withOtherFingerprint(transport: IceTransport): IceTransport {
  const fingerprints = transport.fingerprints.map((fingerprint) => ({
    ...fingerprint,
    value: fingerprint.value.replace(/^../, (pair) => (pair === 'AA' ? 'BB' : 'AA')),
  }));
  return { ...transport, fingerprints };
}

function withHash(transport: IceTransport, hash: string): IceTransport {
  return { ...transport, fingerprints: transport.fingerprints.map((each) => ({ ...each, hash })) };
}

function withSetup(transport: IceTransport, setup: 'active'): IceTransport {
  return { ...transport, fingerprints: transport.fingerprints.map((each) => ({ ...each, setup })) };
}
