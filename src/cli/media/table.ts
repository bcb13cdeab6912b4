/** What is sent and received, as a table for people. */
import { printable } from '../streams/printable.ts';
import type { MediaSummary, Rates, ReceivedFigures, SentFigures, StatsRecord } from './record.ts';

type Row = readonly string[];

const liveHead: Row = ['participant', 'source', 'codec', 'size', 'fps', 'kbit/s', 'loss', 'jitter'];
const finalHead: Row = ['participant', 'source', 'codec', 'packets', 'bytes', 'frames', 'key frames', 'lost'];
/** Columns that are words, and not numbers. */
const words = 3;
const longestName = 20;
/** What stands for our own name. */
const us = '(sent)';

/** The last second. */
export function liveTable({ sent, received, dominantSpeaker }: StatsRecord): string[] {
  const rows = [
    ...sent.map((figures) => liveRow(marked(us, isOf(dominantSpeaker, figures)), figures)),
    ...sorted(received).map((figures) =>
      liveRow(marked(nameIn(figures), isOf(dominantSpeaker, figures)), figures),
    ),
  ];
  return aligned([liveHead, ...rows]);
}

/** The whole time. */
export function finalTable({ sent, received }: MediaSummary): string[] {
  const rows = [
    ...sent.sources.map((figures) =>
      finalRow(us, figures, figures.nacks === 0 ? '' : `${figures.nacks} asked for`),
    ),
    ...sorted(received).map((figures) => finalRow(nameIn(figures), figures, String(figures.lost))),
  ];
  return aligned([finalHead, ...rows]);
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
    codec ?? '',
    size,
    kind === 'video' ? fps.toFixed(0) : '',
    kbps.toFixed(0),
    `${loss.toFixed(1)} %`,
    jitter,
  ];
}

function finalRow(name: string, figures: SentFigures | ReceivedFigures, lost: string): Row {
  const { source, kind, codec, packets, bytes, frames, keyFrames } = figures;
  const pictures = kind === 'video' ? [String(frames), String(keyFrames)] : ['', ''];
  return [name, printable(source), codec ?? '', String(packets), String(bytes), ...pictures, lost];
}

function aligned(rows: readonly Row[]): string[] {
  const widths = liveHead.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column < words ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
