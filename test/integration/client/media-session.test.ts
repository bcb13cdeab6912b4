/** Sessions accepted, changed, restarted and ended against the embedded deployment, over real sockets. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Conference, joinSession, type MediaSession } from '../../../src/index.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { acceptFor, ownSources } from '../../support/session-accept.ts';
import { nextEvent } from '../../support/next-event.ts';

let sandbox: Sandbox;
let rooms = 0;
beforeAll(async () => {
  sandbox = await createSandbox();
});
afterAll(() => sandbox.close());

/** Two participants, each with the session on offer. */
async function pair(): Promise<[Conference, Conference]> {
  rooms += 1;
  const options = { host: sandbox.url, room: `media${rooms}`, sessionTimeout: 30_000 };
  return Promise.all([joinSession({ ...options, nick: 'Alice' }), joinSession({ ...options, nick: 'Bob' })]);
}

function sessionOf(conference: Conference): MediaSession {
  const { session } = conference;
  if (!session) throw new Error('there is no session');
  return session;
}

describe('a media session', () => {
  it('is accepted, and the sources of each reach the other', async () => {
    const [alice, bob] = await pair();
    const session = sessionOf(alice);
    expect(session.state).toBe('offered');
    const accepted = nextEvent(alice, 'sessionAccepted');
    await session.accept(acceptFor(session, alice.endpointId, [1001]));
    expect((await accepted).session).toBe(session);
    expect(session.state).toBe('active');

    const told = nextEvent(bob, 'sourcesAdded');
    const bobs = sessionOf(bob);
    await bobs.accept(acceptFor(bobs, bob.endpointId, [2001]));
    expect(bobs.sources.some(({ ssrc }) => ssrc === 1001) || (await told)).toBeTruthy();

    const added = nextEvent(bob, 'sourcesAdded');
    const change = ownSources(alice.endpointId, [1002]);
    await session.addSources(change);
    expect((await added).added.sources).toMatchObject([{ ssrc: 1002, owner: alice.endpointId }]);
    const removed = nextEvent(bob, 'sourcesRemoved');
    await session.removeSources(change);
    expect((await removed).removed.sources).toMatchObject([{ ssrc: 1002 }]);
    await Promise.all([alice.leave(), bob.leave()]);
    expect(session.end).toMatchObject({ reason: 'gone', by: 'us' });
  });

  it('may be waited for no longer: nothing begun is taken back, and nothing given up before is begun', async () => {
    const [alice, bob] = await pair();
    const session = sessionOf(alice);
    const reason = new Error('enough');
    const gone = { signal: AbortSignal.abort(reason) };
    const accept = acceptFor(session, alice.endpointId, [1001]);
    const sources = ownSources(alice.endpointId, [1002]);
    const commands = [
      () => session.accept(accept, gone),
      () => session.connect(gone),
      () => session.addSources(sources, gone),
      () => session.removeSources(sources, gone),
      () => session.restartIce(gone),
      () => session.restart(gone),
    ];
    for (const command of commands) await expect(command()).rejects.toBe(reason);
    await expect(session.connect({ signal: 5 } as object)).rejects.toMatchObject({ code: 'option-invalid' });
    expect(session.state).toBe('offered');

    const control = new AbortController();
    const accepted = nextEvent(alice, 'sessionAccepted');
    const waiting = session.accept(accept, { signal: control.signal });
    control.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect((await accepted).session).toBe(session);
    await Promise.all([alice.leave(), bob.leave()]);
  });

  it('is refused in the words of the focus', async () => {
    const [alice, bob] = await pair();
    const session = sessionOf(alice);
    await session.accept(acceptFor(session, alice.endpointId, [1001]));
    await expect(session.addSources(ownSources(alice.endpointId, [1001]))).rejects.toMatchObject({
      kind: 'media',
      code: 'sources-refused',
      message: expect.stringContaining('SSRC is already used'),
    });
    const bobs = sessionOf(bob);
    await expect(bobs.accept(acceptFor(bobs, bob.endpointId, [1001]))).rejects.toMatchObject({
      code: 'accept-refused',
    });
    expect(bobs.end).toMatchObject({ reason: 'refused', nextOffer: 'after-rejoin' });
    await Promise.all([alice.leave(), bob.leave()]);
  });

  it('is given up for a new one, but not too often', async () => {
    const [alice, bob] = await pair();
    const first = sessionOf(alice);
    await first.accept(acceptFor(first, alice.endpointId, [1001]));
    const offered = nextEvent(alice, 'sessionOffered');
    await first.restart();
    expect(first.end).toMatchObject({ reason: 'connectivity-error', nextOffer: 'at-once' });
    const { session } = await offered;
    expect(session.sid).not.toBe(first.sid);
    await session.accept(acceptFor(session, alice.endpointId, [1001]));
    await expect(session.restart()).rejects.toMatchObject({ code: 'restart-limited', retryable: true });
    expect(session.state).toBe('active');
    await expect(first.restart()).rejects.toMatchObject({ code: 'session-ended' });
    session.terminate();
    expect(session.end).toMatchObject({ reason: 'success', by: 'us' });
    expect(alice.session).toBeUndefined();
    await Promise.all([alice.leave(), bob.leave()]);
  });
});
