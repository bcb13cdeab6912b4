import { describe, expect, it } from 'vitest';
import { AudioPlayer } from '../../../../../src/media/speaking/player/audio-player.ts';
import type { AudioPlayerOptions } from '../../../../../src/media/speaking/player/player-options.ts';
import type { Playable } from '../../../../../src/media/speaking/player/playable.ts';
import { createOpusDecoder } from '../../../../../src/media/opus/decoder.ts';
import { createOpusEncoder } from '../../../../../src/media/opus/encoder.ts';
import { wavHeader } from '../../../../../src/media/sound/wav-header.ts';
import { soundLevel } from '../../../../../src/media/sound/sound-level.ts';
import { FakeAudioConference } from '../../../../support/fake-audio-track.ts';
import { oggOpus } from '../../../../support/ogg.ts';
import { rig, sound, untilStarted } from './rig.ts';

describe('a player', () => {
  it('passes packets of Opus on as they are, in time, and says when all is played', async () => {
    const { clock, pass, player, sent, told, ...rest } = rig();
    player.play(sound(4));
    const done = player.done.then(() => told.push('done'));
    await untilStarted({ clock, pass, player, sent, told, ...rest });
    await pass(100);
    expect(sent()).toBe('0@1000 1@1020 2@1040 3@1060');
    await done;
    expect(told).toEqual(['started', 'finished', 'queueEnded', 'done']);
    expect([player.current, player.framesSent, player.underruns]).toEqual([undefined, 4, 0]);
    expect(clock.pending).toBe(0);
  });

  it('plays all links of a chained Ogg as one sound, and again from the first', async () => {
    const all = rig({ loop: 'one' });
    all.player.play(Buffer.concat([sound(3), sound(2, 10)]));
    await untilStarted(all);
    await all.pass(180);
    expect(all.sent()).toMatch(/^0@1000 1@1020 2@1040 10@1060 11@1080 0@1100 1@1120 /);
    all.player.seek(60);
    all.conference.track.frames.length = 0;
    await all.pass(100);
    expect(all.sent()).toMatch(/^10@\d+ 11@/);
  });

  it('plays one after the other, without a gap', async () => {
    const all = rig();
    all.player.enqueue(sound(3));
    all.player.enqueue(sound(2, 10));
    expect(all.player.queue).toHaveLength(1);
    await untilStarted(all);
    await all.pass(160);
    expect(all.sent()).toBe('0@1000 1@1020 2@1040 10@1060 11@1080');
    expect(all.told).toEqual(['started', 'finished', 'started', 'finished', 'queueEnded']);
  });

  it('pauses, goes on where it was, and has a position', async () => {
    const all = rig();
    all.player.play(sound(10));
    await untilStarted(all);
    await all.pass(40);
    expect(all.player.pause()).toBe(true);
    expect(all.player.pause()).toBe(false);
    expect(all.player.position).toBe(60);
    await all.pass(500);
    expect(all.sent()).toBe('0@1000 1@1020 2@1040');
    expect(all.player.resume()).toBe(true);
    await all.pass(20);
    expect(all.sent()).toBe('0@1000 1@1020 2@1040 3@1540 4@1560');
    expect(all.player.duration).toBeGreaterThan(150);
  });

  it('goes to another place, and over the end', async () => {
    const all = rig();
    all.player.play(sound(50));
    await untilStarted(all);
    all.player.seek(600);
    expect(all.player.position).toBe(600);
    await all.pass(60);
    expect(all.sent()).toMatch(/^0@1000 30@\d+ 31@\d+/);
    all.player.seek(5000);
    await all.pass(40);
    expect(all.told.at(-1)).toBe('queueEnded');
  });

  it('skips, replaces, and is stopped', async () => {
    const all = rig();
    all.player.enqueue(sound(20));
    all.player.enqueue(sound(20, 50));
    all.player.enqueue(sound(20, 100));
    await untilStarted(all);
    expect(all.player.skip()).toBe(true);
    await all.pass(20);
    all.player.play(sound(20, 150));
    await all.pass(20);
    expect(all.player.queue).toHaveLength(1);
    expect(all.sent().replaceAll(/@\d+/g, '')).toMatch(/^0 50 (51 )?150( 151)?$/);
    all.player.stop();
    expect([all.player.current, all.player.queue, all.player.skip()]).toEqual([undefined, [], false]);
    expect(all.told.filter((each) => each === 'skipped')).toHaveLength(3);
  });

  it('loops one, or all, until it is told otherwise', async () => {
    const one = rig({ loop: 'one' });
    one.player.enqueue(sound(2));
    one.player.enqueue(sound(2, 10));
    await untilStarted(one);
    await one.pass(90);
    expect(one.sent()).toMatch(/^0@1000 1@1020 0@1040 1@1060 0@1080/);
    one.player.loop = 'all';
    await one.pass(160);
    expect(one.sent().replaceAll(/@\d+/g, '')).toMatch(/10 11 0 1 10 11/);
    one.player.loop = 'none';
    await one.pass(200);
    expect(one.told.at(-1)).toBe('queueEnded');
  });

  it('does not loop what comes once, nor what has nothing in it', async () => {
    const all = rig({ loop: 'all' });
    async function* stream(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(sound(2));
    }
    all.player.enqueue(stream());
    all.player.enqueue(oggOpus([]));
    await untilStarted(all);
    await all.pass(200);
    expect(all.sent()).toBe('0@1000 1@1020');
    expect(all.told.at(-1)).toBe('queueEnded');
  });

  it('waits while nobody could hear it, and skips nothing', async () => {
    const all = rig({}, new FakeAudioConference({ isReady: false }));
    all.player.play(sound(6));
    await all.pass(300);
    expect([all.sent(), all.player.position]).toEqual(['', 0]);
    all.conference.track.setReady(true);
    await all.pass(20);
    all.conference.track.setReady(false);
    await all.pass(500);
    all.conference.track.setReady(true);
    await all.pass(100);
    expect(all.sent().replaceAll(/@\d+/g, '')).toBe('0 1 2 3 4 5');
  });

  it('plays in many rooms at once, from one reading', async () => {
    const all = rig();
    const other = new FakeAudioConference();
    all.player.attach(other);
    all.player.play(sound(3));
    await untilStarted(all);
    await all.pass(60);
    expect(other.track.frames).toEqual(all.conference.track.frames);
    expect(all.player.framesSent).toBe(3);
    all.player.detach(other);
    expect(other.track.isReady).toBe(false);
  });

  it('counts when its source does not keep up, and goes on when there is enough', async () => {
    const all = rig();
    let goOn = (): void => {};
    const later = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const file = sound(60);
    const half = Math.round(file.length / 2);
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield file.subarray(0, half);
      await later;
      yield file.subarray(half);
    }
    all.player.play(slow());
    await untilStarted(all);
    await all.pass(1000);
    expect(all.told).toEqual(['started', 'underrun']);
    goOn();
    await all.pass(1000);
    expect(all.told).toEqual(['started', 'underrun', 'finished', 'queueEnded']);
    expect([all.player.underruns, all.conference.track.frames.length]).toEqual([1, 60]);
  });

  it('keeps the pauses of a file, in which nothing is sent', async () => {
    const all = rig();
    const samples = async function* (): AsyncGenerator<Int16Array> {
      const tone = Int16Array.from({ length: 9600 }, (_, index) => 8000 * Math.sin(index / 10));
      yield await Promise.resolve(tone);
      yield new Int16Array(48_000);
      yield tone;
    };
    all.player.play({ pcm: samples() });
    await untilStarted(all);
    await all.pass(1600);
    const times = all.conference.track.times;
    const longest = Math.max(...times.map((time, index) => time - (times[index - 1] ?? time)));
    expect(longest).toBeGreaterThan(900);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBe(1380);
    expect(all.player.underruns).toBe(0);
  });

  it('goes on with the next when one cannot be played, and done tells of it', async () => {
    const all = rig();
    all.player.enqueue('/nowhere/a.ogg');
    all.player.enqueue(Buffer.from('#EXTM3U\nhttp://example.com/a.mp3\n'));
    all.player.enqueue(sound(2));
    const done = all.player.done;
    await untilStarted(all);
    await all.pass(60);
    expect(all.told).toEqual([
      'failed media-unreadable',
      'failed sound-unusable',
      'started',
      'finished',
      'queueEnded',
    ]);
    await expect(done).rejects.toMatchObject({ code: 'media-unreadable' });
    await expect(all.player.done).resolves.toBeUndefined();
  });

  it('is not disturbed by a listener to warnings that fails', async () => {
    const all = rig();
    let warned = 0;
    all.player.once('started', () => Promise.reject(new Error('oh no')));
    all.player.on('warning', () => {
      warned += 1;
      return Promise.reject(new Error('oh no, either'));
    });
    all.player.play(sound(2));
    await untilStarted(all);
    await all.pass(60);
    expect([warned, all.told.at(-1)]).toEqual([1, 'queueEnded']);
  });

  it('keeps a stream open that was to be next and comes later', async () => {
    const all = rig();
    async function* stream(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(sound(3, 50));
    }
    all.player.play(sound(10));
    all.player.enqueue(stream());
    await untilStarted(all);
    await all.pass(40);
    all.player.play(sound(4, 100));
    await all.pass(20);
    all.player.seek(20);
    all.player.loop = 'none';
    await all.pass(300);
    expect(all.sent().replaceAll(/@\d+/g, '')).toMatch(/^0 1 (2 )?100 (101 )?101 102 103 50 51 52$/);
    expect(all.told.filter((each) => each.startsWith('failed'))).toEqual([]);
  });

  it('closes what was to be next when it is taken out of the queue', async () => {
    const all = rig();
    let isClosed = false;
    async function* stream(): AsyncGenerator<Uint8Array> {
      try {
        yield sound(3, 50);
        yield await new Promise<Uint8Array>((resolve) => setImmediate(resolve, sound(3, 60)));
      } finally {
        isClosed = true;
      }
    }
    all.player.play(sound(10));
    all.player.enqueue(stream());
    await untilStarted(all);
    all.player.clear();
    await all.pass(40);
    expect([isClosed, all.player.queue]).toEqual([true, []]);
  });

  it('tells why what was opened ahead cannot be played, once it is its turn', async () => {
    const all = rig();
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(sound(3).subarray(0, 10));
      throw new Error('the wire is cut');
    }
    all.player.play(sound(5));
    all.player.enqueue(broken());
    all.player.enqueue(sound(1, 20));
    await untilStarted(all);
    await all.pass(40);
    expect(all.told).toEqual(['started']);
    await all.pass(140);
    const [, , failed, ...others] = all.told;
    expect(failed).toMatch(/^failed .*/);
    expect(others).toEqual(['started', 'finished', 'queueEnded']);
    const alone = rig();
    alone.player.play(broken());
    await alone.pass(40);
    expect(alone.told).toEqual([failed, 'queueEnded']);
  });

  it('stops when its last conference has ended, and plays again in the next', async () => {
    const all = rig();
    all.player.play(sound(100));
    all.player.enqueue(sound(100));
    await untilStarted(all);
    const done = all.player.done;
    all.conference.end();
    await done;
    expect(all.told).toEqual(['started', 'skipped', 'queueEnded']);
    all.player.play(sound(100));
    await all.player.done;
    const next = new FakeAudioConference();
    all.player.attach(next);
    all.player.play(sound(2, 50));
    await all.pass(300);
    expect(next.track.frames.map(({ data }) => data[1])).toEqual([50, 51]);
  });

  it('waits when it is detached', async () => {
    const all = rig();
    all.player.play(sound(3));
    await untilStarted(all);
    all.player.detach(all.conference);
    await all.pass(200);
    expect(all.told).toEqual(['started']);
  });

  it('goes to another place in samples', async () => {
    const all = rig();
    const samples = new Int16Array(16_000 * 2);
    for (let at = 16_000; at < samples.length; at += 1) samples[at] = 8000 * Math.sin(at / 10);
    const { byteLength } = samples;
    const header = wavHeader({ sampleRate: 16_000, channels: 1 }, byteLength);
    all.player.play(Buffer.concat([header, new Uint8Array(samples.buffer)]));
    await untilStarted(all);
    all.player.seek(1010);
    const before = all.conference.track.frames.length;
    await all.pass(1200);
    const frames = all.conference.track.frames.slice(before);
    expect(frames).toHaveLength(50);
    expect(frames.every(({ audioLevel }) => (audioLevel?.level ?? 127) < 20)).toBe(true);
  });

  it('takes the silence of samples that come in real time for no gap', async () => {
    const all = rig();
    async function* live(): AsyncGenerator<Int16Array> {
      for (let piece = 0; piece < 150; piece += 1) {
        const isLoud = piece < 40 || piece >= 100;
        yield Int16Array.from({ length: 960 }, (_, at) => (isLoud ? 8000 * Math.sin(at / 10) : 0));
        await new Promise<void>((resolve) => void all.clock.schedule(20, resolve));
      }
    }
    all.player.play({ pcm: live() });
    await all.pass(4000);
    const { times } = all.conference.track;
    expect([all.player.underruns, all.told.at(-1)]).toEqual([0, 'queueEnded']);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBe(149 * 20);
  });

  it('refuses samples that are no stream of them', async () => {
    const all = rig();
    all.player.play({ pcm: [new Int16Array(960)] as never });
    await all.pass(40);
    expect(all.told).toEqual(['failed media-origin-invalid', 'queueEnded']);
  });

  it('is closed, and then nothing is open', async () => {
    const all = rig();
    all.player.play(sound(100));
    await untilStarted(all);
    const done = all.player.done;
    all.player.close();
    all.player.close();
    await expect(done).resolves.toBeUndefined();
    await all.pass(100);
    expect(all.conference.track.frames).toHaveLength(1);
    expect([all.conference.track.isReady, all.clock.pending]).toEqual([false, 0]);
    expect(() => all.player.play(sound(1))).toThrow(expect.objectContaining({ code: 'player-closed' }));
  });

  it('is closed by its signal', async () => {
    const controller = new AbortController();
    const all = rig({ signal: controller.signal });
    all.player.play(sound(100));
    await untilStarted(all);
    controller.abort();
    expect(all.conference.track.isReady).toBe(false);
  });

  it.each<[string, (player: AudioPlayer) => unknown, string]>([
    ['a number', (player) => player.play(5 as unknown as Playable), 'media-origin-invalid'],
    ['a volume of -1', (player) => (player.volume = -1), 'argument-invalid'],
    ['a loop of some', (player) => (player.loop = 'some' as 'one'), 'argument-invalid'],
    ['a place in nothing', (player) => player.seek(5), 'player-idle'],
    ['an unknown event', (player) => player.on('ended' as 'failed', () => {}), 'event-unknown'],
    ['half a bit', () => new AudioPlayer({ bitrate: 24_000.5 }), 'option-invalid'],
    ['an unknown option', () => new AudioPlayer({ volum: 1 } as AudioPlayerOptions), 'option-unknown'],
  ])('refuses %s', (_, call, code) => {
    expect(() => call(rig().player)).toThrow(expect.objectContaining({ kind: 'usage', code }));
  });
});

