/** `jcli listen`: what one participant says, or everybody, as samples on stdout or in a WAV file, in real time. */
import { UsageError } from '../../base/errors.ts';
import { defined } from '../../base/defined.ts';
import { steadyClock } from '../../base/clock.ts';
import { startTimer } from '../../base/timer.ts';
import { mixOf } from '../../media/hearing/mix.ts';
import type { MixStream } from '../../media/hearing/mix-stream.ts';
import { endOf } from '../../media/sound/pcm-block.ts';
import { reportPeople } from '../chat/room-report.ts';
import { showRecord } from '../chat/show.ts';
import { announce, isOver, type Visit, visit, VisitOver } from '../data/visit.ts';
import { exitCode } from '../exit-codes.ts';
import { HeardMeter, type ListenSummary } from '../listen/meter.ts';
import type { ListenFlags } from '../listen/flags.ts';
import { Person } from '../listen/person.ts';
import { ListenProgress } from '../listen/progress.ts';
import { Unheard } from '../listen/unheard.ts';
import { type SoundSink, stdoutSink, wavFile } from '../listen/sound-sink.ts';
import { checkMediaEngine } from '../media/engine.ts';
import type { CommandContext } from '../visit/enter.ts';

/** ms: nobody talks with it, so that it can wait for what is late */
const delay = 250;
/** ms that its output may be held up: what is not taken by then is left out */
const limit = 5_000;

export async function listen(
  url: string | undefined,
  flags: ListenFlags,
  context: CommandContext,
): Promise<number> {
  const { io, output } = context;
  const { bridge, channels, engine, iceTransportPolicy, output: path, rate: sampleRate } = flags;
  checkMediaEngine(engine);
  if (path === undefined && io.stdout.isTTY === true)
    throw new UsageError('samples are nothing for a terminal: pipe stdout into a program, or give --output', {
      code: 'listen-output',
    });
  if (path === undefined) output.keepStdoutForBytes();
  const sink = path === undefined ? stdoutSink(io.stdout) : wavFile(path, { sampleRate, channels }, io);
  let summary: ListenSummary | undefined;
  const stayIn = (stay: Visit): Promise<number> =>
    hear(stay, sink, flags, context, (made) => (summary = made));
  try {
    return await visit(url, flags, context, stayIn, { media: true, bridge, engine, iceTransportPolicy });
  } finally {
    sink.close();
    // The last word, however it ended.
    if (summary && (output.json || path !== undefined)) output.object(summary);
  }
}

/** @param done gets what was heard, however it ended @returns the exit code */
async function hear(
  { conference, signal: stay }: Visit,
  sink: SoundSink,
  flags: ListenFlags,
  context: CommandContext,
  done: (summary: ListenSummary) => void,
): Promise<number> {
  const { output } = context;
  const { channels, from, output: path, rate: sampleRate, timeout } = flags;
  const left = new AbortController();
  const signal = AbortSignal.any([stay, left.signal]);
  const meter = new HeardMeter(defined({ from, path }));
  const progress = new ListenProgress(context, meter);
  const unheard = new Unheard(conference.participants, (message) => output.warn(message));
  announce(conference, output);
  conference.requestVideo(0);
  reportPeople(conference, (record) => showRecord(record, output));
  let stream: MixStream | undefined;
  let stopWaiting: () => void = () => {};
  let leftAt = Infinity;
  // What they said last is still to be heard, and to be taken by who is late with it; who takes nothing at all is not waited for.
  const hasLeft = (): void => {
    leftAt = steadyClock.now();
    stopWaiting();
    const longest = stream ? stream.delay + limit : 0;
    stopWaiting = startTimer(longest, () => left.abort(new VisitOver(`${from} has left`)));
  };
  const person = from === undefined ? undefined : new Person(from, conference, hasLeft);
  try {
    if (conference.participants.size === 0)
      output.status('* waiting for somebody else: media begins when two are in the room');
    if (!conference.session) await conference.nextSession(defined({ signal, timeout }));
    if (person) {
      output.status(`* waiting for ${from}`);
      await person.comes(signal);
    }
    output.news({ type: 'listening', from: from ?? null }, `listening to ${from ?? 'everybody'}`);
    const isWanted = ({ endpointId }: { endpointId: string }): boolean => person?.is(endpointId) ?? true;
    stream = mixOf(conference, isWanted, { sampleRate, channels, delay, limit, signal });
    for await (const block of stream) {
      meter.heard(block);
      unheard.look(stream.encrypted);
      progress.show();
      await sink.write(block.samples, signal);
      if (endOf(block) >= leftAt) break;
    }
  } catch (error) {
    if (!isOver(error)) throw error;
  } finally {
    stopWaiting();
    progress.end();
    const summary = meter.summary(stream?.dropped ?? 0, unheard.names);
    done(summary);
    if (summary.dropped > 0)
      output.warn(`what is heard was not taken fast enough: ${summary.dropped} s are missing`);
  }
  if (person && !stream) output.warn(`${from} did not come`);
  return person && !stream ? exitCode.failed : exitCode.ok;
}
