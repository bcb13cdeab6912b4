/** That a witness sees what is wrong: recordings that are the clips themselves, and others with something missing, late, or of somebody else. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { judge } from '../../../proof/witness/judge-recording.ts';
import { checkPictures, PictureClip } from '../../../proof/witness/picture-check.ts';
import type { ProbedRecording, Recording } from '../../../proof/witness/recording.ts';
import { find } from '../../../proof/witness/samples.ts';
import { checkSpeech, SpeechClip } from '../../../proof/witness/speech-check.ts';
import type { TimelineEntry } from '../../../src/media/recording/timeline.ts';
import { probe } from '../../support/probe.ts';

const clips = join(import.meta.dirname, '../../../clips');
const [speech, picture] = [
  new SpeechClip(join(clips, 'speech.ogg')),
  new PictureClip(join(clips, 'picture.ivf')),
];
const zero = Date.UTC(2026, 0, 1);
const participant = 'ab12';

function recordingOf(
  kind: 'audio' | 'video',
  change: Partial<ProbedRecording> = {},
  events: TimelineEntry[] = [],
): Recording {
  const path = join(clips, kind === 'audio' ? 'speech.ogg' : 'picture.ivf');
  const { complaints, duration, packets } = probe(path);
  const [first] = packets;
  const file: ProbedRecording = {
    path,
    participant,
    name: 'robot-1',
    source: `${participant}-${kind === 'audio' ? 'a' : 'v'}0`,
    kind,
    codec: kind === 'audio' ? 'opus' : 'vp8',
    offset: 0,
    duration,
    bytes: 1,
    startedAt: zero,
    packets: packets.map((packet) => ({ ...packet, time: packet.time - (first?.time ?? 0) })),
    probedDuration: duration,
    complaints,
    ...change,
  };
  return { state: 'ended', events, startedAt: zero, files: [file] };
}

const said = [{ endpointId: participant, start: zero, packets: 255 }];
const stay = { from: zero - 1_000, to: zero + 10_000 };
const gap = (kind: 'audio' | 'video'): TimelineEntry => ({
  at: 1,
  type: 'gap',
  source: `${participant}-x`,
  participant,
  kind,
  duration: 1,
  reason: 'loss',
});

describe('a witness of speech', () => {
  const check = (recording: Recording, script = said): ReturnType<typeof checkSpeech> =>
    checkSpeech(speech, recording, participant, script, stay);

  it('finds what is whole', () => {
    const { correlation, foreign, heard, late, missing, packets, speeches } = check(recordingOf('audio'));
    expect([speeches, packets, missing, foreign]).toEqual([1, 255, 0, 0]);
    expect(Math.max(...late.map(Math.abs))).toBeLessThan(1);
    expect(Math.abs(heard[0] ?? Infinity)).toBeLessThan(1);
    expect(correlation).toBeGreaterThan(0.999);
  });

  it('sees what is late', () => {
    const { heard, late } = check(recordingOf('audio', { startedAt: zero + 60 }));
    expect(Math.min(...late)).toBeGreaterThan(59);
    expect(heard[0]).toBeCloseTo(60, 0);
  });

  it('sees what is missing, and what of it is told', () => {
    const { packets } = recordingOf('audio').files[0] as ProbedRecording;
    const torn = { packets: packets.filter(({ time }) => time < 1 || time >= 2) };
    expect(check(recordingOf('audio', torn))).toMatchObject({ missing: 50, inGaps: 0, packets: 205 });
    expect(check(recordingOf('audio', torn, [gap('audio')]))).toMatchObject({ missing: 0, inGaps: 50 });
    expect(check(recordingOf('audio', torn, [gap('video')]))).toMatchObject({ missing: 50 });
  });

  it('sees what was said by nobody, at another time, or twice', () => {
    const other = recordingOf('video').files[0] as ProbedRecording;
    expect(check(recordingOf('audio', { packets: other.packets.slice(0, 3) }))).toMatchObject({ foreign: 3 });
    expect(check(recordingOf('audio', { startedAt: zero + 60_000 }))).toMatchObject({
      foreign: 255,
      missing: 255,
    });
    const { packets } = recordingOf('audio').files[0] as ProbedRecording;
    const twice = { packets: [...packets, ...packets.slice(0, 4)] };
    expect(check(recordingOf('audio', twice))).toMatchObject({ foreign: 4, packets: 255 });
  });

  it('hears where it should be silent', () => {
    const { silence } = check(recordingOf('audio'), [
      { ...(said[0] as (typeof said)[0]), start: zero - 5_000 },
    ]);
    expect(silence).toBeGreaterThan(-40);
    expect(check(recordingOf('audio')).silence).toBeLessThan(-100);
  });
});

describe('a witness of pictures', () => {
  const packetsOf = (): ProbedRecording['packets'] => recordingOf('video').files[0]?.packets ?? [];
  const check = (recording: Recording): ReturnType<typeof checkPictures> =>
    checkPictures(picture, recording, participant);

  it('finds what is whole', () => {
    expect(check(recordingOf('video'))).toMatchObject({ pictures: 90, foreign: 0, missing: 0 });
  });

  it('sees what is missing, also up to a key frame, and what of it is told', () => {
    const without = (from: number, to: number): Partial<ProbedRecording> => ({
      packets: packetsOf().filter((_, index) => index < from || index >= to),
    });
    expect(check(recordingOf('video', without(40, 45)))).toMatchObject({ missing: 5 });
    expect(check(recordingOf('video', without(35, 60)))).toMatchObject({ missing: 25 });
    expect(check(recordingOf('video', without(35, 60), [gap('video')]))).toMatchObject({ missing: 0 });
  });

  it('sees what was shown by nobody, and what comes at another pace', () => {
    const sound = recordingOf('audio').files[0]?.packets ?? [];
    expect(check(recordingOf('video', { packets: sound.slice(0, 7) }))).toMatchObject({ foreign: 7 });
    const slow = { packets: packetsOf().map(({ time, ...packet }) => ({ ...packet, time: time * 2 })) };
    expect(check(recordingOf('video', slow)).uneven).toBeCloseTo(1000 / 30, 0);
  });
});

describe('a judge of a recording', () => {
  const problemsOf = (
    sound: Partial<ProbedRecording> = {},
    pictures: Partial<ProbedRecording> = {},
    script = said,
    shown = [{ endpointId: participant, start: zero }],
  ): string => {
    const [audio, video] = [recordingOf('audio', sound), recordingOf('video', pictures)];
    const limits = { place: 40, unwritten: 2_000, missingPictures: 0, uneven: 150, alike: 0.99 };
    const options = { clips, robots: 1, faults: [], limits, stay, end: zero + 10_000 };
    const recording = { ...audio, files: [...audio.files, ...video.files] };
    return judge(recording, script, shown, options).problems.join('\n');
  };
  const packetsOf = (kind: 'audio' | 'video'): ProbedRecording['packets'] =>
    recordingOf(kind).files[0]?.packets ?? [];

  it('has nothing to say about what is whole', () => {
    expect(problemsOf({}, { offset: 0.1 })).toBe('');
  });

  it('hears what is not alike, and what is no silence', () => {
    const directory = mkdtempSync(join(tmpdir(), 'witness-checks-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'noise.ogg');
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', 'anoisesrc=d=6', path]);
    expect(problemsOf({ path, packets: packetsOf('audio') })).toMatch(/alike by 0\.\d/);
    const early = [{ ...(said[0] as (typeof said)[0]), start: zero - 3_000 }];
    expect(problemsOf({}, {}, early)).toMatch(/sound of -\d+ dB/);
  });

  it('sees pictures that are not where they were shown, or of which nobody knows', () => {
    const shown = [{ endpointId: participant, start: zero - 1_000 }];
    expect(problemsOf({}, { offset: 0.1 }, said, shown)).toMatch(/a picture is 1000 ms from where/);
    expect(problemsOf({}, { offset: 0.1 }, said, [])).toMatch(/of no picture it is known/);
  });

  it('sees pictures that come at another pace', () => {
    const packets = packetsOf('video').map((packet) => ({ ...packet, time: packet.time * 8 }));
    expect(problemsOf({}, { packets })).toMatch(/off its pace/);
  });

  it('is not content where nothing was said', () => {
    expect(problemsOf({}, {}, [])).toMatch(/nothing whole was said/);
  });
});

describe('a sound', () => {
  it('is found to the sample, and how much it is alike', () => {
    const noise = Float32Array.from({ length: 4_000 }, (_, index) => Math.sin(index * index * 0.01));
    const where = new Float32Array(8_000);
    where.set(noise, 1_234);
    expect(find(noise, where, 1_200, 100)).toEqual({ lag: 34, correlation: expect.closeTo(1, 5) as number });
    expect(find(noise, new Float32Array(8_000), 1_200, 100).correlation).toBeLessThan(0.01);
    expect(find(noise, where, 3_000, 100).correlation).toBeLessThan(0.5);
  });

  it('is never more than alike, where it is looked for before the beginning and behind the end', () => {
    const noise = Float32Array.from({ length: 4_000 }, (_, index) => Math.sin(index * index * 0.01));
    for (const at of [-1_500, -90, 0, 60, 1_000, 1_990, 2_050, 4_000]) {
      const where = new Float32Array(6_000);
      where.set(noise.subarray(0, 6_000 - Math.max(0, at)), Math.max(0, at));
      for (const expected of [at, at + 70, at - 70]) {
        const { correlation, lag } = find(noise, where, expected, 100);
        expect(correlation).toBeLessThan(1.0001);
        if (at < 0 || at > 2_000) continue;
        expect([lag, correlation]).toEqual([at - expected, expect.closeTo(1, 5)]);
      }
    }
  });
});
