/**
 * `jcli chat`: what is typed or piped in goes to the room, what is said there comes out. It leaves at `/quit`, and when the
 * input has ended and the room has confirmed all of it; with `--duration` only after that time.
 */
import { JitsiError, RefusedError } from '../../base/errors.ts';
import type { Conference } from '../../client/conference.ts';
import { joinRoom } from '../../client/join.ts';
import type { CloseInfo } from '../../conference/io.ts';
import { type ChatRecord, textOf } from '../chat/chat-record.ts';
import { isInteractive, openLineInput } from '../chat/line-input.ts';
import { reportRoom } from '../chat/room-report.ts';
import { carryOut } from '../chat/talk.ts';
import { type CommandContext, enter } from '../enter.ts';
import { exitCode } from '../exit-codes.ts';
import type { JoinFlags } from '../join-flags.ts';
import type { Output } from '../output.ts';
import { printable } from '../printable.ts';

export async function chat(
  url: string | undefined,
  flags: JoinFlags,
  context: CommandContext,
): Promise<number> {
  const { io, output } = context;
  const conference = await enter(joinRoom, url, flags, context);
  const report = (record: ChatRecord): void => show(record, output);
  reportRoom(conference, report);
  const timer =
    flags.duration === undefined ? undefined : setTimeout(() => void conference.leave(), flags.duration);
  try {
    const input = await talk(conference, context, report);
    // Who is asked to stay for a time stays also without more to say.
    if (input.quit || timer === undefined) await conference.leave();
    const info = await conference.closed;
    failIfPutOut(info, conference.room);
    return input.failed && !isInteractive(io) ? exitCode.failed : exitCode.ok;
  } finally {
    clearTimeout(timer);
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

function show(record: ChatRecord, output: Output): void {
  if (output.json) {
    output.object(record);
    return;
  }
  const line = textOf(record);
  if (line?.to === 'data') output.data(output.style('bold', printable(line.name)) + printable(line.text));
  else if (line?.to === 'status') output.status(line.text);
  else if (line) output.notice(line.text);
}

/** Endings that nobody here wanted are failures. */
function failIfPutOut({ reason, text, error }: CloseInfo, room: string): void {
  switch (reason) {
    case 'left':
    case 'destroyed':
      return;
    case 'kicked':
    case 'banned':
    case 'removed': {
      const words = text === undefined ? '' : `: ${text}`;
      throw new RefusedError(`we were put out of ${room} (${reason})${words}`, { code: reason });
    }
    case 'connection-lost':
    case 'join-failed':
      throw error ?? new RefusedError(`${room} was left: ${reason}`, { code: reason });
    default:
      reason satisfies never;
  }
}
