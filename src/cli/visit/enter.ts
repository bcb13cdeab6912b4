/** From a command's flags into the room. */
import { readFileSync } from 'node:fs';
import { defined } from '../../base/defined.ts';
import { messageOf, UsageError } from '../../base/errors.ts';
import type { Conference } from '../../client/conference.ts';
import type { JoinOptions } from '../../client/join-options.ts';
import { JoinError } from '../../jitsi/join-error.ts';
import type { CliIo } from '../streams/io.ts';
import type { JoinFlags } from '../flags/join-flags.ts';
import { reportConnection } from './connection-report.ts';
import { serverWords } from './server-words.ts';
import { commandLogger } from '../streams/logger.ts';
import type { Output } from '../streams/output.ts';
import { accountFrom, askSecret, canAsk, secretsFrom } from '../streams/secrets.ts';
import { openWireFile } from '../streams/wire-file.ts';

/** What every command gets besides its flags. */
export interface CommandContext {
  io: CliIo;
  output: Output;
}

/** `join`, `joinRoom` or `joinSession`. */
export type JoinWay = {
  (url: string, options?: JoinOptions): Promise<Conference>;
  (options: JoinOptions): Promise<Conference>;
};

/** What a command decides about joining, besides the flags of all. `reconnect`: where the flag is not given. */
export type EnterOptions = Pick<
  JoinOptions,
  'sessionTimeout' | 'media' | 'bridge' | 'engine' | 'iceTransportPolicy' | 'codecs' | 'reconnect'
>;

/** For commands that have one thing to do: somebody waits for it. */
export const oneShot: Pick<EnterOptions, 'reconnect'> = { reconnect: { maxTime: 60_000 } };

/** How often a password may be typed. */
const passwordTries = 3;

/** Joins; asks for the room's password if it is needed, not given, and there is somebody to ask. */
export async function enter(
  way: JoinWay,
  url: string | undefined,
  flags: JoinFlags,
  context: CommandContext,
  more: EnterOptions = {},
): Promise<Conference> {
  const { io, output } = context;
  const login = flags.login === undefined ? undefined : await accountFrom(flags.login, io);
  io.signal.throwIfAborted();
  const options: JoinOptions = { ...more, ...joinOptions(flags, context), ...defined({ login }) };
  const attempt = (given: JoinOptions): Promise<Conference> =>
    url === undefined ? way(given) : way(url, given);
  let { password } = options;
  for (let tries = 0; ; tries += 1) {
    try {
      const conference = await attempt({ ...options, ...defined({ password }) });
      reportConnection(conference, output);
      conference.on('warning', ({ error }) => output.warn(error.message));
      if (conference.serverAuth) output.status(serverWords(conference.serverAuth));
      return conference;
    } catch (error) {
      if (options.password !== undefined || tries === passwordTries || !wantsPassword(error) || !canAsk(io))
        throw error;
      password = await askSecret(
        io,
        tries === 0 ? 'Password of the room: ' : 'Wrong. Password of the room: ',
      );
      if (password === undefined) throw error;
    }
  }
}

function joinOptions(flags: JoinFlags, { io, output }: CommandContext): JoinOptions {
  const { host, room, nick, endpointId, userAgent, transport, reconnect } = flags;
  const { ca, insecure, pinnedKeys, proxy = 'environment' } = flags;
  const { xmppDomain, muc, focus, websocket, conferenceRequestUrl } = flags;
  return defined({
    ...secretsFrom(defined({ password: flags.password, token: flags.token }), io.env),
    host,
    room,
    nick,
    endpointId,
    insecure,
    ca: ca === undefined ? undefined : readCa(ca),
    pinnedKeys,
    proxy,
    userAgent,
    transport,
    reconnect,
    xmppDomain,
    muc,
    focus,
    websocket,
    conferenceRequestUrl,
    signal: io.signal,
    logger: commandLogger(output, flags.debug === true),
    wire: flags.wire === undefined ? undefined : openWireFile(flags.wire, io),
  });
}

/** @throws UsageError `ca-unreadable` */
function readCa(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`reading the certificates of --ca ${path}: ${messageOf(cause)}`, {
      code: 'ca-unreadable',
      cause,
    });
  }
}

function wantsPassword(error: unknown): boolean {
  return error instanceof JoinError && ['password-required', 'password-wrong'].includes(error.code);
}
