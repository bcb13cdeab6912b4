/** `jcli record`: a file for each source of the others, and a timeline, until Ctrl-C, for `--duration`, or until the conference ends. */
import { once } from 'node:events';
import { defined } from '../../base/defined.ts';
import { startInterval } from '../../base/timer.ts';
import { withResolvers } from '../../base/resolvers.ts';
import { alone as whenAlone } from '../../bot/company.ts';
import type { Conference } from '../../client/conference.ts';
import { findFfmpeg } from '../../media/ffmpeg/find-ffmpeg.ts';
import { prepareDirectory, record as beginRecording } from '../../media/recording/record.ts';
import type { Recorder, RecordingEnd } from '../../media/recording/recorder.ts';
import { isOver, type Visit, visit } from '../data/visit.ts';
import { exitCode } from '../exit-codes.ts';
import { LiveTable, widthOf } from '../media/live-table.ts';
import { SessionCount } from '../media/session-count.ts';
import type { RecordFlags } from '../record/flags.ts';
import {
  progressLine,
  progressRecord,
  reportRecorder,
  summaryRecord,
  summaryTable,
} from '../record/report.ts';
import type { CommandContext, EnterOptions } from '../visit/enter.ts';
import { reportTransport } from '../visit/transport-report.ts';

/** ms */
const interval = 1000;

export async function record(
  url: string | undefined,
  flags: RecordFlags,
  context: CommandContext,
): Promise<number> {
  // Nobody joins to record where nothing can be written.
  const given = flags.directory;
  if (given !== undefined) prepareDirectory(given);
  if (flags.mix || flags.compose) findFfmpeg({ purpose: 'for --mix and --compose' });
  const finished = withResolvers();
  context.io.hold?.(finished.promise);
  try {
    return await visit(
      url,
      flags,
      context,
      (stay) => stayAndRecord(stay, flags, context),
      enterOptions(flags),
    );
  } finally {
    finished.resolve();
  }
}

function enterOptions({ bridge, engine, iceTransportPolicy }: RecordFlags): EnterOptions {
  return defined({ media: true, bridge, engine, iceTransportPolicy });
}

async function stayAndRecord(visited: Visit, flags: RecordFlags, context: CommandContext): Promise<number> {
  const { conference, signal } = visited;
  const { io, output } = context;
  const { audioOnly, chat, compose, container, maxHeight, mix } = flags;
  const sessions = new SessionCount(conference);
  const recorder = beginRecording(
    conference,
    defined({
      directory: flags.directory ?? directoryFor(conference.room, new Date()),
      container,
      chat,
      mix,
      compose,
      video: audioOnly !== true && maxHeight !== 0,
      height: maxHeight === 0 ? undefined : maxHeight,
    }),
  );
  output.status(`* recording into ${recorder.directory}`);
  reportRecorder(recorder, output);
  reportTransport(conference, output);
  const isForPeople = io.stdout.isTTY === true && !output.json;
  const table = isForPeople ? new LiveTable(io, output) : undefined;
  const stopTicking = startInterval(interval, () => {
    sessions.look();
    if (output.json) output.object(progressRecord(recorder));
    else table?.show(() => [progressLine(recorder)]);
  });
  let end: RecordingEnd;
  try {
    await untilOver(visited, flags, recorder, conference, context);
  } finally {
    // Also where nobody came: the summary is the last word, however it ended.
    const stopping = recorder.stop();
    stopTicking();
    table?.end();
    if (mix || compose) output.status('* making one file of all; a second Ctrl-C gives that up');
    end = await stopping;
    if (isForPeople) for (const line of summaryTable(end, widthOf(io.stdout))) output.data(line);
    else output.object(summaryRecord(end));
  }
  if (end.error) throw end.error;
  return sessions.neverConnected && !signal.aborted ? exitCode.media : exitCode.ok;
}

/** Resolves when there is nothing more to record. @throws what waiting for the first session does */
async function untilOver(
  { signal }: Visit,
  { alone = Infinity, timeout }: RecordFlags,
  recorder: Recorder,
  conference: Conference,
  { output }: CommandContext,
): Promise<void> {
  const over = new AbortController();
  void whenAlone(conference, { after: alone, signal: over.signal }).then((isAlone) => {
    if (isAlone) output.status('* nobody else is there any more');
    return over.abort();
  });
  void recorder.done.then(() => over.abort());
  const either = AbortSignal.any([signal, over.signal]);
  try {
    if (conference.participants.size === 0)
      output.status('* waiting for somebody else: media begins when two are in the room');
    if (!conference.session) await conference.nextSession(defined({ signal: either, timeout }));
    if (!either.aborted) await once(either, 'abort');
  } catch (error) {
    if (!over.signal.aborted && !isOver(error)) throw error;
  } finally {
    over.abort();
  }
}

/** The room's name comes from whoever wrote the address. */
function directoryFor(room: string, now: Date): string {
  const safe = room.replace(/[^A-Za-z0-9-]+/g, '-').slice(0, 60);
  return `${safe}-${now.toISOString().slice(0, 19).replaceAll(':', '-')}`;
}
