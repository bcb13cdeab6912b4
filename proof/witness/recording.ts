/** A recording as others find it: the timeline, and what ffprobe sees in the files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedFile, TimelineEntry } from '../../src/media/recording/timeline.ts';
import { probe, type ProbedPacket } from '../../test/support/probe.ts';

export interface ProbedRecording extends RecordedFile {
  path: string;
  /** ms since the epoch */
  startedAt: number;
  packets: ProbedPacket[];
  /** s, as ffprobe says */
  probedDuration: number;
  complaints: string;
}

export interface Recording {
  state: string;
  events: TimelineEntry[];
  files: ProbedRecording[];
  /** ms since the epoch */
  startedAt: number;
}

export function readRecording(directory: string): Recording {
  const { events, files, startedAt, state } = JSON.parse(
    readFileSync(join(directory, 'timeline.json'), 'utf8'),
  ) as { events: TimelineEntry[]; files: RecordedFile[]; startedAt: string; state: string };
  const start = Date.parse(startedAt);
  return {
    state,
    events,
    startedAt: start,
    files: files.map((file) => {
      const path = join(directory, file.path);
      const { complaints, duration, packets } = probe(path);
      const begins = start + file.offset * 1000;
      return { ...file, path, startedAt: begins, packets, probedDuration: duration, complaints };
    }),
  };
}
