import { describe, expect, it } from 'vitest';
import { withResolvers } from '../../../../src/base/resolvers.ts';
import { BridgeWishes } from '../../../../src/client/media/bridge-wishes.ts';
import type { BridgeCloseInfo } from '../../../../src/client/bridge/events.ts';

class FakeBridge {
  readonly told: unknown[] = [];
  readonly #closed = withResolvers<BridgeCloseInfo>();
  readonly closed = this.#closed.promise;

  sendReceiverVideoConstraints(constraints: object): void {
    this.told.push(constraints);
  }

  sendAudioSubscription(subscription: object): void {
    this.told.push(subscription);
  }

  sendVideoType(type: string, { source }: { source?: string } = {}): void {
    this.told.push(`${source} ${type}`);
  }

  forgetVideoTypes(): void {
    this.told.push('forget');
  }

  async close(): Promise<void> {
    this.#closed.resolve({ reason: 'session-ended' });
    await Promise.resolve();
    await Promise.resolve();
  }
}

describe('what is asked of the bridge', () => {
  it('is nothing before somebody asks', () => {
    const [wishes, bridge] = [new BridgeWishes(), new FakeBridge()];
    wishes.use(bridge);
    expect(bridge.told).toEqual([]);
    expect(wishes.isAsked).toBe(false);
  });

  it.each(['720', null, undefined])('is no video for %j', (request) => {
    const wishes = new BridgeWishes();
    expect(() => wishes.requestVideo(request as unknown as number)).toThrow(
      expect.objectContaining({ code: 'bridge-message-invalid' }),
    );
    expect(wishes.isAsked).toBe(false);
  });

  it('is told at once, and to every bridge that comes', async () => {
    const [wishes, first, second] = [new BridgeWishes(), new FakeBridge(), new FakeBridge()];
    wishes.use(first);
    wishes.requestVideo(720);
    wishes.requestVideo({ lastN: 5 });
    wishes.requestAudio({ exclude: ['ab-a0'] });
    wishes.setVideoType('me-v0', 'camera');
    wishes.setVideoType('me-v0', 'none');
    expect(first.told).toEqual([
      { defaultConstraints: { maxHeight: 720 } },
      { lastN: 5 },
      { exclude: ['ab-a0'] },
      'me-v0 camera',
      'me-v0 none',
    ]);
    await first.close();
    wishes.use(second);
    expect(second.told).toEqual([
      { defaultConstraints: { maxHeight: 720 }, lastN: 5 },
      { exclude: ['ab-a0'] },
      'me-v0 none',
    ]);
    wishes.requestVideo(0);
    expect(first.told).toHaveLength(5);
    expect(wishes.isAsked).toBe(true);
  });

  it('does not tell of sources that have other names now', () => {
    const [wishes, first, second] = [new BridgeWishes(), new FakeBridge(), new FakeBridge()];
    wishes.use(first);
    wishes.setVideoType('me-v0', 'camera');
    wishes.forgetVideoTypes();
    wishes.setVideoType('you-v0', 'camera');
    expect(first.told).toEqual(['me-v0 camera', 'forget', 'you-v0 camera']);
    wishes.use(second);
    expect(second.told).toEqual(['you-v0 camera']);
  });

  it('keeps the height where only the frame rate is said', () => {
    const [wishes, bridge] = [new BridgeWishes(), new FakeBridge()];
    wishes.use(bridge);
    wishes.requestVideo({ maxFrameRate: 15 });
    wishes.requestVideo({ maxHeight: 360, onStageSources: ['ab-v0'] });
    wishes.requestVideo({ maxFrameRate: 7.5 });
    expect(bridge.told).toEqual([
      { defaultConstraints: { maxHeight: -1, maxFrameRate: 15 } },
      { defaultConstraints: { maxHeight: 360 }, onStageSources: ['ab-v0'] },
      { defaultConstraints: { maxHeight: 360, maxFrameRate: 7.5 } },
    ]);
  });

  it('is refused when no bridge would take it, and nothing is changed', () => {
    const [wishes, bridge] = [new BridgeWishes(), new FakeBridge()];
    wishes.requestVideo(180);
    for (const wrong of [-2, 1.5, Number.NaN])
      expect(() => wishes.requestVideo(wrong)).toThrow(
        expect.objectContaining({ code: 'bridge-message-invalid' }),
      );
    expect(() => wishes.requestAudio({ include: 'ab-a0' as never })).toThrow(
      expect.objectContaining({ code: 'bridge-message-invalid' }),
    );
    wishes.use(bridge);
    expect(bridge.told).toEqual([{ defaultConstraints: { maxHeight: 180 } }]);
  });

  it('is the greatest of what parts of a program want, and what it asks for as a whole', async () => {
    const [wishes, bridge] = [new BridgeWishes(), new FakeBridge()];
    wishes.use(bridge);
    const withdrawLow = wishes.requestHeight('ab-v0', 180);
    expect(wishes.isAsked).toBe(true);
    const none = { defaultConstraints: { maxHeight: 0 }, lastN: -1 };
    await Promise.resolve();
    expect(bridge.told).toEqual([
      { ...none, constraints: { 'ab-v0': { maxHeight: 180 } }, selectedSources: ['ab-v0'] },
    ]);
    const withdrawHigh = wishes.requestHeight('ab-v0', 720);
    wishes.requestVideo({ maxHeight: 360, lastN: 1, selectedSources: ['cd-v0'] });
    const asked = { defaultConstraints: { maxHeight: 360 }, lastN: 1, selectedSources: ['cd-v0'] };
    const with720 = {
      ...asked,
      constraints: { 'ab-v0': { maxHeight: 720 } },
      lastN: 2,
      selectedSources: ['cd-v0', 'ab-v0'],
    };
    expect(bridge.told.at(-1)).toEqual(with720);
    expect(wishes.video).toEqual(with720);
    const next = new FakeBridge();
    wishes.use(next);
    expect(next.told).toEqual([with720]);
    withdrawHigh();
    await Promise.resolve();
    expect(bridge.told.at(-1)).toEqual({ ...with720, constraints: { 'ab-v0': { maxHeight: 360 } } });
    const { length } = bridge.told;
    withdrawHigh();
    await Promise.resolve();
    expect(bridge.told).toHaveLength(length);
    withdrawLow();
    await Promise.resolve();
    expect(bridge.told.at(-1)).toEqual({ ...asked, constraints: {} });
  });

  it('has no limit where one part wants none', () => {
    const wishes = new BridgeWishes();
    wishes.requestVideo({ constraints: { 'ab-v0': { maxHeight: 90, maxFrameRate: 5 } } });
    wishes.requestHeight('ab-v0', -1);
    wishes.requestHeight('ab-v0', 1080);
    wishes.requestHeight('__proto__', 360);
    expect(Object.entries(wishes.video?.constraints ?? {})).toEqual([
      ['ab-v0', { maxHeight: -1, maxFrameRate: 5 }],
      ['__proto__', { maxHeight: 360 }],
    ]);
  });

  it('is no video any more when all that was wanted is withdrawn', async () => {
    const [wishes, bridge] = [new BridgeWishes(), new FakeBridge()];
    wishes.use(bridge);
    wishes.requestHeight('ab-v0', 180)();
    await Promise.resolve();
    expect(bridge.told.at(-1)).toEqual({
      defaultConstraints: { maxHeight: 0 },
      constraints: {},
      selectedSources: [],
      lastN: -1,
    });
    expect(wishes.isAsked).toBe(false);
  });

  it('is told once for all heights that change at a time, and is forgotten with a source', async () => {
    const [wishes, bridge] = [new BridgeWishes(), new FakeBridge()];
    wishes.use(bridge);
    const withdraw = wishes.requestHeight('s0-v0', 720);
    for (let source = 1; source < 500; source++) wishes.requestHeight(`s${source}-v0`, 720);
    await Promise.resolve();
    expect(bridge.told).toHaveLength(1);
    for (let source = 1; source < 500; source++) wishes.forgetSource(`s${source}-v0`);
    wishes.forgetSource('unknown');
    await Promise.resolve();
    expect(bridge.told).toHaveLength(2);
    expect(bridge.told[1]).toMatchObject({ selectedSources: ['s0-v0'] });
    wishes.forgetSource('s0-v0');
    withdraw();
    await Promise.resolve();
    expect(bridge.told).toHaveLength(3);
    expect(wishes.isAsked).toBe(false);
  });
});
