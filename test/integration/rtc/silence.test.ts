/** Whoever does not answer. These take as long as the protocols are patient, so they wait together. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, it, vi } from 'vitest';
import { classes, Message, methods, parseMessage } from 'werift';
import { loadEngine } from '../../../src/rtc/engines.ts';
import { waitFor } from '../../support/wait.ts';
import { answerOf, connectEnds, End, werift } from './ends.ts';
import { UdpPath } from './udp-path.ts';

const native = await loadEngine('node-datachannel', { media: false });
vi.setConfig({ maxConcurrency: 20 });

/** ms, more than any of them takes */
const patience = 150_000;

describe.concurrent.each([werift, native])('a participant on $name', { timeout: 300_000 }, (engine) => {
  it('notices that the bridge has vanished, then gives it up', async ({ expect }) => {
    await using bridge = await End.create({ end: 'bridge' });
    await using path = await UdpPath.to(bridge.local);
    await using participant = await End.create({ end: 'participant' }, engine);
    const ours = participant.open();
    participant.transport.connect(path.seenFrom(bridge.local));
    bridge.transport.connect(answerOf(participant));
    await ours.isOpen();
    path.isCut = true;
    await participant.reaches('failed', patience);
    await bridge.reaches('failed', patience);
    const states = ['connecting', 'connected', 'disconnected', 'failed'];
    // libdatachannel keeps to itself that consent checks fail, until it gives up.
    expect(participant.states).toEqual(engine === native ? without(states, 'disconnected') : states);
    expect(bridge.states).toEqual(states);
    await waitFor(() => ours.closed.length > 0, { what: 'closed channel' });
  });

  it('goes on when the bridge is there again', async ({ expect }) => {
    await using bridge = await End.create({ end: 'bridge' });
    await using path = await UdpPath.to(bridge.local);
    await using participant = await End.create({ end: 'participant' }, engine);
    const ours = participant.open();
    participant.transport.connect(path.seenFrom(bridge.local));
    bridge.transport.connect(answerOf(participant));
    await ours.isOpen();
    path.isCut = true;
    await bridge.reaches('disconnected', patience);
    path.isCut = false;
    await waitFor(() => bridge.states.length === 4, { what: 'connection', timeout: patience });
    expect(bridge.states).toEqual(['connecting', 'connected', 'disconnected', 'connected']);
    ours.channel.send('still here');
    const theirs = await bridge.channel();
    await theirs.has(1);
  });

  it('keeps a bridge whose round trip rises to 1.5 s and stays there, as it keeps him', async ({
    expect,
  }) => {
    await using bridge = await End.create({ end: 'bridge' });
    await using path = await UdpPath.to(bridge.local);
    await using participant = await End.create({ end: 'participant' }, engine);
    const ours = participant.open();
    participant.transport.connect(path.seenFrom(bridge.local));
    bridge.transport.connect(answerOf(participant));
    await ours.isOpen();
    path.delay = 750;
    const before = { ...path.answers };
    // More than 30 s of checks, RFC 7675's patience.
    const enough = (): boolean =>
      path.answers.bridge >= before.bridge + 9 && path.answers.participant >= before.participant + 9;
    await waitFor(enough, { what: 'answers to consent checks', timeout: 200_000 });
    for (const { states } of [participant, bridge]) expect(states).toEqual(['connecting', 'connected']);
  });

  it('gives up a bridge that nobody has ever heard of', async ({ expect }) => {
    const silent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(silent, 'listening');
    await using bridge = await End.create({ end: 'bridge' });
    await using participant = await End.create({ end: 'participant' }, engine);
    const ours = participant.open();
    const candidates = bridge.local.candidates.map((each) => ({ ...each, port: silent.address().port }));
    participant.transport.connect({ ...bridge.local, candidates });
    await participant.reaches('failed', patience);
    expect(participant.reasons).toHaveLength(1);
    await waitFor(() => ours.closed.length > 0, { what: 'closed channel' });
    silent.close();
  });

  it('gives up a bridge that does not know its own password', async ({ expect }) => {
    await using bridge = await End.create({ end: 'bridge' });
    await using participant = await End.create({ end: 'participant' }, engine);
    participant.transport.connect({ ...bridge.local, pwd: 'x'.repeat(24) });
    bridge.transport.connect(answerOf(participant));
    await Promise.all([participant.reaches('failed', patience), bridge.reaches('failed', patience)]);
    expect(participant.states).toEqual(['connecting', 'failed']);
    expect(bridge.states).toEqual(['connecting', 'failed']);
  });

  it('gives up a bridge without DTLS', async ({ expect }) => {
    await using bridge = await End.create({ end: 'bridge' });
    await using path = await UdpPath.to(bridge.local);
    await using participant = await End.create({ end: 'participant' }, engine);
    path.loses = ([first = 0]) => first > 3;
    participant.transport.connect(path.seenFrom(bridge.local));
    bridge.transport.connect(answerOf(participant));
    await Promise.all([participant.reaches('failed', patience), bridge.reaches('failed', patience)]);
    expect(participant.states).toEqual(['connecting', 'failed']);
    expect(bridge.states).toEqual(['connecting', 'failed']);
  });
});

