/** `jcli transcribe`: what the others say, as text, until Ctrl-C, for `--duration`, or until the conference ends. */
import { once } from 'node:events';
import { alone as whenAlone } from '../../bot/company.ts';
import { defined } from '../../base/defined.ts';
import { onAbort } from '../../base/on-abort.ts';
import { startTimer } from '../../base/timer.ts';
import { commandRecogniser } from '../../media/transcribing/command-recogniser.ts';
import type { Recogniser } from '../../media/transcribing/recogniser.ts';
import { transcribe as beginTranscription } from '../../media/transcribing/transcribe.ts';
import type { Transcript } from '../../media/transcribing/transcript.ts';
import { webSocketRecogniser } from '../../media/transcribing/web-socket-recogniser.ts';
import { type Visit, visit } from '../data/visit.ts';
import { exitCode } from '../exit-codes.ts';
import type { Output } from '../streams/output.ts';
import type { TranscribeFlags } from '../transcribe/flags.ts';
import type { CommandContext } from '../visit/enter.ts';
import { reportTransport } from '../visit/transport-report.ts';

/** ms for what was said and is not understood yet */
const lastWords = 15_000;

export function transcribe(
  url: string | undefined,
  flags: TranscribeFlags,
  context: CommandContext,
): Promise<number> {
  // Nobody joins for a recogniser that cannot be.
  const recogniser = recogniserFrom(flags);
  const { bridge, engine, iceTransportPolicy } = flags;
  const options = defined({ media: true, bridge, engine, iceTransportPolicy });
  return visit(url, flags, context, (stay) => stayAndTranscribe(stay, recogniser, flags, context), options);
}

async function stayAndTranscribe(
  { conference, signal }: Visit,
  recogniser: Recogniser,
  { alone, language, output: file, partial = false, silence, toChat, toRoom }: TranscribeFlags,
  { io, output }: CommandContext,
): Promise<number> {
  // Nothing of anybody's picture is wanted.
  conference.requestVideo(0);
  reportTransport(conference, output);
  const options = defined({ language, output: file, silence, toChat, toRoom });
  const transcription = beginTranscription(conference, recogniser, options);
  let failed = 0;
  transcription.on('warning', ({ error }) => {
    failed += 1;
    output.warn(error.message);
  });
  transcription.on('transcribed', ({ transcript }) => {
    if (transcript.final || partial) show(transcript, output);
  });
  const over = new AbortController();
  const leaving =
    alone === undefined
      ? undefined
      : whenAlone(conference, { after: alone, signal: over.signal }).then((isAlone) => {
          if (isAlone) output.status('* nobody else is there any more');
          return over.abort();
        });
  const either = AbortSignal.any([signal, over.signal]);
  if (!either.aborted) await once(either, 'abort');
  over.abort();
  await leaving;
  // What was said is still to be understood, unless somebody is in a hurry, or it takes too long.
  const hurry = (): void => void transcription.stop({ now: true });
  const cancel = startTimer(lastWords, hurry);
  const off = onAbort(io.signal, hurry);
  await transcription.stop();
  cancel();
  off();
  const count = await transcription.done;
  if (output.json) output.object({ type: 'summary', transcripts: count, failed });
  else output.status(`* ${count} utterances, ${failed} warnings`);
  return exitCode.ok;
}

function recogniserFrom({ recognizer, insecure, proxy }: TranscribeFlags): Recogniser {
  if (!/^wss?:/i.test(recognizer)) return commandRecogniser(recognizer);
  return webSocketRecogniser(recognizer, defined({ insecure, proxy }));
}

function show(transcript: Transcript, output: Output): void {
  if (output.json) output.object({ type: 'transcript', ...transcript });
  else
    output.data(
      `[${transcript.start.toFixed(1)}] ${transcript.name}: ${transcript.text}${transcript.final ? '' : ' …'}`,
    );
}
