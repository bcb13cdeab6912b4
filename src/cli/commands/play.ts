/** `jcli play`: plays files, addresses of the web or stdin in a room, one after the other, and leaves when all is played. */
import { defined } from '../../base/defined.ts';
import { onAbort } from '../../base/on-abort.ts';
import { startInterval } from '../../base/timer.ts';
import type { AudioPlayer } from '../../media/speaking/player/audio-player.ts';
import { LiveLine } from '../bench/live-line.ts';
import { reportPeople } from '../chat/room-report.ts';
import { showRecord } from '../chat/show.ts';
import { type Visit, visit } from '../data/visit.ts';
import { exitCode } from '../exit-codes.ts';
import { playedLine, type PlaySummary, progressOf, summaryLine } from '../play/figures.ts';
import type { PlayFlags } from '../play/flags.ts';
import { planPlay, type PlayPlan } from '../play/plan.ts';
import type { CommandContext } from '../visit/enter.ts';
import { untilPlayedOut } from '../visit/pause.ts';
import { reportTransport } from '../visit/transport-report.ts';

/** ms */
const interval = 1000;

export async function play(
  url: string | undefined,
  words: readonly string[],
  flags: PlayFlags,
  context: CommandContext,
): Promise<number> {
  const { io, output } = context;
  const plan = planPlay(url, words, flags, io.stdin);
  const { AudioPlayer } = await import('../../media/speaking/player/audio-player.ts');
  const { bridge, engine, iceTransportPolicy, allowPrivate, proxy = 'environment', volume } = flags;
  const loop = flags.loop === true ? (plan.sounds.length === 1 ? 'one' : 'all') : 'none';
  const player = new AudioPlayer({ ...defined({ allowPrivate, volume }), loop, proxy });
  const summary: PlaySummary = {
    type: 'summary',
    files: [],
    played: 0,
    seconds: 0,
    framesSent: 0,
    underruns: 0,
  };
  const stayIn = (stay: Visit): Promise<number> => playIn(stay, player, plan, flags, context, summary);
  try {
    return await visit(plan.url, flags, context, stayIn, {
      media: true,
      bridge,
      engine,
      iceTransportPolicy,
    });
  } finally {
    player.close();
    // The last word, however it ended.
    if (summary.seconds > 0 && output.json) output.object(summary);
    else if (summary.seconds > 0) output.status(summaryLine(summary));
  }
}

async function playIn(
  { conference, signal }: Visit,
  player: AudioPlayer,
  { sounds }: PlayPlan,
  { timeout }: PlayFlags,
  context: CommandContext,
  summary: PlaySummary,
): Promise<number> {
  const { io, output } = context;
  const start = performance.now();
  reportPeople(conference, (record) => showRecord(record, output));
  reportTransport(conference, output);
  player.on('started', ({ sound: { name } }) =>
    output.news({ type: 'started', file: name }, `plays ${name}`),
  );
  player.on('finished', ({ sound: { name }, skipped }) => {
    if (skipped) return;
    summary.played += 1;
    if (!summary.files.includes(name)) summary.files.push(name);
    if (output.json) output.object({ type: 'finished', file: name });
  });
  player.on('failed', ({ error }) => output.error(error));
  player.on('underrun', ({ sound: { name } }) =>
    output.warn(`${name} does not come fast enough: there is silence`),
  );
  player.on('warning', ({ error }) => output.warn(error.message));
  player.attach(conference);
  const line =
    io.stderr.isTTY === true && !output.json && !output.quiet ? new LiveLine(io, output) : undefined;
  const stopTicking = startInterval(interval, () => {
    if (output.json) output.object(progressOf(player));
    else line?.show(playedLine(player));
  });
  const off = onAbort(signal, () => player.close());
  let failed = false;
  try {
    if (conference.participants.size === 0)
      output.status('* waiting for somebody else: media begins when two are in the room');
    if (!conference.session) await conference.nextSession(defined({ signal, timeout }));
    for (const sound of sounds) player.enqueue(sound);
    await player.done.catch(() => {
      failed = true;
    });
    await untilPlayedOut(signal).catch(() => {});
  } finally {
    off();
    stopTicking();
    line?.end();
    summary.seconds = Math.round(performance.now() - start) / 1000;
    summary.framesSent = player.framesSent;
    summary.underruns = player.underruns;
  }
  // What went wrong was said.
  return failed && !signal.aborted ? exitCode.media : exitCode.ok;
}
