import { describe, expect, it } from 'vitest';
import { EventStream } from '../../../../src/base/event-stream.ts';
import type { Utterance } from '../../../../src/media/hearing/utterance.ts';
import type { Recogniser, Recognition } from '../../../../src/media/transcribing/recogniser.ts';
import type { Transcript } from '../../../../src/media/transcribing/transcript.ts';
import { Transcription } from '../../../../src/media/transcribing/transcription.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

class Rig {
  readonly clock = new ManualClock(1_000);
  readonly heard: EventStream<Utterance> = new EventStream<Utterance>({ limit: 100 });
  readonly transcription: Transcription;
  readonly told: Transcript[] = [];
  readonly warnings: string[] = [];

  constructor(recogniser: Recogniser, atOnce = 8) {
    const { clock, heard } = this;
    this.transcription = new Transcription({
      heard,
      recogniser,
      language: 'en',
      atOnce,
      clock,
      signal: undefined,
    });
    this.transcription.on('transcribed', ({ transcript }) => this.told.push(transcript));
    this.transcription.on('warning', ({ error }) => this.warnings.push(`${error.code}: ${error.message}`));
  }

  /** @returns what ends it */
  says(endpointId: string, start: number): (end: number) => void {
    const audio = new EventStream({ limit: 10 });
    let finish: (end: object) => void = () => {};
    const ended = new Promise((resolve) => {
      finish = resolve;
    });
    const participant = { id: endpointId, displayName: endpointId.toUpperCase() };
    this.heard.push({ endpointId, participant, start, audio, ended } as unknown as Utterance);
    return (end) => {
      audio.close();
      finish({ end, reason: 'silence' });
    };
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function* read(audio: AsyncIterable<unknown>, ...results: Recognition[]): AsyncGenerator<Recognition> {
  yield* results.slice(0, -1);
  for await (const _ of audio);
  yield* results.slice(-1);
}

describe('a transcription', () => {
  it('has the words of a function, with who said them and when', async () => {
    const rig = new Rig(({ language, participant }) =>
      Promise.resolve(`${participant?.displayName} ${language}`),
    );
    rig.says('ada', 2_000)(3_500);
    await settle();
    await rig.transcription.stop();
    const expected = {
      participant: 'ada',
      name: 'ADA',
      start: 1,
      end: 2.5,
      text: 'ADA en',
      final: true,
      language: 'en',
    };
    expect(rig.told).toEqual([{ id: 'ada-1-1', ...expected }]);
    expect(await rig.transcription.done).toBe(1);
    expect((await rig.transcription.next()).value).toMatchObject(expected);
  });

  it('has what is understood so far, and what it stays at', async () => {
    const rig = new Rig(({ audio }) =>
      read(
        audio,
        { text: 'hel', final: false },
        { text: 'hello', final: true },
        { text: 'worl', final: false },
        { text: 'world', final: false },
      ),
    );
    const end = rig.says('ada', 1_000);
    rig.clock.advance(700);
    await settle();
    end(2_000);
    await rig.transcription.stop();
    expect(rig.told.map(({ end: to, final, id, start, text }) => [id, start, to, text, final])).toEqual([
      ['ada-1-1', 0, 0.7, 'hel', false],
      ['ada-1-1', 0, 0.7, 'hello', true],
      ['ada-1-2', 0.7, 0.7, 'worl', false],
      ['ada-1-2', 0.7, 1, 'world', false],
      ['ada-1-2', 0.7, 1, 'world', true],
    ]);
  });

  it('goes on after a recogniser that failed, and has nothing of silence', async () => {
    const answers: (() => Promise<string | undefined>)[] = [
      () => Promise.reject(new Error('no model')),
      () => Promise.resolve('  '),
      () => Promise.resolve(undefined),
      () => Promise.resolve('words'),
    ];
    const rig = new Rig(() => answers.shift()?.());
    for (const id of ['a', 'b', 'c', 'd']) rig.says(id, 1_000)(2_000);
    await settle();
    await rig.transcription.stop();
    expect(rig.told.map(({ text }) => text)).toEqual(['words']);
    expect(rig.warnings).toEqual(['recogniser-failed: recognising what A said: no model']);
  });

  it('takes so many at a time', async () => {
    const answers: ((text: string) => void)[] = [];
    const rig = new Rig(() => new Promise((resolve) => answers.push(resolve)), 2);
    for (const id of ['a', 'b', 'c']) rig.says(id, 1_000)(2_000);
    await settle();
    expect(answers).toHaveLength(2);
    answers[0]?.('first');
    await settle();
    expect(answers).toHaveLength(3);
    answers[1]?.('second');
    answers[2]?.('third');
    await rig.transcription.stop();
    expect(rig.told.map(({ text }) => text)).toEqual(['first', 'second', 'third']);
  });

  it('does not wait for words when it is told to end now', async () => {
    const rig = new Rig(
      ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    rig.says('ada', 1_000);
    await settle();
    await rig.transcription.stop({ now: true });
    expect(await rig.transcription.done).toBe(0);
    expect(rig.warnings).toEqual([]);
  });

  it('leaves out what a recogniser is too slow for, and asks it for nothing once it is told to end now', async () => {
    let asked = 0;
    const rig = new Rig(() => {
      asked += 1;
      return new Promise(() => {});
    }, 2);
    for (let count = 0; count < 40; count += 1) rig.says('ada', 1_000)(2_000);
    await settle();
    expect(rig.warnings).toHaveLength(6);
    expect(rig.warnings[0]).toContain(
      'recogniser-slow: recognising what ADA said: 32 utterances wait already',
    );
    await rig.transcription.stop({ now: true });
    expect(asked).toBe(2);
  });
});
