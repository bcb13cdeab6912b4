/** What a caller's own peer connection has to do, whoever made it: the same cases for each kind. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bridge, type Conference, join, joinSession, type MediaSession } from '../../src/index.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import type { W3cPeerConnection } from '../../src/rtc/w3c-peer-connection.ts';
import { nextEvent } from './next-event.ts';
import { waitFor } from './wait.ts';

export interface PeerConnectionMaker {
  open(): Promise<W3cPeerConnection & { close(): unknown }>;
}

export function describePeerConnections(name: string, maker: () => PeerConnectionMaker): void {
  describe(name, () => {
    let sandbox: Sandbox;
    let rooms = 0;
    beforeAll(async () => {
      sandbox = await createSandbox({ bridge: 'both' });
    });
    afterAll(() => sandbox.close());

    /** Bob is there by himself; alice brings her own peer connection. */
    async function pair(): Promise<{ alice: Conference; bob: Conference; session: MediaSession }> {
      rooms += 1;
      const meeting = { host: sandbox.url, room: `own${rooms}`, sessionTimeout: 30_000 };
      const [bob, alice] = await Promise.all([
        join({ ...meeting, nick: 'Bob' }),
        joinSession({ ...meeting, nick: 'Alice' }),
      ]);
      const { session } = alice;
      if (!session) throw new Error('there is no session');
      await bob.bridge.opened({ timeout: 60_000 });
      return { alice, bob, session };
    }

    async function talk(alice: Conference, aliceBridge: Bridge, bob: Conference): Promise<void> {
      const [atAlice, atBob] = [aliceBridge.messages(), bob.bridge.messages()];
      bob.bridge.sendMessage(alice.endpointId, { n: 1 });
      expect(await received(atAlice)).toMatchObject({ from: bob.endpointId, msgPayload: { n: 1 } });
      aliceBridge.sendMessage(bob.endpointId, { n: 2 });
      expect(await received(atBob)).toMatchObject({ from: alice.endpointId, msgPayload: { n: 2 } });
    }

    it('is negotiated, connects, and carries the prepared bridge channel', async () => {
      const { alice, bob, session } = await pair();
      const pc = await maker().open();
      const accepted = nextEvent(alice, 'sessionAccepted');
      session.prepareBridge(pc);
      await session.negotiator(pc).accept();
      expect((await accepted).session).toBe(session);
      const bridge = await session.openBridge({ bridge: 'sctp', timeout: 60_000 });
      expect(bridge.transport).toBe('sctp');
      expect(pc.connectionState).toBe('connected');
      await talk(alice, bridge, bob);
      await Promise.all([alice.leave(), bob.leave()]);
      expect(await bridge.closed).toMatchObject({ reason: 'session-ended' });
      await pc.close();
    });

    it('may leave bridge messages to the WebSocket', async () => {
      const { alice, bob, session } = await pair();
      const pc = await maker().open();
      await session.negotiator(pc).accept();
      const bridge = await session.openBridge({ timeout: 60_000 });
      expect(bridge.transport).toBe('ws');
      await talk(alice, bridge, bob);
      await waitFor(() => pc.connectionState === 'connected', { what: 'the connection' });
      await Promise.all([alice.leave(), bob.leave()]);
      await pc.close();
    });

    it('ends the session', async () => {
      const { alice, bob, session } = await pair();
      const pc = await maker().open();
      const negotiator = session.negotiator(pc);
      await negotiator.accept();
      const ended = nextEvent(alice, 'sessionEnded');
      negotiator.terminate({ condition: 'success', text: 'enough' });
      expect((await ended).end).toMatchObject({ by: 'us', reason: 'success' });
      await Promise.all([alice.leave(), bob.leave()]);
      await pc.close();
    });

    it('is told what is wrong', async () => {
      const { alice, bob, session } = await pair();
      const pc = await maker().open();
      await session.negotiator(pc).accept();
      expect(() => session.prepareBridge(pc)).toThrow(expect.objectContaining({ code: 'session-state' }));
      await expect(session.openBridge({ bridge: 'sctp' })).rejects.toMatchObject({
        code: 'no-bridge-channel',
      });
      await pc.close();
      await Promise.all([alice.leave(), bob.leave()]);
    });
  });
}

/** The next message of another participant. */
async function received(messages: AsyncIterable<{ colibriClass: string }>): Promise<unknown> {
  for await (const message of messages) if (message.colibriClass === 'EndpointMessage') return message;
  throw new Error('no message came');
}
