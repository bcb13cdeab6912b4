/** What is built has only parts of werift, on Node's cryptography: it talks to werift as it is published, which the sources import. */
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type * as engine from '../../../src/rtc/werift/engine.ts';
import { connectEnds, End, werift } from './ends.ts';

const built = pathToFileURL(join(import.meta.dirname, '../../../dist/rtc/werift/engine.js')).href;
const { createWeriftEngine } = (await import(built)) as typeof engine;
const bundled = createWeriftEngine();

describe.each([
  ['a participant', bundled, werift],
  ['a bridge', werift, bundled],
])('what is built as %s', (_, participantEngine, bridgeEngine) => {
  it('connects to werift as it is published', async () => {
    await using bridge = await End.create({ end: 'bridge' }, bridgeEngine);
    await using participant = await End.create({ end: 'participant' }, participantEngine);
    const channel = participant.open();
    connectEnds(participant, bridge);
    await channel.isOpen();
    const other = await bridge.channel();
    channel.channel.send('over SCTP');
    await other.has(1);
    expect(other.texts).toEqual(['over SCTP']);
  });
});
