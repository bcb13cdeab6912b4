/**
 * `jcli chat`: what is typed or piped in goes to the room, what is said there comes out. It leaves at `/quit`, and when the
 * input has ended and the room has confirmed all of it; with `--duration` only after that time.
 */
import { JitsiError } from '../../base/errors.ts';
import { startTimer } from '../../base/timer.ts';
import type { Conference } from '../../client/conference.ts';
import { joinRoom } from '../../client/join.ts';
import type { ChatRecord } from '../chat/chat-record.ts';
import { isInteractive, openLineInput } from '../chat/line-input.ts';
import { reportRoom } from '../chat/room-report.ts';
import { showRecord } from '../chat/show.ts';
import { carryOut } from '../chat/talk.ts';
import { failIfPutOut } from '../visit/ending.ts';
import { type CommandContext, enter } from '../visit/enter.ts';
import { exitCode } from '../exit-codes.ts';
import type { JoinFlags } from '../flags/join-flags.ts';

export async function chat(
  url: string | undefined,
  flags: JoinFlags,
  context: CommandContext,
): Promise<number> {
  const { io, output } = context;
  const conference = await enter(joinRoom, url, flags, context);
  const report = (record: ChatRecord): void => showRecord(record, output);
  reportRoom(conference, report);
  const { duration } = flags;
  const cancel = startTimer(duration ?? Infinity, () => void conference.leave());
  try {
    const input = await talk(conference, context, report);
    // Who is asked to stay for a time stays also without more to say.
    if (input.quit || duration === undefined) await conference.leave();
    const info = await conference.closed;
    failIfPutOut(info, conference.room);
    return input.failed && !isInteractive(io) ? exitCode.failed : exitCode.ok;
  } finally {
    cancel();
    await conference.leave();
  }
}

/** Carries out every line until the input or the conference ends. A line that fails does not keep the next from being said. */
async function talk(
  conference: Conference,
  { io, output }: CommandContext,
  report: (record: ChatRecord) => void,
): Promise<{ quit: boolean; failed: boolean }> {
  const input = openLineInput(io, output);
  void conference.closed.then(() => input.close());
  let failed = false;
  const shown = new WeakSet<Error>();
  const fail = (error: Error): void => {
    // What fails because we are on our way out needs no words.
    if (shown.has(error) || io.signal.aborted) return;
    shown.add(error);
    failed = true;
    output.error(error);
  };
  // A private message that did not arrive is known later than it was sent.
  conference.on('messageFailed', ({ error }) => fail(error));
  const ports = { conference, report, notice: (text: string) => output.notice(text) };
  try {
    for await (const line of input.lines) {
      try {
        if (!(await carryOut(line, ports))) return { quit: true, failed };
      } catch (error) {
        if (!(error instanceof JitsiError)) throw error;
        fail(error);
      }
    }
    return { quit: false, failed };
  } finally {
    input.close();
  }
}
