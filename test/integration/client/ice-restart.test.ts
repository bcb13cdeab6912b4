/** ICE restarts in place through the embedded deployment: another way to the bridge in the same session. */
import { describe, it } from 'vitest';
import type { Conference } from '../../../src/index.ts';
import { createSandbox } from '../../../src/sandbox/index.ts';
import { nextEvent } from '../../support/next-event.ts';
import { Talk } from '../../support/talk.ts';

function pairOf({ session }: Conference): unknown {
  return session?.selectedCandidatePair;
}

describe.concurrent('an ICE restart in place', { timeout: 240_000 }, () => {
  it('gives another way, in the same session, under the same tracks', async ({ expect }) => {
    await using sandbox = await createSandbox();
    await using talk = await Talk.begin({ host: sandbox.url, room: 'asked' });
    await talk.isHeard();
    const story = [...talk.story];
    const [alice] = talk.people;
    const before = alice && { session: alice.session, pair: pairOf(alice), channel: alice.bridge.state };
    const again = alice && nextEvent(alice, 'transportConnected');
    await alice?.session?.restartIce();
    const { candidatePair, session } = (await again) ?? {};
    expect(session).toBe(before?.session);
    expect(candidatePair).not.toEqual(before?.pair);
    expect(alice?.session?.transport?.iceGeneration).toBe(1);
    await talk.isHeard();
    await expect(alice?.session?.restartIce()).rejects.toMatchObject({ code: 'restart-limited' });
    expect(alice?.bridge.state).toBe(before?.channel);
    expect(talk.story).toEqual(story);
  });

  it('is asked for when the bridge is not heard any more', async ({ expect }) => {
    await using sandbox = await createSandbox();
    await using talk = await Talk.begin({ host: sandbox.url, room: 'lost' });
    await talk.isHeard();
    const story = [...talk.story];
    const [alice, bob] = talk.people;
    const again = alice && nextEvent(alice, 'transportConnected');
    sandbox.faults.loseWay(alice?.endpointId ?? '');
    await again;
    await talk.isHeard();
    // Neither of them has had another session.
    expect(talk.story).toEqual(story);
    expect([alice, bob].map((conference) => conference?.session?.state)).toEqual(['active', 'active']);
  });
});