describe.concurrent('a participant on werift', { timeout: 300_000 }, () => {
  it('has no channel with a bridge without SCTP', async ({ expect }) => {
    await using bridge = await End.create({ end: 'bridge', sctpPort: undefined });
    await using participant = await End.create({ end: 'participant' });
    const ours = participant.open();
    connectEnds(participant, bridge);
    await participant.reaches('connected');
    await waitFor(() => ours.closed.length > 0, { what: 'closed channel', timeout: patience });
    expect(ours.closed[0]).toContain('does not answer to SCTP');
    expect(participant.transport.state).toBe('connected');
  });

  it('is not chosen any more by a bridge that has given it up', async ({ expect }) => {
    await using bridge = await End.create({ end: 'bridge' });
    await using path = await UdpPath.to(bridge.local);
    await using participant = await End.create({ end: 'participant' });
    path.isCut = true;
    bridge.transport.connect(answerOf(participant));
    await waitFor(() => bridge.states.includes('connecting'), { what: 'checks' });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    participant.transport.connect(path.seenFrom(bridge.local));
    await bridge.reaches('failed', patience);
    path.isCut = false;
    await participant.reaches('failed', patience);
    expect(participant.reasons[0]).toContain('none of');
    await waitFor(() => participant.answered > 0, { what: 'answer', timeout: patience });
  });

  it('notices by a STUN server that the network is there again, when the bridge has forgotten it', async ({
    expect,
  }) => {
    const server = createSocket('udp4').bind(0, '127.0.0.1');
    await once(server, 'listening');
    let isCut = true;
    let asked = 0;
    server.on('message', (data, { address, port }) => {
      asked += 1;
      const request = parseMessage(data);
      if (isCut || !request) return;
      const response = new Message(methods.BINDING, classes.RESPONSE, request.transactionId);
      response.setAttribute('XOR-MAPPED-ADDRESS', [address, port]);
      server.send(response.bytes, port, address);
    });
    await using bridge = await End.create({ end: 'bridge' });
    await using path = await UdpPath.to(bridge.local);
    const iceServers = [{ urls: `stun:127.0.0.1:${server.address().port}` }];
    await using participant = await End.create({ end: 'participant', iceServers });
    path.isCut = true;
    participant.transport.connect(path.seenFrom(bridge.local));
    await participant.reaches('failed', patience);
    const before = asked;
    await waitFor(() => asked >= before + 10, { what: 'questions', timeout: patience });
    expect(participant.answered).toBe(0);
    isCut = false;
    await waitFor(() => participant.answered > 0, { what: 'answer', timeout: patience });
    server.close();
  });

  it('notices that a bridge which it has given up is there again', async ({ expect }) => {
    await using bridge = await End.create({ end: 'bridge' });
    await using path = await UdpPath.to(bridge.local);
    await using participant = await End.create({ end: 'participant' });
    path.isCut = true;
    participant.transport.connect(path.seenFrom(bridge.local));
    bridge.transport.connect(answerOf(participant));
    await Promise.all([participant.reaches('failed', patience), bridge.reaches('failed', patience)]);
    expect(participant.answered).toBe(0);
    path.isCut = false;
    await waitFor(() => participant.answered > 0, { what: 'answer', timeout: patience });
    await bridge.transport.close();
    expect(participant.answered).toBe(1);
    expect(participant.states).toEqual(['connecting', 'failed']);
  });
});

function without(states: readonly string[], state: string): string[] {
  return states.filter((each) => each !== state);
}
