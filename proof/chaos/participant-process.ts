/**
 * One participant in a process of its own. It keeps a ledger of all that it does and sees, and does what it is told. Its argument: {@link ParticipantOptions} as
 * JSON.
 */
import { steadyClock } from '../../src/base/clock.ts';
import { type Conference, join, type JoinOptions } from '../../src/index.ts';
import { builtInClip } from '../../src/media/clips/load-clip.ts';
import { type SentClip, sendClip } from '../../src/media/clips/send-clip.ts';
import { type Book, keepLedger } from './keep-ledger.ts';
import { obey } from '../lib/obey.ts';
import { sleep } from './sleep.ts';
import { Talk } from './talk.ts';

const [picture, sound] = await Promise.all([builtInClip('picture'), builtInClip('tone')]);

export interface ParticipantOptions {
  /** Display names. */
  name: string;
  peer: string;
  join: JoinOptions;
}

/** ms */
const closingTime = 15_000;

const { name, peer, join: options } = JSON.parse(process.argv[2] ?? '{}') as ParticipantOptions;
const before = resources();
const conference = await join({ ...options, nick: name });
const book: Book = keepLedger(conference);
const talk = new Talk(conference, book, name, peer);
const clips = mediaOf(conference);
conference.requestVideo(180);

await obey(async (command) => {
  const [activity, detail] = [command.activity as string, command.detail];
  switch (command.do) {
    case 'start':
      if (activity === 'media') for (const clip of clips) clip.start();
      else talk.start(activity, detail as number);
      break;
    case 'stop':
      for (const clip of clips) clip.stop();
      talk.stop();
      break;
    case 'say':
      talk.say(activity, detail as string);
      break;
    case 'forget':
      book.forget();
      break;
    case 'look':
      break;
    case 'leave':
      await conference.leave();
      return leftAfterAWhile();
    default:
      throw new Error(`unknown: ${command.do}`);
  }
  return book.look();
});

function mediaOf(into: Conference): readonly SentClip[] {
  const played = [
    sendClip(into.addTrack({ kind: 'video', codec: picture.codec }), picture, steadyClock),
    sendClip(into.addTrack({ kind: 'audio' }), sound, steadyClock),
  ];
  for (const clip of played) clip.stop();
  return played;
}

/** What is open and does not go away by itself, as connections do that are kept for the next request. */
async function leftAfterAWhile(): Promise<readonly string[]> {
  const deadline = Date.now() + closingTime;
  for (;;) {
    const left = leftOver();
    if (left.length === 0 || Date.now() > deadline) return left;
    await sleep(100);
  }
}

/** What of it all keeps the process alive. */
function leftOver(): readonly string[] {
  const counts = new Map<string, number>();
  for (const kind of before) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return resources().filter((kind) => {
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count - 1);
    return count <= 0;
  });
}

function resources(): readonly string[] {
  return process.getActiveResourcesInfo().filter((kind) => /^(TCP|TLS|UDP|Timeout)/.test(kind));
}
