import { describe, expect, it } from 'vitest';
import { Speaker, type SpeakerEvents } from '../../../../src/media/speaking/speaker.ts';
import type { SpeakerOptions } from '../../../../src/media/speaking/speaker-options.ts';
import { FakeAudioConference } from '../../../support/fake-audio-track.ts';
import { ManualClock } from '../../../support/manual-clock.ts';
import { tone, toneShare } from '../../../support/sound.ts';

interface Setup {
  clock: ManualClock;
  speaker: Speaker;
  conference: FakeAudioConference;
  events: (keyof SpeakerEvents)[];
}

/** A speaker whose library is loaded, in a conference. */
async function setUp(options: SpeakerOptions = {}, isReady = true): Promise<Setup> {
  const clock = new ManualClock(1000);
  const speaker = new Speaker({ sampleRate: 16_000, clock, ...options });
  const conference = new FakeAudioConference({ isReady });
  await speaker.write(new Int16Array());
  speaker.attach(conference);
  const events: (keyof SpeakerEvents)[] = [];
  for (const event of ['started', 'drained', 'warning'] as const) speaker.on(event, () => events.push(event));
  return { clock, speaker, conference, events };
}

/** ms of a tone of 440 Hz. */
const beep = (duration: number, sampleRate = 16_000): Int16Array =>
  tone({ frequency: 440, sampleRate, length: Math.round((duration * sampleRate) / 1000) });

