import { expect, it } from 'vitest';
import { CueOrder } from '../../../../src/media/transcribing/cue-order.ts';
import { srtCue, vttCue } from '../../../../src/media/transcribing/subtitles.ts';
import type { Transcript } from '../../../../src/media/transcribing/transcript.ts';

const transcript = (facts: Partial<Transcript>): Transcript => ({
  id: 'a-1-1',
  participant: 'a',
  name: 'Ada',
  start: 0,
  end: 1,
  text: 'hello',
  final: true,
  ...facts,
});

it('a cue of SubRip', () => {
  expect(srtCue(7, transcript({ start: 3_661.5, end: 3_662.0004 }))).toBe(
    '7\n01:01:01,500 --> 01:01:02,000\nAda: hello\n\n',
  );
});

it('what would be markup, or the end of a cue, is none', () => {
  const evil = transcript({ name: 'A<b>\n\n2', text: 'x --> y\r\n\r\n& <i>z' });
  expect(srtCue(1, evil)).toBe('1\n00:00:00,000 --> 00:00:01,000\nA‹b›  2: x --› y    & ‹i›z\n\n');
  expect(vttCue(evil)).toBe(
    '\n00:00:00.000 --> 00:00:01.000\n<v A&lt;b&gt;  2>x --&gt; y    &amp; &lt;i&gt;z</v>\n',
  );
});

it('cues come in the order of their beginnings', () => {
  const written: string[] = [];
  const order = new CueOrder(({ text }) => written.push(text));
  const [first, second, third] = [{}, {}, {}];
  order.begun(first, 1);
  order.begun(second, 2);
  order.add(transcript({ start: 2, text: 'second' }));
  order.ended(second);
  expect(written).toEqual([]);
  order.begun(third, 5);
  order.add(transcript({ start: 1, text: 'first' }));
  expect(written).toEqual(['first']);
  order.add(transcript({ start: 3, text: 'first goes on' }));
  order.ended(first);
  expect(written).toEqual(['first', 'second', 'first goes on']);
  order.ended(third);
});
