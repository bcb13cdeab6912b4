/** `jcli snapshot`: joins, waits until the video is there that is wanted, takes one picture of it, leaves. */
import { once } from 'node:events';
import { defined } from '../../base/defined.ts';
import { UsageError } from '../../base/errors.ts';
import { checkFfmpeg } from '../../media/snapshot/convert-picture.ts';
import { snapshot as takeSnapshot } from '../../media/snapshot/snapshot.ts';
import { type Visit, visit } from '../data/visit.ts';
import { exitCode } from '../exit-codes.ts';
import { chooseVideo } from '../snapshot/choose-video.ts';
import { planSnapshot, type SnapshotFlags } from '../snapshot/flags.ts';
import { checkFolder, writeWholeFile } from '../streams/whole-file.ts';
import { type CommandContext, oneShot } from '../visit/enter.ts';
import { nameOf } from '../visit/participants.ts';

/** The object of stdout. */
interface SnapshotRecord {
  type: 'snapshot';
  /** null: stdout has it */
  path: string | null;
  format: string;
  width: number;
  height: number;
  bytes: number;
  participant: string;
  endpointId: string;
  source: string;
  /** ms since the epoch */
  at: number;
}

/** ms that `--timeout` is where it is not given */
const defaultTimeout = 60_000;

export async function snapshot(
  url: string | undefined,
  flags: SnapshotFlags,
  context: CommandContext,
): Promise<number> {
  const { bridge, engine, ffmpeg, iceTransportPolicy } = flags;
  if (engine === 'node-datachannel')
    throw new UsageError('--engine node-datachannel carries data only; for a picture choose werift', {
      code: 'engine-no-media',
    });
  const plan = planSnapshot(flags, new Date());
  if (plan.path !== '-') checkFolder(plan.path);
  checkFfmpeg(undefined, plan.format, ffmpeg);
  const options = defined({ media: true, bridge, engine, iceTransportPolicy });
  return await visit(url, flags, context, (stay) => takeOne(stay, flags, plan, context), {
    ...oneShot,
    ...options,
  });
}

async function takeOne(
  { conference, signal }: Visit,
  { ffmpeg, from, maxHeight, screen = false, timeout = defaultTimeout }: SnapshotFlags,
  { format, path }: ReturnType<typeof planSnapshot>,
  { io, output }: CommandContext,
): Promise<number> {
  const toStdout = path === '-';
  if (toStdout) output.keepStdoutForBytes();
  output.status(`* in ${conference.room}; waiting for ${from ?? 'somebody'} to be seen`);
  const either = AbortSignal.any([signal, io.signal]);
  const track = await chooseVideo(conference, { from, screen }, timeout, either);
  const { participant, sourceName: source } = track;
  output.status(`* taking a picture of ${participant ? nameOf(participant) : track.endpointId}`);
  const taken = await takeSnapshot(track, defined({ format, maxHeight, signal: either, ffmpeg }));
  const { data, height, timestamp, width } = taken;
  if (!toStdout) await writeWholeFile(path, data);
  else if (!io.stdout.write(data)) await once(io.stdout, 'drain', { signal: io.signal });
  const whose = taken.participant ?? participant;
  const record: SnapshotRecord = {
    type: 'snapshot',
    path: toStdout ? null : path,
    format,
    width,
    height,
    bytes: data.length,
    participant: whose ? nameOf(whose) : track.endpointId,
    endpointId: track.endpointId,
    source,
    at: Math.round(timestamp),
  };
  if (!toStdout || output.json) output.object(record);
  return exitCode.ok;
}
