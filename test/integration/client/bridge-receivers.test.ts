/** To whom one can send over the bridge of a conference, over real sockets. */
import { describe, expect, it } from 'vitest';
import { type Bridge, join, joinSession } from '../../../src/index.ts';
import { createSandbox } from '../../../src/sandbox/index.ts';
import { nextEvent } from '../../support/next-event.ts';

describe('sending over the bridge', () => {
  it('reaches those in the room and ourselves, and is refused for anybody else', async () => {
    await using sandbox = await createSandbox();
    const options = { host: sandbox.url, room: 'room', media: false };
    await using ada = await join({ ...options, endpointId: 'ada' });
    const bob = await join({ ...options, endpointId: 'bob' });
    await Promise.all([ada, bob].map(({ bridge }) => bridge.opened({ timeout: 30_000 })));
    expect(ada.bridge.endpoints).toEqual(['bob']);
    const frames = bob.bridge.rawFrames();
    const own = ada.bridge.messages();
    ada.bridge.sendMessage('ada', { to: 'myself' });
    for await (const message of own) if (message.colibriClass === 'EndpointMessage') break;
    while (!ada.bridge.trySendRaw('bob', Buffer.from('for bob'))) await ada.bridge.drained();
    for await (const frame of frames) {
      const { raw, from } = JSON.parse(frame.toString()) as { raw?: string; from?: string };
      if (raw === undefined) continue;
      expect([Buffer.from(raw, 'base64').toString(), from]).toEqual(['for bob', 'ada']);
      break;
    }
    const refused = (bridge: Bridge, to: string): void => {
      expect(() => bridge.sendMessage(to, {})).toThrow(expect.objectContaining({ code: 'no-such-endpoint' }));
      expect(bridge.trySendRaw(to, Buffer.from('x'))).toBe(false);
    };
    refused(ada.bridge, 'eve');
    const left = nextEvent(ada, 'participantLeft');
    await bob.leave();
    await left;
    refused(ada.bridge, 'bob');
    expect(ada.bridge.endpoints).toEqual([]);
    expect(sandbox.bridge.dropped.filter(({ reason }) => reason === 'unknown-receiver')).toEqual([]);
  });

  it('is refused in the same way over a session of our own', async () => {
    await using sandbox = await createSandbox();
    const options = { host: sandbox.url, room: 'room', sessionTimeout: 30_000 };
    const [ada, bob] = await Promise.all([joinSession(options), joinSession(options)]);
    await ada.session?.connect();
    const bridge = await ada.session?.openBridge({ timeout: 30_000 });
    expect(bridge?.endpoints).toEqual([bob.endpointId]);
    expect(() => bridge?.sendText('eve', 'hi')).toThrow(
      expect.objectContaining({ code: 'no-such-endpoint' }),
    );
    expect(bridge?.sendText(bob.endpointId, 'hi')).toBe(true);
    await Promise.all([ada.leave(), bob.leave()]);
  });
});
