/** A stay in a room with its bridge: joins, does what is to be done, leaves. */
import { ConnectionError } from '../../base/errors.ts';
import { startTimer } from '../../base/timer.ts';
import type { Conference } from '../../client/conference.ts';
import { join } from '../../client/join.ts';
import type { BridgeFlags, ChannelFlags } from '../flags/bridge-flags.ts';
import { failIfPutOut } from '../visit/ending.ts';
import { type CommandContext, enter, type EnterOptions, type JoinWay } from '../visit/enter.ts';
import { exitCode } from '../exit-codes.ts';
import type { Output } from '../streams/output.ts';

export interface Visit {
  conference: Conference;
  /** Aborted with {@link VisitOver} when all is done, the conference has ended, or `--duration` is over. */
  signal: AbortSignal;
}

/** Why waiting in a visit was broken off. It is no failure by itself. */
export class VisitOver extends Error {
  override name = 'VisitOver';
}

/** Whether waiting was broken off because the visit is over; the bridge, which goes with the conference, may be the first to say so. */
export function isOver(error: unknown): boolean {
  if (error instanceof VisitOver) return true;
  return error instanceof ConnectionError && ['bridge-closed', 'conference-ended'].includes(error.code);
}

/** ms from the media session to an open channel: several tries of the slowest one. */
const bridgePatience = 60_000;

/** We are there for the bridge's messages alone: no media is offered to us, and none is sent on our behalf. */
export function bridgeOptions({ bridge, engine, iceTransportPolicy }: ChannelFlags): EnterOptions {
  return { media: false, bridge, engine, iceTransportPolicy };
}

/**
 * @param stay what is done in the room; whatever it waits for, it gives up when the signal says so
 * @param options how it is joined; default: for the bridge's messages alone
 * @param way `join`, or `joinRoom` where no session is wanted
 * @returns the exit code: that of `stay`, or 0 when it was broken off
 */
export async function visit(
  url: string | undefined,
  flags: ChannelFlags,
  context: CommandContext,
  stay: (visit: Visit) => Promise<number>,
  options: EnterOptions = bridgeOptions(flags),
  way: JoinWay = join,
): Promise<number> {
  const conference = await enter(way, url, flags, context, options);
  const over = new AbortController();
  const end = (why: string): void => over.abort(new VisitOver(why));
  void conference.closed.then(() => end('the conference has ended'));
  const cancel = startTimer(flags.duration ?? Infinity, () => end('the time is over'));
  try {
    const code = await stay({ conference, signal: over.signal }).catch((error: unknown) => {
      if (isOver(error)) return exitCode.ok;
      throw error;
    });
    end('all is done');
    await conference.leave();
    failIfPutOut(await conference.closed, conference.room);
    return code;
  } finally {
    cancel();
    await conference.leave();
  }
}

/** Who we are: others send to the id. */
export function announce({ room, nick, endpointId }: Conference, output: Output): void {
  output.status(`* in ${room} as ${nick} (${endpointId})`);
}

/**
 * Waits for the media session, as long as `--timeout` says, and then for the bridge channel.
 * @throws TimeoutError `no-session`, `bridge-not-open`; ConnectionError `bridge-closed`; or the signal's reason
 */
export async function untilBridgeOpens(
  { conference, signal }: Visit,
  { timeout }: BridgeFlags,
  output: Output,
): Promise<void> {
  if (conference.participants.size === 0)
    output.status('* waiting for somebody else: the bridge opens when two are in the room');
  if (!conference.session)
    await conference.nextSession(timeout === undefined ? { signal } : { signal, timeout });
  await conference.bridge.opened({ signal, timeout: bridgePatience });
}
