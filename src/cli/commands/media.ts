/**
 * `jcli media`: takes part in audio and video. What the others send is counted, not decoded; files or built-in clips are sent. It stays
 * over any number of media sessions, until Ctrl-C or for `--duration`.
 */
import { once } from 'node:events';
import { steadyClock } from '../../base/clock.ts';
import { defined } from '../../base/defined.ts';
import { startInterval } from '../../base/timer.ts';
import { sendClip } from '../../media/clips/send-clip.ts';
import { unmuteOnce } from '../../media/clips/unmute-once.ts';
import { reportPeople } from '../chat/room-report.ts';
import { showRecord } from '../chat/show.ts';
import { isOver, type Visit, visit } from '../data/visit.ts';
import type { CommandContext, EnterOptions } from '../visit/enter.ts';
import { exitCode } from '../exit-codes.ts';
import type { CliIo } from '../streams/io.ts';
import type { MediaFlags } from '../media/flags.ts';
import { LiveTable, widthOf } from '../media/live-table.ts';
import { reportMedia } from '../media/media-report.ts';
import { MediaMeter } from '../media/meter.ts';
import { type MediaPlan, planMedia } from '../media/plan.ts';
import type { MediaSummary } from '../media/record.ts';
import { SessionCount } from '../media/session-count.ts';
import { finalTable, liveTable } from '../media/table.ts';
import type { Output } from '../streams/output.ts';
import { reportTransport } from '../visit/transport-report.ts';

/** ms */
const interval = 1000;

export async function media(
  url: string | undefined,
  flags: MediaFlags,
  context: CommandContext,
): Promise<number> {
  const plan = await planMedia(url, flags);
  let summary: MediaSummary | undefined;
  const stayIn = (stay: Visit): Promise<number> =>
    takePart(stay, plan, flags, context, (made) => {
      summary = made;
    });
  try {
    return await visit(plan.url, flags, context, stayIn, mediaOptions(flags));
  } finally {
    // The last word, however it ended.
    if (summary) showSummary(summary, context);
  }
}

function mediaOptions({ bridge, engine, iceTransportPolicy, codec: codecs }: MediaFlags): EnterOptions {
  return defined({ media: true, bridge, engine, iceTransportPolicy, codecs });
}

/** @param done gets what was sent and received, however it ended @returns the exit code */
async function takePart(
  { conference, signal }: Visit,
  { clips }: MediaPlan,
  { maxHeight, lastN, timeout }: MediaFlags,
  { io, output }: CommandContext,
  done: (summary: MediaSummary) => void,
): Promise<number> {
  const sessions = new SessionCount(conference);
  const sent = clips.map((clip) => ({
    clip,
    track: conference.addTrack({ kind: clip.kind, codec: clip.codec }),
  }));
  for (const { track } of sent) unmuteOnce(track);
  const meter = new MediaMeter(conference, sent, sessions, () => performance.now());
  const table = isForPeople(io, output) ? new LiveTable(io, output) : undefined;
  reportPeople(conference, (record) => showRecord(record, output));
  reportTransport(conference, output);
  reportMedia(conference, output, () => signal.aborted || io.signal.aborted);
  conference.requestVideo(defined({ maxHeight, lastN }));
  const players = sent.map(({ clip, track }) => sendClip(track, clip, steadyClock));
  const stopTicking = startInterval(interval, () => {
    sessions.look();
    const stats = meter.look();
    if (output.json) output.object(stats);
    else table?.show((width) => liveTable(stats, width));
  });
  try {
    if (conference.participants.size === 0)
      output.status('* waiting for somebody else: media begins when two are in the room');
    if (!conference.session) await conference.nextSession(defined({ signal, timeout }));
    if (!signal.aborted) await once(signal, 'abort');
  } catch (error) {
    if (!isOver(error)) throw error;
  } finally {
    stopTicking();
    for (const player of players) player.stop();
    table?.end();
    done(meter.summary());
  }
  // Why it did not was said.
  return sessions.neverConnected ? exitCode.media : exitCode.ok;
}

function showSummary(summary: MediaSummary, { io, output }: CommandContext): void {
  if (isForPeople(io, output)) for (const line of finalTable(summary, widthOf(io.stdout))) output.data(line);
  else output.object(summary);
}

/** Somebody looks at it, and did not ask for JSON. */
function isForPeople({ stdout }: CliIo, { json }: Output): boolean {
  return stdout.isTTY === true && !json;
}
