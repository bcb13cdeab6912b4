/** What others have end-to-end encrypted: it is not decoded, and nothing of it is heard. */
import { describe, expect, it } from 'vitest';
import { ClearFrames } from '../../../../src/media/encryption/clear-frames.ts';
import { MixStream } from '../../../../src/media/hearing/mix-stream.ts';
import { PcmStream } from '../../../../src/media/hearing/pcm-stream.ts';
import { LiveSound } from '../../../../src/media/speaking/player/live-sound.ts';
import type { PcmBlock } from '../../../../src/media/sound/pcm-block.ts';
import type { EncodedFrame } from '../../../../src/media/container/media.ts';
import { FakeConference, type FakePerson } from './rig.ts';
import { brief } from './sounds.ts';

const format = { sampleRate: 8_000, channels: 1 } as const;

/** By presence; or frames alone show it, as they do before presence comes. */
const ways = [
  ['by presence', (person: FakePerson) => void (person.properties['e2ee.enabled'] = 'true'), 'say'],
  ['by its frames', () => {}, 'sayEncrypted'],
] as const;

async function gather<One>(stream: AsyncIterable<One>, all: One[]): Promise<void> {
  for await (const one of stream) all.push(one);
}

describe('sound that is end-to-end encrypted', () => {
  it.each(ways)('%s, is silence for who listens to it, and not decoded', async (_, hide, say) => {
    const conference = new FakeConference();
    const { clock, createDecoder } = conference;
    const alice = conference.comes('alice');
    hide(alice);
    const frames = new ClearFrames(alice.track);
    const stream = new PcmStream({ ...format, frames, createDecoder, gaps: 'fill', clock });
    const blocks: PcmBlock[] = [];
    const reading = gather(stream, blocks);
    await conference.pass(2_000, () => alice[say](9, 30));
    expect(brief(blocks)).toMatch(/^_×\d{4}$/);
    expect([stream.encrypted, conference.decoders.map(({ decoded }) => decoded)]).toEqual([true, [0]]);
    stream.close();
    await reading;
  });

  it.each(ways)('%s, is left out of a mix, which has the others', async (_, hide, say) => {
    const conference = new FakeConference();
    const { clock, createDecoder } = conference;
    const [alice, bob] = [conference.comes('alice'), conference.comes('bob')];
    hide(bob);
    const delay = { least: 100, most: 400 };
    const isWanted = (): boolean => true;
    const stream = new MixStream(conference, {
      ...format,
      createDecoder,
      delay,
      limit: 500,
      clock,
      isWanted,
    });
    const blocks: PcmBlock[] = [];
    const reading = gather(stream, blocks);
    await conference.pass(1_000, () => {
      alice.say(2, 30);
      bob[say](9, 30);
    });
    expect(brief(blocks)).toBe('2×900');
    expect(stream.encrypted).toEqual(['bob']);
    expect(conference.decoders).toHaveLength(1);
    // Who has left was not heard all the same.
    conference.leaves(bob);
    expect(stream.encrypted).toEqual(['bob']);
    stream.close();
    await reading;
    expect(stream.encrypted).toEqual(['bob']);
  });

  it.each(ways)('%s, is not passed on, and told once', async (_, hide, say) => {
    const conference = new FakeConference();
    const alice = conference.comes('alice');
    hide(alice);
    const warnings: unknown[] = [];
    const sound = new LiveSound(alice.track, new AbortController().signal, (error) => warnings.push(error));
    const passed: EncodedFrame[] = [];
    const reading = (async () => {
      for (let frame = await sound.read(); frame; frame = await sound.read()) passed.push(frame);
    })();
    await conference.pass(1_000, () => alice[say](9, 30));
    expect(passed).toEqual([]);
    expect(warnings).toEqual([expect.objectContaining({ code: 'source-encrypted', kind: 'media' })]);
    sound.close();
    alice.gone();
    await reading;
  });

  it('is heard when it is in the clear again, and not a moment before', async () => {
    const conference = new FakeConference();
    const { clock, createDecoder } = conference;
    const alice = conference.comes('alice');
    const frames = new ClearFrames(alice.track);
    const stream = new PcmStream({ ...format, frames, createDecoder, gaps: 'fill', clock });
    const blocks: PcmBlock[] = [];
    const reading = gather(stream, blocks);
    await conference.pass(200, () => alice.say(1, 30));
    expect(stream.encrypted).toBe(false);
    await conference.pass(1_000, () => alice.sayEncrypted(9, 30));
    await conference.pass(1_000, () => alice.say(3, 30));
    // So many packets in a row are to be in the clear before they are believed.
    expect(brief(blocks)).toMatch(/^(_×\d+ )?1×200 _×1\d{3} 3×\d{3}$/);
    stream.close();
    await reading;
  });
});
