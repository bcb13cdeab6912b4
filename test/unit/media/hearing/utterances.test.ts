import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../src/base/errors.ts';
import type { Utterance } from '../../../../src/media/hearing/utterance.ts';
import { type UtteranceOptions, Utterances, utterances } from '../../../../src/media/hearing/utterances.ts';
import { brief } from './sounds.ts';
import { FakeConference, type FakePerson, settled, zero } from './rig.ts';

class Rig {
  readonly conference = new FakeConference();
  readonly utterances: Utterances;
  readonly told: string[] = [];
  readonly heard: Utterance[] = [];

  constructor(options: UtteranceOptions = {}) {
    const { clock, createDecoder } = this.conference;
    this.utterances = new Utterances(
      this.conference,
      { sampleRate: 8_000, ...options },
      { clock, createDecoder },
    );
    for (const name of ['speakingStarted', 'speakingStopped'] as const)
      this.utterances.on(name, ({ at, endpointId }) =>
        this.told.push(`${endpointId} ${name.slice('speaking'.length)} ${at - zero}`),
      );
  }

  /** Begins to read. */
  async listen(): Promise<void> {
    for await (const utterance of this.utterances) this.heard.push(utterance);
    this.told.push('over');
  }

  get starts(): string[] {
    return this.heard.map(({ endpointId, start }) => `${endpointId} ${start - zero}`);
  }
}

const loud =
  (person: FakePerson, value = 5) =>
  (): void =>
    person.say(value, 25);
const quiet = (person: FakePerson) => (): void => person.say(0, 80);

async function soundOf(utterance: Utterance | undefined): Promise<string> {
  const blocks = [];
  for await (const block of utterance?.audio ?? []) blocks.push(block);
  return brief(blocks);
}

