/** `jcli info`: joins, waits for the offer of a media session, prints what is in it, leaves. */
import { defined } from '../../base/defined.ts';
import { MediaError } from '../../base/errors.ts';
import { joinSession } from '../../client/join.ts';
import { parseMeetingAddress } from '../../jitsi/meeting-address.ts';
import { type CommandContext, enter, oneShot } from '../visit/enter.ts';
import { exitCode } from '../exit-codes.ts';
import type { JoinFlags } from '../flags/join-flags.ts';
import { sessionInfo } from '../visit/session-info.ts';

export async function info(
  url: string | undefined,
  flags: JoinFlags,
  context: CommandContext,
): Promise<number> {
  const { output } = context;
  const { origin } = parseMeetingAddress(defined({ url, host: flags.host, room: flags.room }));
  const limits = [flags.timeout, flags.duration].filter((limit) => limit !== undefined);
  const sessionTimeout = limits.length === 0 ? undefined : Math.min(...limits);
  output.status(`joining at ${origin}; the focus offers a media session when somebody else is there`);
  const conference = await enter(joinSession, url, flags, context, {
    ...oneShot,
    ...defined({ sessionTimeout }),
  });
  try {
    const { session } = conference;
    if (!session) {
      throw new MediaError('reading the offer: the focus has taken it back already; try again', {
        code: 'session-ended',
        retryable: true,
      });
    }
    output.object(sessionInfo(origin, conference, session), { pretty: true });
    return exitCode.ok;
  } finally {
    await conference.leave();
  }
}
