/** What ffprobe, which nobody here wrote, finds in a media file. */
import { spawnSync } from 'node:child_process';

export interface ProbedPacket {
  /** s */
  time: number;
  /** MD5 of its bytes. */
  hash: string;
  size: number;
}

export interface ProbedFile {
  /** s */
  duration: number;
  packets: ProbedPacket[];
  /** Empty when it likes the file. */
  complaints: string;
}

export function probe(path: string): ProbedFile {
  const args = [
    '-v',
    'warning',
    '-show_packets',
    '-show_data_hash',
    'md5',
    '-show_format',
    '-of',
    'json',
    path,
  ];
  const { stderr, stdout } = spawnSync('ffprobe', args, { encoding: 'utf8', maxBuffer: 1e9 });
  const report = JSON.parse(stdout) as {
    packets?: { pts_time: string; size: string; data_hash: string }[];
    format?: { duration: string };
  };
  return {
    duration: Number(report.format?.duration),
    packets: (report.packets ?? []).map(({ data_hash: hash, pts_time: time, size }) => ({
      time: Number(time),
      hash: hash.replace(/^MD5:/, ''),
      size: Number(size),
    })),
    complaints: stderr,
  };
}
