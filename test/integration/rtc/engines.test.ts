import { afterEach, describe, expect, it, vi } from 'vitest';
import type { MediaError, UsageError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/logger.ts';
import { loadEngine } from '../../../src/rtc/engines.ts';
import { connectEnds, End } from './ends.ts';

afterEach(() => {
  vi.doUnmock('node-datachannel');
  vi.resetModules();
});

describe('loadEngine', () => {
  it.each([
    ['auto', false, 'node-datachannel'],
    ['auto', true, 'werift'],
    ['werift', false, 'werift'],
    ['werift', true, 'werift'],
    ['node-datachannel', false, 'node-datachannel'],
  ] as const)('%s, with media %s, is %s', async (name, media, expected) => {
    expect((await loadEngine(name, { media })).name).toBe(expected);
  });

  it('knows that node-datachannel carries no media', async () => {
    await expect(loadEngine('node-datachannel', { media: true })).rejects.toThrow(
      expect.objectContaining({ code: 'engine-no-media' }) as UsageError,
    );
  });

  it('does without node-datachannel where it is not installed', async () => {
    vi.resetModules();
    vi.doMock('node-datachannel', () => {
      throw new Error('Cannot find package');
    });
    const { loadEngine: load } = await import('../../../src/rtc/engines.ts');
    expect((await load('auto', { media: false })).name).toBe('werift');
    await expect(load('node-datachannel', { media: false })).rejects.toThrow(
      expect.objectContaining({
        code: 'engine-missing',
        message: expect.stringContaining('npm install node-datachannel') as string,
      }) as MediaError,
    );
  });

  it('takes werift for a transport without SCTP', async () => {
    await using bridge = await End.create({ end: 'bridge', sctpPort: undefined });
    const engine = await loadEngine('auto', { media: false });
    await using participant = await End.create({ end: 'participant', sctpPort: undefined }, engine);
    connectEnds(participant, bridge);
    await participant.reaches('connected');
  });

  it('says what node-datachannel cannot do', async () => {
    const engine = await loadEngine('node-datachannel', { media: false });
    const handlers = { stateChanged() {}, candidate() {} };
    const unfit = expect.objectContaining({ code: 'engine-unfit' }) as MediaError;
    await expect(
      engine.create({ end: 'bridge', sctpPort: 5000, logger: silentLogger }, handlers),
    ).rejects.toThrow(unfit);
    await expect(engine.create({ end: 'participant', logger: silentLogger }, handlers)).rejects.toThrow(
      unfit,
    );
  });
});
