import { describe, expect, it } from 'vitest';
import type { ReceiverVideoConstraints } from '../../../../src/jitsi/bridge-messages/client-messages.ts';
import { mergeReceiverVideoConstraints } from '../../../../src/jitsi/bridge-messages/receiver-constraints.ts';

describe('mergeReceiverVideoConstraints', () => {
  const old: ReceiverVideoConstraints = {
    lastN: 5,
    onStageSources: ['a-v0'],
    defaultConstraints: { maxHeight: 180, maxFrameRate: 15 },
    constraints: { 'a-v0': { maxHeight: 720 }, 'b-v0': { maxHeight: 360 } },
  };

  it.each<[string, ReceiverVideoConstraints, ReceiverVideoConstraints]>([
    ['keeps what is absent', {}, old],
    ['replaces what is there', { lastN: -1 }, { ...old, lastN: -1 }],
    ['adds what is new', { selectedSources: ['b-v0'] }, { ...old, selectedSources: ['b-v0'] }],
    ['replaces lists as a whole', { onStageSources: [] }, { ...old, onStageSources: [] }],
    [
      'replaces the map as a whole',
      { constraints: { 'c-v0': { maxHeight: 90 } } },
      { ...old, constraints: { 'c-v0': { maxHeight: 90 } } },
    ],
    [
      'replaces constraints as a whole',
      { defaultConstraints: { maxHeight: 360 } },
      { ...old, defaultConstraints: { maxHeight: 360 } },
    ],
  ])('%s', (_, change, expected) => {
    expect(mergeReceiverVideoConstraints(old, change)).toEqual(expected);
  });

  it('shares nothing with the caller', () => {
    const change = { selectedSources: ['a-v0'], constraints: { 'a-v0': { maxHeight: 1 } } };
    const merged = mergeReceiverVideoConstraints({}, change);
    change.selectedSources.push('b-v0');
    change.constraints['a-v0'].maxHeight = 2;
    expect(merged).toEqual({ selectedSources: ['a-v0'], constraints: { 'a-v0': { maxHeight: 1 } } });
  });

  it('drops undefined and fields that no bridge knows', () => {
    const change = { lastN: undefined, colour: 1 } as unknown as ReceiverVideoConstraints;
    expect(mergeReceiverVideoConstraints(old, change)).toEqual(old);
  });

  it('refuses what no bridge would take', () => {
    expect(() => mergeReceiverVideoConstraints(old, { lastN: 0.5 })).toThrow(
      expect.objectContaining({ code: 'bridge-message-invalid' }),
    );
  });
});
