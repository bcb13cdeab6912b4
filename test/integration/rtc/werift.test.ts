import { describe, expect, it } from 'vitest';
import { connectEnds, End } from './ends.ts';

describe('two ends on werift', () => {
  it('connect', async () => {
    const t0 = performance.now();
    await using bridge = await End.create({ end: 'bridge' });
    await using participant = await End.create({ end: 'participant' });
    const channel = participant.open();
    connectEnds(participant, bridge);
    const t1 = performance.now();
    await participant.reaches('connected');
    const t2 = performance.now();
    await channel.isOpen();
    console.log(t1 - t0, t2 - t1, performance.now() - t2);
    channel.channel.send('hello');
    const other = await bridge.channel();
    await other.has(1);
    other.channel.send('world');
    await channel.has(1);
    expect(channel.texts).toEqual(['world']);
    expect(participant.states).toEqual(['connecting', 'connected']);
  });
});
