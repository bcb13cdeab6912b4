/** `jcli say`: speaks what stdin has, as it comes, and leaves when it is said. */
import { MediaError, UsageError } from '../../base/errors.ts';
import { abortAfter } from '../../base/timer.ts';
import type { Conference } from '../../client/conference.ts';
import type { LocalTrack } from '../../client/media/local/local-track.ts';
import type { WavFormat } from '../../media/sound/wav-reader.ts';
import { Speaker } from '../../media/speaking/speaker.ts';
import { announce, isOver, type Visit, visit } from '../data/visit.ts';
import { exitCode } from '../exit-codes.ts';
import { checkMediaEngine } from '../media/engine.ts';
import type { SayFlags } from '../say/flags.ts';
import { readSound, type Sound } from '../say/input.ts';
import type { CliIo } from '../streams/io.ts';
import type { Output } from '../streams/output.ts';
import { type CommandContext, oneShot } from '../visit/enter.ts';
import { untilPlayedOut } from '../visit/pause.ts';

/** The last object of `say`; what is not known is null. */
interface SaySummary {
  type: 'summary';
  /** Hz, of what came. */
  sampleRate: number | null;
  channels: number | null;
  /** s of sound that came. */
  seconds: number;
  /** s of it that were sent. */
  spoken: number;
  packets: number;
  bytes: number;
}

/** ms from a media session to the bridge */
const patience = 60_000;

export async function say(
  url: string | undefined,
  flags: SayFlags,
  context: CommandContext,
): Promise<number> {
  const { io, output } = context;
  const format = checkFlags(flags, io);
  const { bridge, engine, iceTransportPolicy } = flags;
  const options = { media: true, bridge, engine, iceTransportPolicy, ...oneShot };
  let summary: SaySummary | undefined;
  const stayIn = (stay: Visit): Promise<number> =>
    speak(stay, flags, format, context, (made) => (summary = made));
  try {
    return await visit(url, flags, context, stayIn, options);
  } finally {
    // The last word, however it ended.
    if (summary) output.object(summary);
  }
}

/** @throws UsageError `say-flags`, `say-input`, `engine-no-media` */
function checkFlags({ channels, engine, rate }: SayFlags, { stdin }: CliIo): WavFormat | undefined {
  checkMediaEngine(engine);
  if (stdin.isTTY === true)
    throw new UsageError('there is no sound in what is typed: pipe WAV to stdin, or samples with --rate', {
      code: 'say-input',
    });
  if (rate !== undefined) return { sampleRate: rate, channels: channels ?? 1 };
  if (channels === undefined) return undefined;
  throw new UsageError('--channels is for samples without a header: give their --rate, too', {
    code: 'say-flags',
  });
}

/** @param done gets what was said, however it ended @returns the exit code */
async function speak(
  { conference, signal }: Visit,
  { timeout }: SayFlags,
  given: WavFormat | undefined,
  { io, output }: CommandContext,
  done: (summary: SaySummary) => void,
): Promise<number> {
  announce(conference, output);
  // It only speaks.
  conference.requestAudio({ all: false });
  conference.requestVideo(0);
  // From the beginning, though the format is not known yet: it takes a while until everybody knows of it.
  const track = conference.addTrack({ kind: 'audio' });
  const said = new Said(track);
  const report = (): void => done(said.summary());
  try {
    const sounds = readSound(io.stdin, given, signal);
    // What cannot be said is found out before anybody has come.
    const ready = untilReady(conference, track, signal, timeout, output);
    let [next] = await Promise.all([sounds.next(), ready]);
    for (; next.done !== true; next = await sounds.next()) await said.add(next.value, signal);
    await said.drained(signal);
    await untilPlayedOut(signal);
    return exitCode.ok;
  } catch (error) {
    if (!signal.aborted || !isOver(signal.reason)) throw error;
    if (!io.signal.aborted) output.warn('the time was over before everything was said');
    return exitCode.failed;
  } finally {
    report();
    said.close();
    io.stdin.destroy();
  }
}

/** @throws TimeoutError `no-session`; MediaError `audio-not-sent`; or the signal's reason */
async function untilReady(
  conference: Conference,
  track: LocalTrack,
  signal: AbortSignal,
  timeout: number | undefined,
  output: Output,
): Promise<void> {
  if (conference.participants.size === 0)
    output.status('* waiting for somebody else: media begins when two are in the room');
  if (!conference.session)
    await conference.nextSession(timeout === undefined ? { signal } : { signal, timeout });
  const late = abortAfter(patience, () => new Error('too late'));
  const isReady = await track.ready({ signal: AbortSignal.any([signal, late.signal]) });
  late.cancel();
  signal.throwIfAborted();
  if (!isReady)
    throw new MediaError(
      `the bridge was not reached within ${patience / 1000} s, or does not let us speak; --debug shows why`,
      { code: 'audio-not-sent', retryable: true },
    );
  output.news(
    { type: 'ready', endpointId: conference.endpointId, source: track.sourceName },
    'what comes is heard now',
  );
}

/** What came, and what of it was said. */
class Said {
  readonly #track: LocalTrack;
  #format: WavFormat | undefined;
  #speaker: Speaker | undefined;
  #samples = 0;

  constructor(track: LocalTrack) {
    this.#track = track;
    // Loads the libraries of all: the first word does not wait for them.
    new Speaker({ sampleRate: 44_100 }).close();
  }

  /** Resolves when there is room for more. */
  async add({ format, samples }: Sound, signal: AbortSignal): Promise<void> {
    if (!this.#speaker) {
      this.#format = format;
      this.#speaker = new Speaker({ ...format });
      this.#speaker.attach({ addTrack: () => this.#track });
    }
    this.#samples += samples instanceof Uint8Array ? samples.length / 2 : samples.length;
    await this.#speaker.write(samples, { signal });
  }

  async drained(signal: AbortSignal): Promise<void> {
    await this.#speaker?.drained({ signal });
  }

  summary(): SaySummary {
    const { sampleRate = null, channels = null } = this.#format ?? {};
    const { packets, bytes } = this.#track.statistics;
    const seconds = sampleRate && channels ? this.#samples / sampleRate / channels : 0;
    const spoken = seconds - (this.#speaker?.queued ?? 0) / 1000;
    return {
      type: 'summary',
      sampleRate,
      channels,
      seconds: rounded(seconds),
      spoken: rounded(spoken),
      packets,
      bytes,
    };
  }

  close(): void {
    this.#speaker?.close();
  }
}

function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