/** Lets what waits for promises run. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('a speaker', () => {
  it('sends the first frame at once, the others when they are due, and a little silence', async () => {
    const { clock, speaker, conference, events } = await setUp();
    await speaker.write(beep(60));
    expect(conference.track.frames).toHaveLength(0);
    clock.advance(0);
    expect(conference.track.times).toEqual([1000]);
    expect(events).toEqual(['started']);
    clock.advance(200);
    expect(conference.track.times).toEqual([1000, 1020, 1040, 1060, 1080, 1100]);
    expect(conference.track.frames.map(({ audioLevel }) => audioLevel)).toEqual([
      ...Array.from({ length: 3 }, () => ({ level: 15, voice: true })),
      ...Array.from({ length: 3 }, () => ({ level: 127, voice: false })),
    ]);
    expect(events).toEqual(['started', 'drained']);
    expect(clock.pending).toBe(0);
    await speaker.write(beep(20));
    clock.advance(0);
    expect(conference.track.times.at(-1)).toBe(1200);
    speaker.close();
  });

  it.each([8000, 16_000, 22_050, 24_000, 44_100, 48_000])(
    'speaks what is written at %d Hz',
    async (sampleRate) => {
      const { clock, speaker, conference } = await setUp({ sampleRate });
      const samples = beep(1000, sampleRate);
      for (let at = 0; at < samples.length; at += 777) void speaker.write(samples.subarray(at, at + 777));
      const drained = speaker.drained();
      await turn();
      clock.advance(2000);
      await drained;
      const heard = await conference.track.heard();
      expect(toneShare(heard.subarray(4800, 43_200), 440, 48_000)).toBeGreaterThan(0.95);
      // A second, and three frames of silence.
      expect(conference.track.frames.length).toBe(53);
      speaker.close();
    },
  );

  it.each<[string, (samples: Int16Array) => Int16Array | Uint8Array | Float32Array, number]>([
    ['numbers of 16 bits', (samples) => samples, 1000],
    ['bytes', (samples) => new Uint8Array(samples.buffer), 1001],
    ['floats', (samples) => Float32Array.from(samples, (sample) => sample / 32_768), 1000],
  ])('takes %s', async (_, convert, step) => {
    const { clock, speaker, conference } = await setUp();
    const samples = convert(beep(500));
    for (let at = 0; at < samples.length; at += step) void speaker.write(samples.subarray(at, at + step));
    clock.advance(2000);
    const heard = await conference.track.heard(16_000);
    expect(toneShare(heard.subarray(1600, 6400), 440, 16_000)).toBeGreaterThan(0.95);
    speaker.close();
  });

  it('falls silent within a frame when it is cleared, and goes on with what is written next', async () => {
    const { clock, speaker, conference, events } = await setUp();
    const written = speaker.write(beep(10_000));
    clock.advance(90);
    expect(speaker.clear()).toBe(9900);
    await written;
    expect(speaker.queued).toBe(0);
    clock.advance(300);
    const levels = conference.track.frames.map(({ audioLevel }) => audioLevel?.level);
    expect(levels).toEqual([15, 15, 15, 15, 15, 127, 127, 127]);
    expect(events).toEqual(['started', 'drained']);
    await speaker.write(beep(20));
    clock.advance(0);
    expect(conference.track.times.at(-1)).toBe(1390);
    speaker.close();
  });

  it('holds back who writes too much, and lets them go on in order', async () => {
    const { clock, speaker } = await setUp({ bufferLimit: 100 });
    const done: number[] = [];
    await speaker.write(beep(100));
    for (const number of [1, 2]) void speaker.write(beep(60)).then(() => done.push(number));
    clock.advance(30);
    await turn();
    expect(done).toEqual([]);
    clock.advance(10);
    await turn();
    expect(done).toEqual([1]);
    clock.advance(60);
    await turn();
    expect(done).toEqual([1, 2]);
    speaker.close();
  });

  it('takes one long sound, but not without end', async () => {
    const { speaker } = await setUp({ sampleRate: 48_000 });
    const hour = new Int16Array(3600 * 48_000);
    const first = speaker.write(hour);
    await expect(speaker.write(hour)).rejects.toMatchObject({ code: 'speaker-full' });
    expect(speaker.queued).toBe(3_600_000);
    speaker.clear();
    await first;
    await speaker.write(beep(20));
    speaker.close();
  });

  it('gives up waiting for room when it is told, and not what was taken', async () => {
    const { clock, speaker, conference } = await setUp({ bufferLimit: 0 });
    const controller = new AbortController();
    const written = speaker.write(beep(40), { signal: controller.signal });
    const drained = speaker.drained({ signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(written).rejects.toThrow('enough');
    await expect(drained).rejects.toThrow('enough');
    clock.advance(100);
    expect(conference.track.frames).toHaveLength(5);
    await expect(speaker.write(beep(40), { signal: controller.signal })).rejects.toThrow('enough');
    clock.advance(100);
    expect(conference.track.frames).toHaveLength(5);
    speaker.close();
  });

  it('waits while nobody could hear it, and goes on', async () => {
    const { clock, speaker, conference, events } = await setUp({}, false);
    await speaker.write(beep(100));
    clock.advance(5000);
    expect(events).toEqual([]);
    conference.track.setReady(true);
    clock.advance(45);
    // A session that is lost, or a mute.
    conference.track.setReady(false);
    clock.advance(5000);
    expect(conference.track.times).toEqual([6000, 6020, 6040]);
    expect(speaker.isSpeaking).toBe(true);
    conference.track.setReady(true);
    clock.advance(45);
    expect(conference.track.times.slice(3)).toEqual([11_045, 11_065, 11_085]);
    speaker.close();
  });

  it('speaks in several rooms, and lets go with the last of them', async () => {
    const { clock, speaker, conference, events } = await setUp();
    const other = new FakeAudioConference();
    speaker.attach(other);
    expect(speaker.attach(other)).toBe(other.track);
    void speaker.write(beep(1000));
    clock.advance(25);
    conference.track.stop();
    clock.advance(20);
    expect([conference.track.frames.length, other.track.frames.length]).toEqual([2, 3]);
    const written = speaker.write(beep(60_000));
    const drained = speaker.drained();
    await turn();
    speaker.detach(other);
    clock.advance(100);
    await Promise.all([written, drained]);
    expect(events).toEqual(['started', 'drained']);
    // Nobody is there: it is as good as said.
    await speaker.write(beep(60_000));
    await speaker.drained();
    const next = new FakeAudioConference();
    speaker.attach(next);
    void speaker.write(beep(20));
    clock.advance(0);
    expect(next.track.frames).toHaveLength(1);
    speaker.close();
  });

  it('waits a frame for the rest of one, and then speaks it', async () => {
    const { clock, speaker, conference } = await setUp();
    // A synthesiser that is as fast as speech, in pieces of 10 ms.
    for (let count = 0; count < 50; count += 1) {
      void speaker.write(beep(500).subarray(count * 160, (count + 1) * 160));
      clock.advance(10);
    }
    clock.advance(200);
    const levels = conference.track.frames.map(({ audioLevel }) => audioLevel?.level ?? 0);
    expect(levels.filter((level) => level < 30)).toHaveLength(25);
    expect(levels.lastIndexOf(127) - levels.indexOf(127)).toBe(2);
    conference.track.frames.length = 0;
    void speaker.write(beep(25));
    clock.advance(200);
    expect(conference.track.frames.map(({ audioLevel }) => (audioLevel?.level ?? 0) < 30)).toEqual([
      true,
      false,
      true,
      false,
      false,
      false,
    ]);
    conference.track.frames.length = 0;
    void speaker.write(beep(25));
    const drained = speaker.drained();
    clock.advance(200);
    await drained;
    expect(conference.track.frames.map(({ audioLevel }) => (audioLevel?.level ?? 0) < 30)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    speaker.close();
  });

  it('does not send silence', async () => {
    const { clock, speaker, conference } = await setUp();
    void speaker.write(Int16Array.of(...beep(40), ...new Int16Array(16_000), ...beep(40)));
    clock.advance(2000);
    expect(conference.track.times.map((time) => time - 1000)).toEqual([
      0, 20, 40, 60, 80, 1040, 1060, 1080, 1100, 1120,
    ]);
    speaker.close();
  });

  it('keeps its pace for an hour', async () => {
    const { clock, speaker, conference } = await setUp({ sampleRate: 8000, bufferLimit: 600_000 });
    const minute = new Int16Array(60 * 8000);
    for (let count = 0; count < 60; count += 1) void speaker.write(minute);
    void speaker.write(beep(20, 8000));
    clock.advance(3_600_000);
    expect(conference.track.times).toEqual([1000 + 3_600_000]);
    speaker.close();
  });

  it('ends when all is said, and takes no more', async () => {
    const { clock, speaker, conference } = await setUp();
    void speaker.write(beep(50));
    const ended = speaker.end();
    await expect(speaker.write(beep(20))).rejects.toMatchObject({ code: 'speaker-closed' });
    await turn();
    clock.advance(500);
    await ended;
    expect(conference.track.frames).toHaveLength(6);
    expect(conference.track.isReady).toBe(false);
    expect(() => speaker.attach(new FakeAudioConference())).toThrow(
      expect.objectContaining({ code: 'audio-closed' }),
    );
  });

  it('can be closed at any time', async () => {
    const { clock, speaker, events } = await setUp({ bufferLimit: 0 });
    const ends: SpeakerEvents['drained'][] = [];
    speaker.on('drained', (end) => ends.push(end));
    const [written, drained, ended] = [speaker.write(beep(500)), speaker.drained(), speaker.end()];
    clock.advance(30);
    speaker.close();
    speaker.close();
    await Promise.all([written, drained, ended, speaker.drained()]);
    expect(ends).toEqual([{ isCleared: true }]);
    expect(clock.pending).toBe(0);
    expect(events).toEqual(['started', 'drained']);
    new Speaker().close();
  });

  it('can be cleared when it is closed', async () => {
    const { speaker } = await setUp({ sampleRate: 22_050 });
    speaker.close();
    await turn();
    expect(speaker.clear()).toBe(0);
  });

  it('tells of a listener that fails', async () => {
    const { clock, speaker } = await setUp();
    const warned: string[] = [];
    speaker.once('started', () => {
      throw new Error('oh no');
    });
    speaker.on('warning', ({ error }) => warned.push(`${error.code}: ${error.message}`));
    void speaker.write(beep(20));
    clock.advance(0);
    expect(warned).toEqual(["listener-failed: a listener of the speaker's started failed: oh no"]);
    speaker.close();
  });

  it('is not disturbed by a listener to warnings that fails', async () => {
    const { clock, speaker, conference } = await setUp();
    let warned = 0;
    speaker.once('started', () => {
      throw new Error('oh no');
    });
    speaker.on('warning', () => {
      warned += 1;
      throw new Error('oh no, either');
    });
    void speaker.write(beep(20));
    clock.advance(100);
    expect([warned, conference.track.frames.length]).toEqual([1, 4]);
    speaker.close();
  });

  it.each<[unknown, RegExp]>([
    [{ sampleRate: 0 }, /sampleRate is to be/],
    [{ sampleRate: 16_000.5 }, /sampleRate is to be a whole number/],
    [{ bitrate: 24_000.5 }, /bitrate is to be a whole number/],
    [{ channels: 6 }, /channels is to be 1 or 2/],
    [{ bitrate: '64k' }, /bitrate is to be/],
    [{ rate: 16_000 }, /sampleRate/],
  ])('cannot be made of %j', (options, message) => {
    expect(() => new Speaker(options as never)).toThrow(message);
  });

  it('takes samples and nothing else', async () => {
    const { speaker } = await setUp();
    for (const samples of [[1, 2], 'hello', undefined, new Float64Array(3), new ArrayBuffer(8)])
      await expect(speaker.write(samples as never)).rejects.toMatchObject({ code: 'speaker-samples' });
    await expect(speaker.write(beep(20), { sinal: 1 } as never)).rejects.toThrow(/signal/);
    speaker.close();
  });
});
