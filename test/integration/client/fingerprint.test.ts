/** Somebody in the place of the bridge: what it shows in DTLS is not what was signalled. Seen by a server in the middle that changes what the focus says. */
import { afterEach, describe, expect, it } from 'vitest';
import { join, joinSession, type JoinOptions } from '../../../src/index.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { startAlteringProxy } from '../../support/altering-proxy.ts';
import { nextEvent } from '../../support/next-event.ts';
import { waitFor } from '../../support/wait.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A deployment, and its WebSocket with this done to what comes of it. */
async function altered(alter: (frame: string) => string): Promise<{ sandbox: Sandbox; websocket: string }> {
  const sandbox = await createSandbox();
  closing.push(() => sandbox.close());
  const proxy = await startAlteringProxy(`${sandbox.url.replace('http', 'ws')}/xmpp-websocket`, alter);
  closing.push(() => proxy.close());
  return { sandbox, websocket: proxy.url };
}

const foreign = Array.from({ length: 32 }, () => 'AB').join(':');
const fingerprint = /(<fingerprint\b[^>]*>)[^<]*/g;

const engines: [string, Partial<JoinOptions>][] = [
  ['werift', {}],
  ['node-datachannel', { engine: 'node-datachannel', media: false }],
];

describe.each(engines)('a bridge with another certificate than was signalled, on %s', (_, options) => {
  it('gets neither media nor messages, and the session ends', async () => {
    const { sandbox, websocket } = await altered((frame) => frame.replaceAll(fingerprint, `$1${foreign}`));
    const shared = { host: sandbox.url, room: 'room' };
    const first = await join({ ...shared, ...options, websocket, endpointId: 'victim', bridge: 'sctp' });
    const happened: string[] = [];
    first.on('transportConnected', () => happened.push('connected'));
    first.on('sessionOffered', () => happened.push('offered'));
    first.bridge.on('opened', () => happened.push('bridge'));
    const [warned, ended] = [nextEvent(first, 'warning'), nextEvent(first, 'sessionEnded')];
    const second = await join(shared);
    closing.push(
      () => first.leave(),
      () => second.leave(),
    );
    const { error } = await warned;
    expect(error).toMatchObject({ code: 'fingerprint-mismatch', retryable: false });
    expect(error.message).toMatch(
      /certificate is not the one that was signalled \(it has shown sha-256 ([\dA-F]{2}:){31}[\dA-F]{2}\)/,
    );
    expect((await ended).end).toMatchObject({ reason: 'security-error', by: 'us' });
    // The focus takes it: for the deployment too there is no such endpoint any more, and the participant stays in the room.
    await waitFor(() => !sandbox.bridge.endpoints.has('victim'), { what: 'the end of the endpoint' });
    expect(happened).toEqual(['offered']);
    expect(first.session).toBeUndefined();
    expect(first.participants.size).toBe(1);
  });
});

it("rejects the connection of a session that is the caller's", async () => {
  const { sandbox, websocket } = await altered((frame) => frame.replaceAll(fingerprint, `$1${foreign}`));
  const shared = { host: sandbox.url, room: 'room' };
  const second = await join(shared);
  const first = await joinSession({ ...shared, websocket });
  closing.push(
    () => first.leave(),
    () => second.leave(),
  );
  const session = first.session ?? (await first.nextSession());
  await expect(session.connect()).rejects.toMatchObject({ code: 'fingerprint-mismatch' });
  expect(session.end).toMatchObject({ reason: 'security-error' });
});

it('another fingerprint within a session ends it', async () => {
  let isLater = false;
  const { sandbox, websocket } = await altered((frame) =>
    isLater && frame.includes('action="source-add"')
      ? frame.replace(
          /(<jingle\b[^>]*action=")source-add("[^>]*>).*<\/jingle>/,
          `$1transport-info$2<content name="audio" creator="initiator"><transport xmlns="urn:xmpp:jingle:transports:ice-udp:1"><fingerprint xmlns="urn:xmpp:jingle:apps:dtls:0" hash="sha-256" setup="actpass">${foreign}</fingerprint></transport></content></jingle>`,
        )
      : frame,
  );
  const shared = { host: sandbox.url, room: 'room' };
  const first = await join({ ...shared, websocket });
  const second = await join(shared);
  closing.push(
    () => first.leave(),
    () => second.leave(),
  );
  await Promise.all([first.bridge.opened(), second.bridge.opened()]);
  isLater = true;
  const [warned, ended] = [nextEvent(first, 'warning'), nextEvent(first, 'sessionEnded')];
  second.addTrack({ kind: 'audio', codec: 'opus' }).unmute();
  expect((await warned).error).toMatchObject({ code: 'fingerprint-changed' });
  expect((await ended).end).toMatchObject({ reason: 'security-error', by: 'us' });
  expect(first.session).toBeUndefined();
});
