/** What is said in a conference, as text. */
import { steadyClock } from '../../base/clock.ts';
import { messageOf, MediaError } from '../../base/errors.ts';
import { SerialQueue } from '../../base/serial-queue.ts';
import {
  callback,
  checkArgument,
  checkOptions,
  duration,
  flag,
  type Kinds,
  limit,
  oneOf,
  text,
  abortSignal,
} from '../../client/check-arguments.ts';
import type { Conference } from '../../client/conference.ts';
import { type UtteranceOptions, utterances } from '../hearing/utterances.ts';
import { CueOrder } from './cue-order.ts';
import { type Recogniser, speechRate } from './recogniser.ts';
import { tellRoom } from './room-messages.ts';
import type { Transcript } from './transcript.ts';
import { TranscriptFile } from './transcript-file.ts';
import { Transcription, type TranscriptSink } from './transcription.ts';

export interface TranscribeOptions
  extends Pick<UtteranceOptions, 'silence' | 'minLength' | 'maxLength' | 'levels' | 'signal'> {
  /** What is expected to be spoken, BCP 47; for the recogniser. */
  language?: string;
  /** A file for all final results, `.srt`, `.vtt` or `.json`; one that is there is not written over. */
  output?: string;
  /** Says final results in the room's chat. Default false. */
  toChat?: boolean;
  /** Tells the room as Jitsi's own transcribers do, partial results too, so that interfaces show subtitles. Default false. */
  toRoom?: boolean;
  /** Utterances that are recognised at a time. Default 8. */
  atOnce?: number;
}

const kinds: Kinds<TranscribeOptions> = {
  silence: duration,
  minLength: duration,
  maxLength: duration,
  levels: oneOf('auto', 'header', 'sound'),
  signal: abortSignal,
  language: text,
  output: text,
  toChat: flag,
  toRoom: flag,
  atOnce: limit,
};

/** Chat messages that wait to be confirmed; of more the last are left out. */
const mostUnsaid = 100;

/**
 * Gives each utterance to a recogniser, several at a time, and its words to whoever reads the result, to its events, to a file, to the chat. It goes on over
 * sessions and reconnections, and ends with the conference, with `signal` or `stop()`. A recogniser that fails is a `warning`, and the next utterance is
 * given to it all the same.
 * @throws UsageError `option-invalid`, `option-unknown`, `argument-invalid`, `transcript-format`, `transcript-unwritable`
 */
export function transcribe(
  conference: Conference,
  recogniser: Recogniser,
  options: TranscribeOptions = {},
): Transcription {
  const tried = 'transcribing';
  checkOptions(tried, kinds, options);
  checkArgument(tried, 'the recogniser', callback, recogniser);
  const { atOnce = 8, language, output, toChat = false, toRoom = false, ...hearing } = options;
  const file =
    output === undefined ? undefined : new TranscriptFile(output, (error) => transcription.warn(error));
  const heard = utterances(conference, {
    maxLength: 30_000,
    ...hearing,
    sampleRate: speechRate,
    channels: 1,
  });
  const transcription = new Transcription({
    heard,
    recogniser,
    language,
    atOnce,
    clock: steadyClock,
    signal: options.signal,
  });
  if (file) transcription.tell(fileSink(file));
  if (toChat) transcription.tell(chatSink(conference, transcription));
  if (toRoom) transcription.tell(roomSink(conference, transcription));
  return transcription;
}

function fileSink(file: TranscriptFile): TranscriptSink {
  const order = new CueOrder((transcript) => file.add(transcript));
  return {
    begun: (speech, start) => order.begun(speech, start),
    add: (transcript) => transcript.final && order.add(transcript),
    ended: (speech) => order.ended(speech),
    close: () => file.close(),
  };
}

function chatSink({ chat }: Conference, transcription: Transcription): TranscriptSink {
  const queue = new SerialQueue();
  let unsaid = 0;
  const say = async ({ name, text: words }: Transcript): Promise<void> => {
    try {
      await chat.send(`${name}: ${words}`);
    } catch (error) {
      transcription.warn(cannotTell('saying words in the chat', error));
    } finally {
      unsaid -= 1;
    }
  };
  return {
    add(transcript) {
      if (!transcript.final) return;
      if (unsaid >= mostUnsaid) {
        transcription.warn(
          cannotTell('saying words in the chat', 'it does not take them as fast as they are said'),
        );
        return;
      }
      unsaid += 1;
      // It never rejects.
      void queue.run(() => say(transcript));
    },
    close: () => queue.run(() => Promise.resolve()),
  };
}

function roomSink(conference: Conference, transcription: Transcription): TranscriptSink {
  return {
    add(transcript) {
      try {
        tellRoom(conference, transcript);
      } catch (error) {
        transcription.warn(cannotTell('telling the room what was said', error));
      }
    },
  };
}

function cannotTell(tried: string, error: unknown): MediaError {
  return new MediaError(`${tried}: ${messageOf(error)}`, { code: 'transcript-untold', cause: error });
}
