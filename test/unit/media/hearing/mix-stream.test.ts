import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../src/base/errors.ts';
import { mix } from '../../../../src/media/hearing/mix.ts';
import { MixStream, type MixStreamOptions } from '../../../../src/media/hearing/mix-stream.ts';
import type { PcmBlock } from '../../../../src/media/sound/pcm-block.ts';
import { FakeConference, type FakePerson, settled, zero } from './rig.ts';
import { brief } from './sounds.ts';

class Rig {
  readonly conference = new FakeConference();
  readonly blocks: PcmBlock[] = [];
  readonly stream: MixStream;
  isOver = false;

  constructor(options: Partial<MixStreamOptions> = {}) {
    const { clock, createDecoder } = this.conference;
    this.stream = new MixStream(this.conference, {
      sampleRate: 8_000,
      channels: 1,
      createDecoder,
      delay: { least: 100, most: 400 },
      limit: 1_000,
      clock,
      isWanted: () => true,
      ...options,
    });
  }

  async listen(): Promise<void> {
    for await (const block of this.stream) this.blocks.push(block);
    this.isOver = true;
  }
}

const say = (person: FakePerson, value: number) => (): void => person.say(value, 30);

describe('a mix of a conference', () => {
  it('goes on in real time, with who is there', async () => {
    const rig = new Rig();
    void rig.listen();
    await rig.conference.pass(200);
    const alice = rig.conference.comes('alice');
    await rig.conference.pass(200, say(alice, 1));
    const bob = rig.conference.comes('bob');
    await rig.conference.pass(200, () => {
      alice.say(1, 30);
      bob.say(2, 30);
    });
    rig.conference.leaves(alice);
    await rig.conference.pass(100, say(bob, 2));
    await rig.conference.pass(300);
    // All that alice said, though the last of it was not yet due when she left.
    expect(brief(rig.blocks)).toBe('_×200 1×200 3×200 2×100 _×200');
    expect(rig.blocks.map(({ timestamp }) => timestamp)).toEqual(
      rig.blocks.map((_, index) => zero + index * 20),
    );
    expect(rig.blocks).toHaveLength((1_000 - 100) / 20);
  });

  it('has only those who are wanted, as that changes', async () => {
    let wanted = 'alice';
    const rig = new Rig({ isWanted: ({ endpointId }) => endpointId === wanted });
    const [alice, bob] = [rig.conference.comes('alice'), rig.conference.comes('bob')];
    expect([alice.readers, bob.readers, rig.conference.comes('film', 'video').readers]).toEqual([1, 0, 0]);
    wanted = 'bob';
    rig.conference.emitter.emit('participantChanged', {
      participant: {},
      previous: {},
      changed: ['displayName'],
    } as never);
    await settled();
    expect([alice.readers, bob.readers]).toEqual([0, 1]);
  });

  it('decodes nothing while nobody reads', async () => {
    const rig = new Rig();
    const alice = rig.conference.comes('alice');
    await rig.conference.pass(5_000, say(alice, 1));
    expect(rig.conference.decoders.map(({ decoded }) => decoded)).toEqual([0]);
    expect(rig.conference.clock.pending).toBe(0);
    const { value } = await rig.stream.next();
    expect(value?.samples[0]).toBe(1);
    expect(rig.stream.dropped).toBeGreaterThan(3_000);
  });

  it('ends with the conference, and leaves nothing behind', async () => {
    const rig = new Rig();
    const alice = rig.conference.comes('alice');
    const listening = rig.listen();
    await rig.conference.pass(400, say(alice, 1));
    rig.conference.end();
    await listening;
    expect([rig.isOver, alice.readers, rig.conference.clock.pending]).toEqual([true, 0, 0]);
    expect(rig.conference.decoders.every(({ isClosed }) => isClosed)).toBe(true);
  });

  it('rejects once where there is no decoder', async () => {
    const rig = new Rig({ createDecoder: () => Promise.reject(new Error('no library')) });
    const alice = rig.conference.comes('alice');
    const next = rig.stream.next();
    say(alice, 1)();
    await expect(next).rejects.toThrow('no library');
    expect(await rig.stream.next()).toEqual({ value: undefined, done: true });
  });

  it('takes no options that are none', async () => {
    const conference = new FakeConference();
    expect(() => mix(conference, { without: [1] as never })).toThrow(UsageError);
    expect(() => mix(conference, { sampleRate: 4_000 })).toThrow(/8000 to 192000/);
    const [alice, bob] = [conference.comes('alice'), conference.comes('bob')];
    await using heard = mix(conference, { without: ['alice'] });
    expect([alice.readers, bob.readers]).toEqual([0, 1]);
    await heard.return();
    expect(bob.readers).toBe(0);
  });
});