describe('the volume', () => {
  async function tone(count: number): Promise<Buffer> {
    const encoder = await createOpusEncoder({ sampleRate: 48_000, channels: 1, application: 'audio' });
    const packets = Array.from({ length: count }, (_, packet) =>
      encoder.encode(
        Int16Array.from(
          { length: 960 },
          (_, at) => 8000 * Math.sin(((packet * 960 + at) * 2 * Math.PI * 440) / 48_000),
        ),
      ),
    );
    encoder.close();
    return oggOpus(packets);
  }

  it.each([
    [0.5, 6],
    [2, -6],
  ])('%d makes it quieter or louder by that', async (volume, decibels) => {
    const file = await tone(40);
    const levels: number[] = [];
    for (const each of [1, volume]) {
      const all = rig({ volume: each });
      all.player.play(file);
      await untilStarted(all);
      await all.pass(900);
      const decoder = await createOpusDecoder({ sampleRate: 48_000, channels: 1 });
      const { frames } = all.conference.track;
      expect(frames.length).toBe(40);
      const heard = frames.map(({ data }) => soundLevel(decoder.decode(data)).level);
      levels.push(heard[30] ?? 0);
      decoder.close();
      // What is passed on is guessed, what is encoded is measured.
      if (each !== 1) expect(frames[30]?.audioLevel?.level).toBe(heard[30]);
    }
    expect((levels[1] ?? 0) - (levels[0] ?? 0)).toBeCloseTo(decibels, -0.5);
  });

  it('never lets anything out as it was where it began at 0', async () => {
    const file = await tone(40);
    const plain = rig();
    plain.player.play(file);
    await untilStarted(plain);
    await plain.pass(900);
    const originals = new Set(
      plain.conference.track.frames.map(({ data }) => Buffer.from(data).toString('hex')),
    );
    const all = rig({ volume: 0 });
    all.player.play(file);
    await untilStarted(all);
    all.player.volume = 0.25;
    await all.pass(900);
    const { frames } = all.conference.track;
    expect(frames.length).toBeGreaterThan(30);
    expect(frames.filter(({ data }) => originals.has(Buffer.from(data).toString('hex')))).toEqual([]);
  });

  it('0 sends nothing, and time passes', async () => {
    const all = rig({ volume: 0 });
    all.player.play(sound(3));
    await untilStarted(all);
    await all.pass(60);
    expect([all.sent(), all.told.at(-1)]).toEqual(['', 'queueEnded']);
  });
});
