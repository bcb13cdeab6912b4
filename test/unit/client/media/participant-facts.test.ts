import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../../src/base/emitter.ts';
import type { Bridge } from '../../../../src/client/bridge/bridge.ts';
import { bridgeEventNames, type BridgeEvents } from '../../../../src/client/bridge/events.ts';
import { ParticipantFacts } from '../../../../src/client/media/participant-facts.ts';

function rig(): { facts: ParticipantFacts; bridge: Emitter<BridgeEvents>; seen: string[] } {
  const seen: string[] = [];
  const bridge = new Emitter<BridgeEvents>(bridgeEventNames, (error) => {
    throw error;
  });
  const facts = new ParticipantFacts((id, change) => seen.push(`${id} ${JSON.stringify(change)}`));
  facts.useBridge(bridge as unknown as Bridge);
  return { facts, bridge, seen };
}

describe('what is seen of participants', () => {
  it('is whether they speak, and whether the bridge hears them', () => {
    const { bridge, facts, seen } = rig();
    facts.speaks('ada', true);
    bridge.emit('endpointConnectivityChanged', { endpointId: 'ada', isActive: false });
    bridge.emit('endpointConnectivityChanged', { endpointId: 'ada', isActive: true });
    expect(seen).toEqual([
      'ada {"talking":true}',
      'ada {"connection":"inactive"}',
      'ada {"connection":"active"}',
    ]);
  });

  it('holds for one channel: the next tells who is inactive, and not who is not', () => {
    const { bridge, facts, seen } = rig();
    for (const endpointId of ['ada', 'bob', 'eve'])
      bridge.emit('endpointConnectivityChanged', { endpointId, isActive: false });
    facts.left('eve');
    seen.length = 0;
    bridge.emit('opened', { transport: 'ws' });
    bridge.emit('endpointConnectivityChanged', { endpointId: 'bob', isActive: false });
    expect(seen).toEqual([
      'ada {"connection":"active"}',
      'bob {"connection":"active"}',
      'bob {"connection":"inactive"}',
    ]);
  });
});
