/** What is sent and received, as a table for people. */
import { printable } from '../streams/printable.ts';
import { type Column, inColumns } from './columns.ts';
import type { MediaSummary, Rates, ReceivedFigures, SentFigures, StatsRecord } from './record.ts';

type Row = readonly string[];

const name: Column = { title: 'participant', isWords: true, shortest: 8 };
const source: Column = { title: 'source', isWords: true, shortest: 8 };
const liveColumns: readonly Column[] = [
  name,
  source,
  { title: 'codec', isWords: true, dispensable: 2 },
  { title: 'size', dispensable: 3 },
  { title: 'fps' },
  { title: 'kbit/s' },
  { title: 'loss' },
  { title: 'jitter', dispensable: 1 },
];
const finalColumns: readonly Column[] = [
  name,
  source,
  { title: 'codec', isWords: true, dispensable: 1 },
  { title: 'packets' },
  { title: 'bytes', dispensable: 2 },
  { title: 'frames' },
  { title: 'key frames', dispensable: 3 },
  { title: 'lost' },
];
/** Where there were any. */
const gapsColumn: Column = { title: 'gaps', dispensable: 4 };
const longestName = 20;
/** What stands for our own name. */
const us = '(sent)';

/** The last second, `width` characters wide at most. */
export function liveTable({ sent, received, dominantSpeaker }: StatsRecord, width: number): string[] {
  const rows = [
    ...sent.map((figures) => liveRow(marked(us, isOf(dominantSpeaker, figures)), figures)),
    ...sorted(received).map((figures) =>
      liveRow(marked(nameIn(figures), isOf(dominantSpeaker, figures)), figures),
    ),
  ];
  return inColumns(liveColumns, rows, width);
}

/** The whole time, `width` characters wide at most. */
export function finalTable({ sent, received }: MediaSummary, width: number): string[] {
  const rows = [
    ...sent.sources.map((figures) =>
      finalRow(us, figures, figures.nacks === 0 ? '' : `${figures.nacks} asked for`),
    ),
    ...sorted(received).map((figures) => finalRow(nameIn(figures), figures, String(figures.lost))),
  ];
  const hasGaps = [...sent.sources, ...received].some(({ gaps }) => gaps > 0);
  return inColumns(hasGaps ? [...finalColumns, gapsColumn] : finalColumns, rows, width);
}

/** By participant. */
function sorted<Each extends ReceivedFigures>(figures: readonly Each[]): Each[] {
  const key = ({ participant, source }: Each): string => `${participant}\n${source}`;
  return [...figures].sort((one, other) => key(one).localeCompare(key(other)));
}

function nameIn({ participant }: ReceivedFigures): string {
  return Array.from(printable(participant)).slice(0, longestName).join('');
}

function isOf(endpointId: string | null, { source }: { source: string }): boolean {
  return endpointId !== null && source.startsWith(`${endpointId}-`);
}

function marked(name: string, isSpeaking: boolean): string {
  return isSpeaking ? `${name} *` : name;
}

function liveRow(name: string, figures: (SentFigures | ReceivedFigures) & Rates): Row {
  const { source, kind, codec, width, height, fps, kbps, loss } = figures;
  const size = width === null || height === null ? '' : `${width}x${height}`;
  const jitter = 'jitter' in figures ? `${figures.jitter.toFixed(1)} ms` : '';
  return [
    name,
    printable(source),
    printable(codec ?? ''),
    size,
    kind === 'video' ? pictures(fps, figures) : '',
    kbps.toFixed(0),
    `${loss.toFixed(1)} %`,
    jitter,
  ];
}

/** Nothing is sent that nobody wants to see, and then 0 is no fault; nor does what the bridge keeps back come. */
function pictures(fps: number, figures: SentFigures | ReceivedFigures): string {
  if ('suspended' in figures && figures.suspended) return 'suspended';
  return fps === 0 && 'wantedHeight' in figures && figures.wantedHeight === 0 ? 'unwatched' : fps.toFixed(0);
}

function finalRow(name: string, figures: SentFigures | ReceivedFigures, lost: string): Row {
  const { source, kind, codec, packets, bytes, frames, keyFrames, gaps, longestGap } = figures;
  const counts = kind === 'video' ? [String(frames), String(keyFrames)] : ['', ''];
  return [
    name,
    printable(source),
    printable(codec ?? ''),
    String(packets),
    String(bytes),
    ...counts,
    lost,
    gapsIn(gaps, longestGap),
  ];
}

function gapsIn(count: number, longest: number | null): string {
  return count === 0 || longest === null ? '' : `${count}, up to ${(longest / 1000).toFixed(1)} s`;
}
