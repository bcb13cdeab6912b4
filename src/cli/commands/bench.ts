/** `jcli bench`: what passes through the bridge, how fast, and what gets lost. */
import type { Conference } from '../../client/conference.ts';
import { join } from '../../client/join.ts';
import { Bench } from '../bench/bench.ts';
import { BenchEndpoint } from '../bench/endpoint.ts';
import { type BenchFlags, planBench } from '../bench/plan.ts';
import { openReport } from '../bench/report-file.ts';
import { summaryWords } from '../bench/words.ts';
import { announce, bridgeOptions, untilBridgeOpens, visit } from '../data/visit.ts';
import { type CommandContext, enter } from '../visit/enter.ts';
import { exitCode } from '../exit-codes.ts';

export function bench(url: string | undefined, flags: BenchFlags, context: CommandContext): Promise<number> {
  const { output } = context;
  const plan = planBench(flags);
  const writeReport = openReport(flags.report);
  return visit(url, flags, context, async ({ conference, signal }) => {
    const conferences = [conference];
    try {
      for (let number = 2; number <= plan.parallel; number += 1)
        conferences.push(await enterAnother(number, url, flags, context));
      for (const each of conferences) announce(each, output);
      const own = new Set(conferences.map(({ endpointId }) => endpointId));
      // Ours that only send receive nothing from each other.
      const isDeaf = (id: string): boolean => !plan.receives && own.has(id);
      const endpoints = conferences.map(
        (conference) => new BenchEndpoint({ conference, plan, flags, isDeaf, signal }),
      );
      await Promise.all(
        conferences.map((conference) => untilBridgeOpens({ conference, signal }, flags, output)),
      );
      const { transport = 'ws' } = conference.bridge;
      output.status(`* bridge channel open (${transport}); waiting for others`);
      const run = new Bench(endpoints, plan, context, signal);
      await run.run();
      const { findings } = run;
      for (const line of summaryWords(findings.summary)) output.status(line);
      output.object(findings.summary);
      await writeReport?.({ ...findings, transport });
      return exitCode.ok;
    } finally {
      await Promise.all(conferences.slice(1).map((conference) => conference.leave()));
    }
  });
}

/** One more endpoint; what it says to the server is not written down. */
function enterAnother(
  number: number,
  url: string | undefined,
  { wire: _wire, ...flags }: BenchFlags,
  context: CommandContext,
): Promise<Conference> {
  const nick = flags.nick === undefined ? {} : { nick: `${flags.nick}-${number}` };
  return enter(join, url, { ...flags, ...nick }, context, bridgeOptions(flags));
}
