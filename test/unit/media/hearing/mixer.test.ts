import { describe, expect, it } from 'vitest';
import { Mixer, type MixerOptions } from '../../../../src/media/hearing/mixer.ts';
import type { SoundFrame } from '../../../../src/media/hearing/sound-frame.ts';
import type { PcmBlock } from '../../../../src/media/sound/pcm-block.ts';
import { brief, FakeDecoder, FakeSender } from './sounds.ts';

const zero = 1_000_000;

class Rig {
  now = zero;
  readonly decoders: FakeDecoder[] = [];
  readonly failures: unknown[] = [];
  readonly mixer: Mixer<string>;
  readonly #arrivals: { at: number; from: string; frame: SoundFrame }[] = [];

  constructor(options: Partial<MixerOptions> = {}) {
    this.mixer = new Mixer<string>(
      {
        sampleRate: 8_000,
        channels: 1,
        createDecoder: () => {
          const decoder = new FakeDecoder(8_000, options.channels ?? 1);
          this.decoders.push(decoder);
          return Promise.resolve(decoder);
        },
        failed: (error) => this.failures.push(error),
        delay: { least: 100, most: 400 },
        limit: 1_000,
        ...options,
      },
      zero,
    );
  }

  /** Frames that come when they are whole and as much later as is said, and none before the one before it. */
  send(from: string, frames: readonly SoundFrame[], late: (index: number) => number = () => 0): void {
    let at = 0;
    for (const [index, frame] of frames.entries()) {
      at = Math.max(at, frame.captureTime + 20 + late(index));
      this.#arrivals.push({ at, from, frame });
    }
    this.#arrivals.sort((a, b) => a.at - b.at);
  }

  /** Lets ms pass. @returns what was to be heard */
  async pass(duration: number): Promise<PcmBlock[]> {
    const blocks: PcmBlock[] = [];
    for (const end = this.now + duration; this.now < end; this.now += 5) {
      while (this.#arrivals[0] && this.#arrivals[0].at <= this.now) {
        const { from, frame } = this.#arrivals.shift() as { from: string; frame: SoundFrame };
        this.mixer.push(from, frame, this.now);
      }
      for (let turn = 0; turn < 3; turn += 1) await Promise.resolve();
      for (let block = this.mixer.take(this.now); block; block = this.mixer.take(this.now))
        blocks.push(block);
    }
    return blocks;
  }
}

/** Each sample's value, one a ms, as `value×ms`. */
function heard(blocks: readonly PcmBlock[]): string {
  const pieces: { value: number; duration: number }[] = [];
  for (const { samples } of blocks)
    for (let index = 0; index < samples.length; index += 8) {
      const value = samples[index] ?? 0;
      const last = pieces.at(-1);
      if (last?.value === value) last.duration += 1;
      else pieces.push({ value, duration: 1 });
    }
  return pieces.map(({ duration, value }) => `${value}×${duration}`).join(' ');
}

describe('a mix', () => {
  it('is everybody, each at their time', async () => {
    const rig = new Rig();
    rig.send('a', new FakeSender(zero + 100).frames(10, 1));
    rig.send('b', new FakeSender(zero + 207).frames(10, 10));
    const blocks = await rig.pass(700);
    expect(heard(blocks)).toBe('0×100 1×107 11×93 10×107 0×173');
    expect(blocks.map(({ timestamp }) => timestamp)).toEqual(blocks.map((_, index) => zero + index * 20));
    expect(blocks.every(({ samples }) => samples.length === 160)).toBe(true);
  });

  it('says where there is nothing to hear', async () => {
    const rig = new Rig();
    rig.send('a', new FakeSender(zero + 100).frames(5, 1));
    expect(brief(await rig.pass(400))).toBe('_×100 1×100 _×80');
  });

  it('is as loud as can be where it would be louder', async () => {
    const rig = new Rig();
    rig.send('a', new FakeSender(zero).frames(5, 127));
    const loud = new Mixer<number>(
      {
        sampleRate: 8_000,
        channels: 2,
        createDecoder: () => Promise.resolve(new LoudDecoder()),
        failed: () => {},
        delay: { least: 0, most: 0 },
        limit: 1_000,
      },
      zero,
    );
    const [one, other] = [new FakeSender(zero), new FakeSender(zero)];
    for (const value of [1, 255]) {
      loud.push(1, one.frame(value), zero);
      loud.push(2, other.frame(value), zero);
    }
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    const samples = [zero + 20, zero + 40].map((now) => loud.take(now)?.samples);
    expect(samples).toEqual([new Int16Array(320).fill(32_767), new Int16Array(320).fill(-32_768)]);
  });

  it('decodes nothing while nobody takes it, and keeps no more than it may', async () => {
    const rig = new Rig({ limit: 500 });
    const sender = new FakeSender(zero);
    for (let packet = 0; packet < 1_000; packet += 1)
      rig.mixer.push('a', sender.frame(1), zero + packet * 20);
    await Promise.resolve();
    expect(rig.decoders.map(({ decoded }) => decoded)).toEqual([0]);
    rig.now = zero + 20_000;
    const blocks = await rig.pass(5);
    expect(blocks.length).toBeLessThanOrEqual(1);
    expect(rig.mixer.dropped).toBeGreaterThan(19_000);
    expect(heard(await rig.pass(45))).toMatch(/^1×\d+$/);
  });

  it('keeps nothing of who has gone while nobody takes it', async () => {
    const rig = new Rig();
    for (let person = 0; person < 20; person += 1) {
      rig.mixer.push(`${person}`, new FakeSender(rig.now).frame(1), rig.now);
      for (let turn = 0; turn < 3; turn += 1) await Promise.resolve();
      rig.mixer.remove(`${person}`, rig.now);
      rig.now += 1_000;
    }
    // Of 1.4 s before now something may still be taken.
    expect(rig.decoders.map(({ isClosed }) => isClosed)).toEqual(
      Array.from({ length: 20 }, (_, person) => person < 18),
    );
    rig.mixer.push('stays', new FakeSender(rig.now + 1_000).frame(1), rig.now + 1_000);
    expect(rig.decoders.slice(0, 20).every(({ isClosed }) => isClosed)).toBe(true);
  });

  it('goes on as those in it come and go', async () => {
    const rig = new Rig();
    rig.send('a', new FakeSender(zero).frames(15, 1));
    await rig.pass(320);
    // What they said last is heard: it has come, and is not due yet.
    rig.mixer.remove('a', rig.now);
    expect(heard(await rig.pass(140))).toBe('1×100 0×40');
    expect(rig.decoders[0]?.isClosed).toBe(true);
    rig.send('b', new FakeSender(zero + 460).frames(5, 2));
    expect(heard(await rig.pass(300))).toMatch(/0×\d+ 2×100 0×\d+/);
    rig.mixer.close();
    expect(rig.decoders.every(({ isClosed }) => isClosed)).toBe(true);
  });
});

