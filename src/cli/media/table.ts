/** What is sent and received, as a table for people. */
import { printable } from '../printable.ts';
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
    ...sent.map((figures) => liveRow(us, figures)),
    ...received.map((figures) => liveRow(nameIn(figures, dominantSpeaker), figures)),
  ];
  return aligned([liveHead, ...rows]);
}

/** The whole time. */
export function finalTable({ sent, received }: MediaSummary): string[] {
  const rows = [
    ...sent.sources.map((figures) =>
      finalRow(us, figures, figures.nacks === 0 ? '' : `${figures.nacks} asked for`),
    ),
    ...received.map((figures) => finalRow(nameIn(figures, null), figures, String(figures.lost))),
  ];
  return aligned([finalHead, ...rows]);
}

function nameIn({ participant, endpointId }: ReceivedFigures, dominantSpeaker: string | null): string {
  const name = Array.from(printable(participant)).slice(0, longestName).join('');
  return endpointId === dominantSpeaker ? `${name} *` : name;
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
