import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { JitsiError } from '../../../../src/index.ts';
import type { Transcript } from '../../../../src/media/transcribing/transcript.ts';
import { TranscriptFile } from '../../../../src/media/transcribing/transcript-file.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'transcript-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

const words = (text: string): Transcript => {
  return { id: text, participant: 'a', name: 'Ada', start: 1, end: 2, text, final: true };
};

const unwanted = (error: JitsiError): void => {
  throw error;
};

it('is whole after each transcript', async () => {
  const path = join(folder(), 'words.json');
  const file = new TranscriptFile(path, unwanted);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual([]);
  file.add(words('wörter'));
  file.add(words('more'));
  await file.close();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual([words('wörter'), words('more')]);
});

it('has subtitles', async () => {
  const path = join(folder(), 'words.VTT');
  const file = new TranscriptFile(path, unwanted);
  file.add(words('hello'));
  await file.close();
  expect(readFileSync(path, 'utf8')).toBe('WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n<v Ada>hello</v>\n');
});

it('is never written over, and says its format', async () => {
  const path = join(folder(), 'words.srt');
  await new TranscriptFile(path, unwanted).close();
  expect(() => new TranscriptFile(path, unwanted)).toThrow(
    expect.objectContaining({ code: 'transcript-unwritable' }),
  );
  expect(() => new TranscriptFile('words.txt', unwanted)).toThrow(/\.srt, \.vtt, \.json/);
});

it('says once that nothing more can be written', async () => {
  const path = join(folder(), 'words.srt');
  const errors: JitsiError[] = [];
  const file = new TranscriptFile(path, (error) => errors.push(error));
  rmSync(path);
  file.add(words('a'));
  file.add(words('b'));
  await file.close();
  expect(errors.map(({ code }) => code)).toEqual(['transcript-unwritable']);
});
