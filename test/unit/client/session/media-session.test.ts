import { describe, expect, it } from 'vitest';
import type { Bridge } from '../../../../src/client/bridge/bridge.ts';
import { MediaSession, type MediaSessionPorts } from '../../../../src/client/session/media-session.ts';
import type { OfferedSession } from '../../../../src/conference/sessions/offered-session.ts';
import type { BridgeChannelPreference } from '../../../../src/jitsi/deployment.ts';
import { silentLogger } from '../../../../src/base/logger.ts';
import { BridgeRig } from '../../../support/bridge-rig.ts';

const transport = {
  rtcpMux: true,
  fingerprints: [],
  candidates: [],
  webSocketUrls: ['ws://127.0.0.1:1/colibri-ws/x/y/z?pwd=1'],
};

/** A session whose bridge has a WebSocket. */
function rig(
  kept?: Bridge,
  preference?: BridgeChannelPreference,
): { session: MediaSession; made: BridgeRig[]; asked: unknown[] } {
  const made: BridgeRig[] = [];
  const asked: unknown[] = [];
  const offer = { action: 'session-initiate', sid: 's', contents: [], sources: { sources: [], groups: [] } };
  const offered = { sid: 's', offer, state: { name: 'active' }, transport } as unknown as OfferedSession;
  const session = new MediaSession(offered, {
    logger: silentLogger,
    choice: 'auto',
    kept,
    access: { insecure: false },
    isPlain: () => true,
    channelPreference: () => preference,
    isAlone: () => false,
    onEnded: () => () => {},
    requestVideo: (request) => void asked.push(request),
    makeBridge: () => {
      const bridgeRig = new BridgeRig();
      // The routes of the session lead nowhere: the test opens the channel.
      const { bridge } = bridgeRig;
      const attach = bridge.attach.bind(bridge);
      bridge.attach = (_, options) => attach([bridgeRig.route], options);
      made.push(bridgeRig);
      return bridge;
    },
  } as Partial<MediaSessionPorts> as MediaSessionPorts);
  return { session, made, asked };
}

describe('the bridge of a session', () => {
  it('is opened once, however often it is asked for', async () => {
    const { session, made } = rig();
    const [first, second] = [session.openBridge(), session.openBridge({ timeout: 5_000 })];
    made[0]?.route.link.open();
    expect(await first).toBe(made[0]?.bridge);
    expect(await second).toBe(made[0]?.bridge);
    expect(await session.openBridge({ bridge: 'auto' })).toBe(made[0]?.bridge);
    expect(made).toHaveLength(1);
    const other = session.openBridge({ bridge: 'ws' });
    made[1]?.route.link.open();
    expect(await other).toBe(made[1]?.bridge);
  });

  it('is another once it was closed', async () => {
    const { session, made } = rig();
    const first = session.openBridge();
    made[0]?.route.link.open();
    (await first).close();
    const second = session.openBridge();
    made[1]?.route.link.open();
    expect(await second).toBe(made[1]?.bridge);
  });

  it('is opened for a request for video, which resolves then', async () => {
    const { session, made, asked } = rig();
    const told = session.requestVideo({ maxHeight: 360 });
    const early = await Promise.race([told, Promise.resolve('not yet')]);
    expect([early, asked]).toEqual(['not yet', [{ maxHeight: 360 }]]);
    made[0]?.route.link.open();
    await told;
    await session.requestVideo(720);
    expect(asked).toEqual([{ maxHeight: 360 }, 720]);
    expect(made).toHaveLength(1);
  });

  it('is the one that the conference keeps, where it does', async () => {
    const kept = new BridgeRig().open();
    const { session, made, asked } = rig(kept.bridge);
    await session.requestVideo(180);
    expect([made, asked]).toEqual([[], [180]]);
  });
});