class LoudDecoder extends FakeDecoder {
  override decode(packet: Uint8Array): Int16Array {
    return new Int16Array(320).fill(packet[1] === 1 ? 30_000 : -30_000);
  }
}

describe('silence', () => {
  it('that is sent is not decoded', async () => {
    const rig = new Rig();
    const sender = new FakeSender(zero);
    rig.send('a', sender.frames(100, 1, 127));
    rig.send(
      'b',
      sender.frames(100, 1).map((frame) => ({ ...frame, data: Uint8Array.of(0xf8) })),
    );
    expect(brief(await rig.pass(1_000))).toMatch(/^_×\d+$/);
    expect(rig.decoders).toEqual([]);
  });

  it('that lasts gives the decoder back, and who goes on is heard from the beginning', async () => {
    const rig = new Rig();
    const sender = new FakeSender(zero);
    rig.send('a', sender.frames(10, 1));
    await rig.pass(9_000);
    expect(rig.decoders.map(({ isClosed }) => isClosed)).toEqual([false]);
    await rig.pass(3_000);
    expect(rig.decoders.map(({ isClosed }) => isClosed)).toEqual([true]);
    sender.skip(12_200 - 200);
    rig.send('a', sender.frames(10, 2));
    expect(heard(await rig.pass(1_000))).toMatch(/0×\d+ 2×200 0×\d+/);
    expect(rig.decoders.map(({ isClosed }) => isClosed)).toEqual([true, false]);
  });
});

describe('what comes late', () => {
  it('is waited for as long as is needed, and for less after a while', async () => {
    const rig = new Rig();
    const sender = new FakeSender(zero);
    rig.send('a', sender.frames(100, 1), (index) => (index % 10 === 5 ? 230 : 0));
    await rig.pass(2_500);
    expect(rig.mixer.delay).toBeGreaterThan(200);
    rig.send('a', sender.frames(5_000, 1));
    await rig.pass(99_000);
    expect(rig.mixer.delay).toBeLessThan(140);
  });

  it('once it is waited for, is heard without a hole', async () => {
    const rig = new Rig();
    rig.send('a', new FakeSender(zero).frames(100, 1), (index) =>
      index % 7 === 5 ? 180 : index % 3 === 1 ? 60 : 0,
    );
    expect(heard(await rig.pass(3_000))).toMatch(/^1×\d+ (0×\d+ 1×\d+ )?0×\d+$/);
    expect(rig.decoders[0]?.decoded).toBe(100);
  });

  it('after too long is not heard at all', async () => {
    const rig = new Rig();
    const sender = new FakeSender(zero);
    rig.send('a', sender.frames(100, 1), (index) => (index < 50 ? 0 : 1_500));
    await rig.pass(5_000);
    expect(rig.decoders[0]?.decoded).toBeLessThan(60);
  });

  it('by a clock that is wrong is heard as it arrives', async () => {
    for (const wrong of [-3_600_000, 3_600_000]) {
      const rig = new Rig();
      const frames = new FakeSender(zero).frames(200, 1);
      rig.send(
        'a',
        frames.map((frame) => ({ ...frame, captureTime: frame.captureTime + wrong })),
        () => -wrong,
      );
      expect(heard(await rig.pass(4_500))).toMatch(/^(0×\d+ )?1×\d{4} 0×\d+$/);
    }
  });
});

describe('what is lost', () => {
  it('is concealed where it is one or the other packet', async () => {
    const rig = new Rig();
    const frames = new FakeSender(zero).frames(100, 1).filter((_, index) => index % 20 !== 10);
    // Later ones wait 60 ms for what is missing.
    rig.send('a', frames, (index) => (index % 19 === 10 ? 60 : 0));
    const blocks = await rig.pass(2_500);
    expect(heard(blocks)).toMatch(/^(1×\d+ -1×20 ){5}1×\d+ 0×\d+$/);
    expect(rig.decoders[0]?.concealed).toBe(5);
  });
});

it('tells when there is no decoder', async () => {
  const rig = new Rig({ createDecoder: () => Promise.reject(new Error('none')) });
  rig.send('a', new FakeSender(zero).frames(2, 1));
  await rig.pass(100);
  expect(rig.failures).toEqual([new Error('none')]);
});
