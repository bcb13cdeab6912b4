/** `jcli sandbox`: the embedded deployment, until Ctrl-C or for `--duration`. */
import { defined } from '../../base/defined.ts';
import { ConnectionError, messageOf } from '../../base/errors.ts';
import { lineLogger, silentLogger } from '../../base/logger.ts';
import { control } from '../../sandbox/control.ts';
import { createSandbox, type Sandbox } from '../../sandbox/index.ts';
import { type LineInput, openLineInput } from '../chat/line-input.ts';
import type { CommandContext } from '../visit/enter.ts';
import { exitCode } from '../exit-codes.ts';
import { pause } from '../visit/pause.ts';
import { commandLogger } from '../streams/logger.ts';
import type { Output } from '../streams/output.ts';
import type { Robots, TalkNews } from '../robots/robots.ts';
import { robotRoom, type SandboxFlags } from '../flags/sandbox-flags.ts';

export async function sandbox(flags: SandboxFlags, context: CommandContext): Promise<number> {
  const { io, output } = context;
  const deployment = await start(flags, output);
  const input = flags.control ? openLineInput(io, output) : undefined;
  let robots: Robots | undefined;
  try {
    if (flags.robots !== undefined) robots = await joinRobots(deployment.url, flags.robots, flags, context);
    announce(deployment, flags, output);
    robots?.talk();
    const obeying = input && obey(deployment, input, output);
    await pause(flags.duration ?? Infinity, io.signal);
    input?.close();
    await obeying;
    return exitCode.ok;
  } finally {
    input?.close();
    await robots?.leave();
    await deployment.close();
  }
}

/** Until stdin ends. */
async function obey(deployment: Sandbox, { lines }: LineInput, output: Output): Promise<void> {
  for await (const line of lines) output.object(control(deployment, line));
}

async function joinRobots(
  url: string,
  count: number,
  flags: SandboxFlags,
  { io, output }: CommandContext,
): Promise<Robots> {
  const { Robots } = await import('../robots/robots.ts');
  const log = lineLogger((line) => output.debug(line), 'debug');
  return Robots.join(
    defined({
      url,
      room: robotRoom,
      password: flags.passwordRoom?.[robotRoom],
      count,
      talk: flags.talk,
      told: (news: TalkNews) => {
        // People have a screen full of it within a minute.
        if (output.json) output.object(news);
      },
      insecure: flags.tls === true,
      logger: (robot: string) => (flags.debug === true ? log.child({ robot }) : silentLogger),
      warn: (message: string) => output.warn(message),
      signal: io.signal,
    }),
  );
}

async function start(flags: SandboxFlags, output: Output): Promise<Sandbox> {
  const { host, port } = flags.listen;
  const { tls, domain, bridge, minParticipants, origin: origins } = flags;
  const rooms = Object.fromEntries(
    Object.entries(flags.passwordRoom ?? {}).map(([name, password]) => [name, { password }]),
  );
  const logger = commandLogger(output, flags.debug === true);
  try {
    return await createSandbox(
      defined({ host, port, tls, domain, origins, bridge, minParticipants, rooms, logger }),
    );
  } catch (error) {
    throw new ConnectionError(
      `listening on ${host}:${port}: ${messageOf(error)}; choose another with --listen`,
      {
        code: 'listen-failed',
        cause: error,
      },
    );
  }
}

function announce({ url, mucDomain }: Sandbox, flags: SandboxFlags, output: Output): void {
  const tls = flags.tls === true;
  if (!['127.0.0.1', '::1', 'localhost'].includes(flags.listen.host))
    output.warn(`others can reach it on ${flags.listen.host}; it is made for tests and checks nobody`);
  if (flags.json) {
    const { bridge, minParticipants } = flags;
    const robots = flags.robots === undefined ? undefined : { count: flags.robots, room: robotRoom };
    output.object({ type: 'ready', url, tls, mucDomain, bridge, minParticipants, ...defined({ robots }) });
    return;
  }
  output.data(url);
  const flag = tls ? ' --insecure' : '';
  output.status(
    flags.robots === undefined
      ? `a Jitsi deployment for tests; try it from two other terminals: jcli chat ${url}/demo${flag}`
      : `a Jitsi deployment for tests, with ${flags.robots} robot(s) in the room ${robotRoom}; try it from another terminal: jcli media ${url}/${robotRoom}${flag}`,
  );
}
