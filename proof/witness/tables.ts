/** The figures of scenes, as Markdown. */
import { farthest, spreadOf, table } from './figures.ts';
import type { FilmResult } from './film-scene.ts';
import type { PlayResult } from './play-scene.ts';
import type { RecordResult } from './judge-recording.ts';
import type { SayResult } from './say-scene.ts';

/** Times in ms, least / median / most where there are three; silence in dB. */
export function recordTable({ gaps, length, pictures, speech, unwritten }: RecordResult): string {
  const sound = table(
    [
      'of',
      'speeches',
      'packets',
      'missing',
      'in gaps',
      'foreign',
      'late',
      'longer',
      'heard',
      'alike',
      'silence',
    ],
    speech.map((its) => [
      its.name,
      its.speeches,
      its.packets,
      its.missing,
      its.inGaps,
      its.foreign,
      range(its.late),
      farthest(its.longer).toFixed(1),
      range(its.heard),
      its.heard.length > 0 ? its.correlation.toFixed(4) : '–',
      its.silence.toFixed(0),
    ]),
  );
  const seen = table(
    ['of', 'pictures', 'missing', 'foreign', 'uneven', 'late'],
    pictures.map((its) => [
      its.name,
      its.pictures,
      its.missing,
      its.foreign,
      its.uneven.toFixed(1),
      range(its.late),
    ]),
  );
  const facts = [
    `${length.toFixed(1)} s`,
    ...(gaps.length > 0 ? [`gaps of ${gaps.length} sources, s: ${range(gaps)}`] : []),
    ...(unwritten.length > 0 ? [`before SIGKILL, ms: ${range(unwritten)}`] : []),
  ];
  return `${sound}\n\n${seen}\n\n${facts.join('; ')}`;
}

export function filmTable({ made, pictures, still }: FilmResult): string {
  const seen = table(
    ['codec', 'container', 'pictures', 'missing', 'foreign', 'uneven'],
    pictures.map((its) => [
      its.codec,
      its.container,
      its.pictures,
      its.missing,
      its.foreign,
      its.uneven.toFixed(1),
    ]),
  );
  if (made.length === 0) return seen;
  const all = table(
    ['file of all', 'longer, s', 'speeches', 'heard', 'alike'],
    made.map((its) => [
      its.path.slice(its.path.lastIndexOf('/') + 1),
      its.longer.toFixed(3),
      its.speeches,
      its.heard.toFixed(1),
      its.correlation.toFixed(2),
    ]),
  );
  return `${seen}\n\n${all}\n\na picture of it: ${still}`;
}

export function playTable(its: PlayResult): string {
  const { least, median } = its.correlation;
  return table(
    [
      's',
      'windows of 1 s',
      'alike, least',
      'median',
      'drift',
      'jitter',
      'underruns',
      'concealed, s',
      'dropped, s',
    ],
    [
      [
        its.seconds,
        its.windows,
        least.toFixed(5),
        median.toFixed(5),
        its.drift.toFixed(2),
        its.jitter.toFixed(2),
        its.underruns,
        its.concealed,
        its.dropped,
      ],
    ],
  );
}

export function sayTable({ cleared, said, spoken }: SayResult): string {
  return table(
    ['', 'times', 'ms'],
    [
      ['a tone of jcli say is heard', said.length, range(said)],
      ['a tone of a speaker is heard', spoken.length, range(spoken)],
      ['it is silent when it is cleared', cleared.length, range(cleared)],
    ],
  );
}

function range(values: readonly number[]): string {
  const spread = spreadOf(values);
  return spread
    ? `${spread.least.toFixed(1)} / ${spread.median.toFixed(1)} / ${spread.most.toFixed(1)}`
    : '–';
}
