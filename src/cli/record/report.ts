/** What `record` prints: lines for people, objects for programs. The objects' field names are a promise. */
import { defined } from '../../base/defined.ts';
import type { Recorder, RecordingEnd } from '../../media/recording/recorder.ts';
import type { RecordedFile, TimelineEntry } from '../../media/recording/timeline.ts';
import { type Column, inColumns } from '../media/columns.ts';
import type { Output } from '../streams/output.ts';
import { printable } from '../streams/printable.ts';

const columns: readonly Column[] = [
  { title: 'participant', isWords: true, shortest: 8 },
  { title: 'file', isWords: true, shortest: 12 },
  { title: 'codec', isWords: true, dispensable: 1 },
  { title: 'from' },
  { title: 'length' },
  { title: 'bytes', dispensable: 2 },
];

export function progressRecord({ statistics }: Recorder): object {
  const { duration: at, ...rest } = statistics;
  return { type: 'progress', at, ...rest };
}

export function progressLine({ statistics }: Recorder): string {
  const { bytes, duration, files, gaps, sources } = statistics;
  const parts = [
    `recording ${clockTime(duration)}`,
    size(bytes),
    `${sources} ${sources === 1 ? 'source' : 'sources'}`,
    `${files} ${files === 1 ? 'file' : 'files'}`,
  ];
  return [...parts, ...(gaps > 0 ? [`${gaps} ${gaps === 1 ? 'gap' : 'gaps'}`] : [])].join(', ');
}

export function summaryRecord(end: RecordingEnd): object {
  const { bytes, composed, directory, duration, encrypted, files, gaps, mixed, reason } = end;
  const made = defined({ mixed, composed });
  return { type: 'summary', directory, duration, bytes, files, gaps, encrypted, ...made, reason };
}

export function summaryTable({ files }: RecordingEnd, width: number): string[] {
  const rows = files.map((file) => [
    printable(file.name),
    file.path.slice(file.path.lastIndexOf('/') + 1),
    file.codec,
    clockTime(file.offset),
    clockTime(file.duration),
    String(file.bytes),
  ]);
  return inColumns(columns, rows, width);
}

/** What happens to sources. */
export function reportRecorder(recorder: Recorder, output: Output): void {
  recorder.on('fileOpened', ({ file }) => output.news(fileRecord(file), fileWords(file)));
  recorder.on('noted', ({ entry }) => {
    const words = wordsOf(entry);
    if (words !== undefined) output.news(entry, words);
  });
  recorder.on('warning', ({ error }) => output.warn(error.message));
}

function fileRecord({ codec, kind, name, offset, participant, path, source }: RecordedFile): object {
  return { type: 'file', path, participant, name, source, kind, codec, offset };
}

function fileWords({ codec, kind, name, path }: RecordedFile): string {
  return `${name}: ${kind} (${codec}) in ${path.slice(path.lastIndexOf('/') + 1)}`;
}

function wordsOf(entry: TimelineEntry): string | undefined {
  switch (entry.type) {
    case 'gap':
      return `${entry.source}: ${entry.duration} s of ${entry.kind} are missing at ${clockTime(entry.at)} (${entry.reason})`;
    case 'source-encrypted':
      return `${entry.name}: ${entry.kind} is encrypted from end to end, and not recorded`;
    default:
      return undefined;
  }
}

/** From seconds. */
function clockTime(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), Math.floor(seconds % 60)];
  const hours = Math.floor(minutes / 60);
  const tail = `${String(minutes % 60).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
