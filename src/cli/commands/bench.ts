/** `jcli bench`: what passes through the bridge, how fast, and what gets lost. */
import type { Conference } from '../../client/conference.ts';
import { join, joinRoom } from '../../client/join.ts';
import { Bench } from '../bench/bench.ts';
import { type BenchChannel, bridgeChannel } from '../bench/channel.ts';
import { ChatChannel } from '../bench/chat-channel.ts';
import { BenchEndpoint } from '../bench/endpoint.ts';
import { type BenchFlags, planBench } from '../bench/plan.ts';
import { openReport } from '../bench/report/report-file.ts';
import { summaryWords } from '../bench/words.ts';
import { announce, bridgeOptions, untilBridgeOpens, type Visit, visit } from '../data/visit.ts';
import { type CommandContext, enter, oneShot } from '../visit/enter.ts';
import type { Output } from '../streams/output.ts';
import { exitCode } from '../exit-codes.ts';

export function bench(url: string | undefined, flags: BenchFlags, context: CommandContext): Promise<number> {
  const { output } = context;
  const plan = planBench(flags);
  const writeReport = openReport(flags.report);
  const stay = async ({ conference, signal }: Visit): Promise<number> => {
    const conferences = [conference];
    try {
      for (let number = 2; number <= plan.parallel; number += 1)
        conferences.push(await enterAnother(number, url, flags, context));
      for (const each of conferences) announce(each, output);
      const own = new Set(conferences.map(({ endpointId }) => endpointId));
      // Ours that only send receive nothing from each other.
      const isDeaf = (id: string): boolean => !plan.receives && own.has(id);
      const endpoints = conferences.map(
        (conference) =>
          new BenchEndpoint({
            conference,
            channel: channelOf(conference, flags),
            plan,
            flags,
            isDeaf,
            signal,
          }),
      );
      if (flags.xmpp) output.status('* waiting for others');
      else await untilBridgesOpen(conferences, signal, flags, output);
      const run = new Bench(endpoints, plan, context, signal);
      await run.run();
      const { findings } = run;
      for (const line of summaryWords(findings.summary)) output.status(line);
      output.object(findings.summary);
      await writeReport?.({ ...findings, transport: endpoints[0]?.transport ?? 'ws' });
      return exitCode.ok;
    } finally {
      await Promise.all(conferences.slice(1).map((conference) => conference.leave()));
    }
  };
  return flags.xmpp
    ? visit(url, flags, context, stay, oneShot, joinRoom)
    : visit(url, flags, context, stay, { ...bridgeOptions(flags), ...oneShot });
}

function channelOf(conference: Conference, { xmpp }: BenchFlags): BenchChannel {
  return xmpp ? new ChatChannel(conference) : bridgeChannel(conference.bridge);
}

async function untilBridgesOpen(
  conferences: readonly Conference[],
  signal: AbortSignal,
  flags: BenchFlags,
  output: Output,
): Promise<void> {
  await Promise.all(conferences.map((conference) => untilBridgeOpens({ conference, signal }, flags, output)));
  output.status(`* bridge channel open (${conferences[0]?.bridge.transport ?? 'ws'}); waiting for others`);
}

/** One more endpoint; what it says to the server is not written down. */
function enterAnother(
  number: number,
  url: string | undefined,
  { wire: _wire, ...flags }: BenchFlags,
  context: CommandContext,
): Promise<Conference> {
  const nick = flags.nick === undefined ? {} : { nick: `${flags.nick}-${number}` };
  return flags.xmpp
    ? enter(joinRoom, url, { ...flags, ...nick }, context, oneShot)
    : enter(join, url, { ...flags, ...nick }, context, { ...bridgeOptions(flags), ...oneShot });
}