describe('utterances', () => {
  it('are none of what is end-to-end encrypted, which is told once', async () => {
    const rig = new Rig();
    const alice = rig.conference.comes('alice');
    const warned: string[] = [];
    rig.utterances.on('warning', ({ error }) => warned.push(`${error.kind} ${error.code}`));
    void rig.listen();
    alice.properties['e2ee.enabled'] = 'true';
    await rig.conference.pass(1000, loud(alice));
    expect([rig.starts, rig.told, warned]).toEqual([[], [], ['media source-encrypted']]);
    alice.properties['e2ee.enabled'] = 'false';
    await rig.conference.pass(1000, loud(alice));
    expect(rig.starts).toHaveLength(1);
    expect(warned).toHaveLength(1);
    rig.utterances.close();
  });

  it('are told while somebody speaks, and have the sound, the beginning and the end', async () => {
    const rig = new Rig();
    const alice = rig.conference.comes('alice');
    void rig.listen();
    await rig.conference.pass(400, quiet(alice));
    await rig.conference.pass(180, loud(alice));
    expect(rig.starts).toEqual([]);
    expect(rig.told).toEqual(['alice Started 400']);
    await rig.conference.pass(20, loud(alice));
    expect(rig.starts).toEqual(['alice 400']);
    const [utterance] = rig.heard;
    expect(utterance?.participant).toMatchObject({ displayName: 'alice' });
    const sound = soundOf(utterance);
    await rig.conference.pass(800, loud(alice));
    await rig.conference.pass(800, quiet(alice));
    expect(await utterance?.ended).toEqual({ end: zero + 1_400, reason: 'silence' });
    expect(await sound).toBe('0×200 5×1000 0×200');
    expect(rig.told).toEqual(['alice Started 400', 'alice Stopped 1400']);
  });

  it('decode nothing that nobody reads', async () => {
    const rig = new Rig();
    const alice = rig.conference.comes('alice');
    void rig.listen();
    await rig.conference.pass(600, loud(alice));
    await rig.conference.pass(1_000, quiet(alice));
    expect(rig.heard).toHaveLength(1);
    expect(rig.conference.decoders.flatMap(({ decoded, isClosed }) => (isClosed ? [] : decoded))).toEqual([]);
    expect(await soundOf(rig.heard[0])).toBe('5×600 0×200');
    rig.utterances.close();
    expect(rig.conference.decoders.every(({ isClosed }) => isClosed)).toBe(true);
  });

  it('of two at once are two', async () => {
    const rig = new Rig();
    const [alice, bob] = [rig.conference.comes('alice'), rig.conference.comes('bob')];
    void rig.listen();
    await rig.conference.pass(500, () => {
      alice.say(1, 25);
      bob.say(2, 25);
    });
    const sounds = rig.heard.map(soundOf);
    await rig.conference.pass(1_000, () => {
      quiet(alice)();
      quiet(bob)();
    });
    expect(rig.starts).toEqual(['alice 0', 'bob 0']);
    expect(await Promise.all(sounds)).toEqual(['1×500 0×200', '2×500 0×200']);
  });

  it('are found by their sound where senders write no levels', async () => {
    const rig = new Rig();
    const alice = rig.conference.comes('alice');
    void rig.listen();
    const speak = (): void => alice.say(100);
    const hush = (): void => alice.say(1);
    await rig.conference.pass(200, hush);
    await rig.conference.pass(600, speak);
    await rig.conference.pass(1_000, hush);
    expect(rig.told).toEqual(['alice Started 200', 'alice Stopped 800']);
  });

  it('end when nothing comes any more', async () => {
    const rig = new Rig();
    const alice = rig.conference.comes('alice');
    void rig.listen();
    await rig.conference.pass(600, loud(alice));
    await rig.conference.pass(1_000);
    expect(await rig.heard[0]?.ended).toEqual({ end: zero + 600, reason: 'silence' });
    expect(await soundOf(rig.heard[0])).toBe('5×600');
  });

  it('go on over a session that moves, where it is back soon enough', async () => {
    const rig = new Rig();
    const alice = rig.conference.comes('alice');
    void rig.listen();
    await rig.conference.pass(600, loud(alice));
    await rig.conference.pass(400);
    alice.sender.skip(400);
    await rig.conference.pass(600, loud(alice));
    await rig.conference.pass(1_000, quiet(alice));
    expect(rig.heard).toHaveLength(1);
    expect(await soundOf(rig.heard[0])).toBe('5×600 _×400 5×600 0×200');
  });

  it('end soon after who says them is muted, and with the track', async () => {
    const rig = new Rig();
    const [alice, bob] = [rig.conference.comes('alice'), rig.conference.comes('bob')];
    void rig.listen();
    await rig.conference.pass(600, () => {
      loud(alice)();
      loud(bob)();
    });
    rig.conference.emitter.emit('trackMuted', { track: alice.track });
    rig.conference.leaves(bob);
    await rig.conference.pass(220);
    expect(await Promise.all(rig.heard.map(({ ended }) => ended))).toEqual([
      { end: zero + 600, reason: 'muted' },
      { end: zero + 600, reason: 'left' },
    ]);
    expect(rig.told.slice(2)).toEqual(['bob Stopped 600', 'alice Stopped 600']);
  });

  it('end with the conference, and what was said can still be read', async () => {
    const rig = new Rig();
    const alice = rig.conference.comes('alice');
    const listening = rig.listen();
    await rig.conference.pass(600, loud(alice));
    rig.conference.end();
    await listening;
    expect(await rig.heard[0]?.ended).toEqual({ end: zero + 600, reason: 'closed' });
    expect(await soundOf(rig.heard[0])).toBe('5×600');
    expect([alice.readers, rig.conference.clock.pending]).toEqual([0, 0]);
  });

  it('that nobody takes are kept up to a number, the last ones', async () => {
    const rig = new Rig({ silence: 100, minLength: 0, levels: 'header' });
    const alice = rig.conference.comes('alice');
    for (let number = 0; number < 40; number += 1) {
      await rig.conference.pass(200, loud(alice));
      await rig.conference.pass(400, quiet(alice));
    }
    expect(rig.utterances.dropped).toBe(8);
    rig.utterances.close();
    await rig.listen();
    expect(rig.starts[0]).toBe(`alice ${8 * 600}`);
  });

  it('are nobody else’s when the loop is left, or the signal aborted', async () => {
    for (const leave of [
      (rig: Rig) => void rig.utterances.return(),
      (_: Rig, abort: AbortController) => abort.abort(),
      (rig: Rig) => void rig.utterances[Symbol.asyncDispose](),
    ]) {
      const abort = new AbortController();
      const rig = new Rig({ signal: abort.signal });
      const alice = rig.conference.comes('alice');
      const video = rig.conference.comes('film', 'video');
      await settled();
      expect([alice.readers, video.readers]).toEqual([1, 0]);
      leave(rig, abort);
      expect(alice.readers).toBe(0);
      expect(await rig.utterances.next()).toEqual({ value: undefined, done: true });
    }
  });

  it('survive a listener that fails, and say so', async () => {
    const rig = new Rig();
    const alice = rig.conference.comes('alice');
    const warnings: string[] = [];
    rig.utterances.on('warning', ({ error }) => warnings.push(error.code));
    rig.utterances.once('speakingStarted', () => {
      throw new Error('oops');
    });
    await rig.conference.pass(400, loud(alice));
    expect(warnings).toEqual(['listener-failed']);
  });

  it('reject where a decoder is needed, and there is none', async () => {
    const conference = new FakeConference();
    const alice = conference.comes('alice');
    const createDecoder = (): Promise<never> => Promise.reject(new Error('no library'));
    const heard = new Utterances(conference, {}, { clock: conference.clock, createDecoder });
    const next = heard.next();
    alice.say(1);
    await expect(next).rejects.toThrow('no library');
    expect(await heard.next()).toEqual({ value: undefined, done: true });
    expect(alice.readers).toBe(0);
  });

  it('take no options that are none', () => {
    const conference = new FakeConference();
    expect(() => utterances(conference, { silence: -1 })).toThrow(UsageError);
    expect(() => utterances(conference, { quiet: 1 } as object)).toThrow(/there is no option "quiet"/);
    conference.state = 'ended';
    return expect(utterances(conference).next()).resolves.toEqual({ value: undefined, done: true });
  });
});
