import { describe, expect, it } from 'vitest';
import { MediaError } from '../../../../src/base/errors.ts';
import { SessionCount } from '../../../../src/cli/media/session-count.ts';
import type { Conference } from '../../../../src/client/conference.ts';
import { FakeMediaRoom } from './fake-media-room.ts';

function rig(): { room: FakeMediaRoom; count: SessionCount; fail(code: string): void } {
  const room = new FakeMediaRoom();
  const fail = (code: string): void =>
    room.events.emit('warning', { error: new MediaError('it failed', { code }) });
  return { room, count: new SessionCount(room), fail };
}

describe('the count of sessions', () => {
  it('tells those that were given up for a new one from the others', () => {
    const { room, count } = rig();
    room.acceptSession();
    room.endSession({ reason: 'success', text: 'moving', by: 'focus', nextOffer: 'at-once' });
    room.acceptSession();
    room.endSession({ reason: 'expired', by: 'focus', nextOffer: 'later' });
    expect(count).toMatchObject({ sessions: 2, restarts: 1, neverConnected: false });
  });

  it('knows when no session has reached the bridge', () => {
    const { room, count, fail } = rig();
    room.acceptSession();
    fail('unmute-refused');
    expect(count.neverConnected).toBe(false);
    fail('transport-timeout');
    expect(count.neverConnected).toBe(true);
    count.look();
    expect(count.neverConnected).toBe(true);
    room.session = { transportState: 'connected' } as Conference['session'];
    count.look();
    expect(count.neverConnected).toBe(false);
  });

  it('knows when the bridge was not who it should be', () => {
    const { count, fail } = rig();
    fail('fingerprint-mismatch');
    expect(count.neverConnected).toBe(true);
  });

  it('knows when no session was accepted', () => {
    const { room, count } = rig();
    room.endSession({ reason: 'success', by: 'us', nextOffer: 'at-once' });
    expect(count.neverConnected).toBe(true);
  });
});
