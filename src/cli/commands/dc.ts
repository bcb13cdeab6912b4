/**
 * `jcli dc`: each line that is typed or piped in goes over the bridge as a text, what comes as texts is printed. It leaves at the
 * input's end when all that was sent has arrived; with `--duration` only after that time.
 */
import { once } from 'node:events';
import { ConnectionError, JitsiError } from '../../base/errors.ts';
import { abortAfter } from '../../base/timer.ts';
import { waitFor } from '../../base/wait-for.ts';
import type { BridgeFlags } from '../flags/bridge-flags.ts';
import { isInteractive, type LineInput, openLineInput } from '../chat/line-input.ts';
import { isBlank } from '../../jitsi/blank-text.ts';
import { reportPeople } from '../chat/room-report.ts';
import { showRecord } from '../chat/show.ts';
import { Flow } from '../data/flow.ts';
import { Hearers } from '../data/hearers.ts';
import { LineKeeper, sendLine } from '../data/line-keeper.ts';
import { reportTexts } from '../data/text-report.ts';
import { untilBridgeOpens, type Visit, VisitOver, visit } from '../data/visit.ts';
import type { Output } from '../streams/output.ts';
import type { CommandContext } from '../visit/enter.ts';
import { exitCode } from '../exit-codes.ts';
import { Pacer } from '../visit/pacing.ts';
import { findParticipant } from '../visit/participants.ts';
import { reportTransport } from '../visit/transport-report.ts';

/** Lines a second that a real bridge passes with ease (media 13), and how many of its queue of 50 may come at once. */
const linesPerSecond = { ws: 1_000, sctp: 200 };
const linesAtOnce = 20;
/** ms that somebody who is in the room may be without a channel: as long as a server keeps a lost participant. */
const longestAbsence = 90_000;
/** ms that the last line may need after Ctrl-D */
const longestFarewell = 3_000;

export function dc(url: string | undefined, flags: BridgeFlags, context: CommandContext): Promise<number> {
  const { io, output } = context;
  return visit(url, flags, context, async (stay) => {
    const { conference, signal } = stay;
    reportPeople(conference, (record) => showRecord(record, output));
    reportTransport(conference, output);
    reportTexts(conference, context, signal);
    await untilBridgeOpens(stay, flags, output);
    const input = openLineInput(io, output);
    signal.addEventListener('abort', () => input.close(), { once: true });
    try {
      if (isInteractive(io)) return await talk(input, stay, flags, context);
      const code = await passOn(input, stay, flags, context);
      if (flags.duration !== undefined && !signal.aborted) await once(signal, 'abort');
      return code;
    } finally {
      input.close();
    }
  });
}

/** Sends what somebody types; a line that cannot be sent does not keep the next from being sent. */
async function talk(
  input: LineInput,
  { conference, signal }: Visit,
  { to }: BridgeFlags,
  { output }: CommandContext,
): Promise<number> {
  const { bridge, participants } = conference;
  let hasSent = false;
  for await (const line of input.lines) {
    if (isBlank(line)) continue;
    try {
      bridge.sendText(to === undefined ? '' : findParticipant(to, participants).id, line);
      hasSent = true;
    } catch (error) {
      if (!(error instanceof JitsiError)) throw error;
      if (!signal.aborted) output.error(error);
    }
  }
  if (hasSent && !signal.aborted) await untilHeard({ conference, signal }, to);
  return exitCode.ok;
}

/** Waits a moment for answers to pings: they come after what was said before. */
async function untilHeard({ conference, signal }: Visit, to: string | undefined): Promise<void> {
  const patience = abortAfter(longestFarewell, () => new VisitOver('the farewell took too long'));
  const either = AbortSignal.any([signal, patience.signal]);
  const hearers = new Hearers({ conference, bridge: conference.bridge, to, signal: either });
  await hearers.gather().catch(() => {});
  patience.cancel();
  hearers.close();
}

/** Who may have lost lines: endpoint ids, or everybody. */
type Lost = readonly string[] | 'all' | undefined;

/** Sends the lines of a pipe as soon as somebody is there to hear them, and stays until they have arrived. */
async function passOn(
  input: LineInput,
  { conference, signal }: Visit,
  { to }: BridgeFlags,
  { output }: CommandContext,
): Promise<number> {
  const { bridge } = conference;
  const waiting = (whom: string): void => output.status(`* waiting for ${whom}`);
  const hearers = new Hearers({ conference, bridge, to, signal, waiting });
  const pacer = new Pacer({
    rate: linesPerSecond[bridge.transport ?? 'ws'],
    burst: linesAtOnce,
    now: () => performance.now(),
  });
  const flow = new Flow(bridge, { pacer, signal });
  const stay = { conference, signal };
  const keeper = new LineKeeper({
    async send(text, mark, id) {
      await flow.before(1);
      await flow.after(await whenOpen(() => sendLine(bridge, id ?? hearers.address, text, mark), stay));
    },
    silent: () => hearers.silent(),
    missed: (ids) => {
      lost = lost === 'all' ? lost : ids;
    },
  });
  // What is said while they are away, or on their way back as we are, nobody hears.
  let lost: Lost = 'all';
  const scatter = (): void => {
    lost = 'all';
  };
  conference.on('reconnecting', scatter);
  bridge.on('down', scatter);
  const gather = async (): Promise<void> => {
    while (lost !== undefined) {
      const whom = lost;
      lost = undefined;
      await untilConnected(stay);
      if (whom === 'all') await hearers.gather();
      else await hearers.reach(whom, longestAbsence);
      await keeper.repeat(whom === 'all' ? undefined : whom.filter((id) => conference.participants.has(id)));
    }
  };
  let [sent, failed] = [0, 0];
  for await (const line of input.lines) {
    await gather();
    try {
      await keeper.say(line);
      sent += 1;
    } catch (error) {
      if (!(error instanceof JitsiError)) throw error;
      output.error(error);
      failed += 1;
    }
  }
  if (
    sent > 0 &&
    !signal.aborted &&
    !(await farewell(hearers, gather, () => lost === undefined, stay, output))
  )
    return exitCode.failed;
  return failed > 0 ? exitCode.failed : exitCode.ok;
}

/** Waits until all that was said has arrived, over interruptions too. @returns whether anybody has it */
async function farewell(
  hearers: Hearers,
  gather: () => Promise<void>,
  areGathered: () => boolean,
  { signal }: Visit,
  output: Output,
): Promise<boolean> {
  for (;;) {
    await gather();
    const { silent, isHeard } = await hearers.settle();
    if (!areGathered() && !signal.aborted) continue;
    if (silent.length > 0)
      output.warn(`not confirmed by ${silent.join(', ')}: the last lines may be missing`);
    return isHeard;
  }
}

/** Waits until there is a connection, and a channel to the bridge. */
async function untilConnected({ conference, signal }: Visit): Promise<void> {
  if (conference.state === 'reconnecting')
    await waitFor((wait) => {
      wait.after(conference.on('reconnected', () => wait.resolve()));
    }, signal);
  await conference.bridge.opened({ signal });
}

/** Sends now or, where the channel is just being opened anew, when that has been done. */
async function whenOpen(send: () => boolean, { conference, signal }: Visit): Promise<boolean> {
  for (;;) {
    try {
      return send();
    } catch (error) {
      if (!(error instanceof ConnectionError) || error.code !== 'bridge-not-open') throw error;
      await conference.bridge.opened({ signal });
    }
  }
}
