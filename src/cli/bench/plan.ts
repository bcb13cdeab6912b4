/** What a bench is to do, from its flags. */
import { type Command, Option } from 'commander';
import { UsageError } from '../../base/errors.ts';
import { addRawFlags, byteCount, type RawFlags } from '../flags/bridge-flags.ts';
import { checked } from '../flags/join-flags.ts';
import { headerSize } from './header.ts';

export interface BenchFlags extends RawFlags {
  /** Bytes of payload. */
  benchSize?: number;
  /** Seconds. */
  benchSecs: number;
  role?: 'send' | 'recv' | 'both';
  /** Endpoints of this process. */
  parallel: number;
  find?: boolean;
  /** Through the room's chat. */
  xmpp?: boolean;
  /** Path of the page to write. */
  report?: string;
}

export interface BenchPlan {
  sends: boolean;
  receives: boolean;
  /** Bytes of payload of each message that is sent. */
  size: number;
  seconds: number;
  parallel: number;
  /** Megabits of payload a second and endpoint; undefined: as fast as it goes. */
  mbps: number | undefined;
  isSearch: boolean;
}

const defaultSize = 8192;
/** Joins that one process has been seen to hold with ease. */
const mostParallel = 500;

export function addBenchFlags(command: Command): Command {
  const seconds = new Option('--bench-secs <s>', 'seconds to send; to receive: from the first message on');
  const role = new Option('--role <role>', 'send, recv or both (default: both with --bench-size, else recv)');
  return addRawFlags(command)
    .optionsGroup('The bench:')
    .option('--bench-size <bytes>', 'payload of each message; sends and receives', byteCount)
    .addOption(seconds.argParser(secondsOf).default(10))
    .addOption(role.choices(['send', 'recv', 'both']))
    .option('--parallel <n>', 'endpoints that this process joins with', endpoints, 1)
    .option('--xmpp', "through the room's chat and not through the bridge; everybody in the room sees it")
    .option('--find', 'search the highest rate without loss; the others run jcli bench')
    .option('--report <file>', 'write a page with rate and latency over time');
}

/** @throws UsageError `bench-size-too-small`, `bench-flags` */
export function planBench(flags: BenchFlags): BenchPlan {
  const { benchSize, benchSecs: seconds, parallel, rate: mbps, find: isSearch = false } = flags;
  const role = flags.role ?? (isSearch ? 'send' : benchSize === undefined ? 'recv' : 'both');
  const [sends, receives] = [role !== 'recv', role !== 'send'];
  const size = benchSize ?? defaultSize;
  if (sends && size < headerSize) {
    throw new UsageError(
      `${size} bytes are too few: at least ${headerSize} are needed to number the messages; choose a larger --bench-size`,
      { code: 'bench-size-too-small' },
    );
  }
  if (flags.xmpp && flags.to !== undefined)
    throw conflict('--xmpp measures what goes to the whole room: leave out --to');
  if (isSearch && !sends) throw conflict('--find sends: it does not go with --role recv');
  if (isSearch && mbps !== undefined) throw conflict('--find searches the rate: leave out --rate');
  if (isSearch && parallel > 1) throw conflict('--find measures one endpoint: leave out --parallel');
  if (parallel > 1 && flags.endpointId !== undefined)
    throw conflict('--endpoint-id is for one endpoint: leave out --parallel');
  return { sends, receives, size, seconds, parallel, mbps, isSearch };
}

function conflict(message: string): UsageError {
  return new UsageError(message, { code: 'bench-flags' });
}

function secondsOf(text: string): number {
  return checked(() => {
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= 86_400) return value;
    throw new UsageError('a number of seconds is expected, up to 86400', { code: 'seconds-invalid' });
  });
}

function endpoints(text: string): number {
  return checked(() => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= 1 && value <= mostParallel) return value;
    throw new UsageError(`a number from 1 to ${mostParallel} is expected`, { code: 'count-invalid' });
  });
}
