/** What our sending side makes of the scenarios of RFC 8867 in virtual time (test/support/congestion): a table, and a picture of each. */
import { type Chart, chartPicture } from '../../src/cli/bench/report/chart.ts';
import {
  type FlowOptions,
  flowsRun,
  mean,
  type RunOptions,
  type Second,
  steps,
} from '../../test/support/congestion/run.ts';

export interface ScenarioResult {
  name: string;
  line: string;
  picture: string;
  problem: string | undefined;
}

interface Scenario {
  name: string;
  title: string;
  run: RunOptions & { rate(now: number): number };
  flows: readonly FlowOptions[];
}

const mbit = 1_000_000;
const scenarios: readonly Scenario[] = [
  {
    name: 'variable-capacity',
    title: 'A capacity that changes (RFC 8867, 5.1)',
    run: { duration: 100, rate: steps([0, mbit], [40, 2.5 * mbit], [60, 0.6 * mbit], [80, mbit]) },
    flows: [{}],
  },
  {
    name: 'two-flows',
    title: 'The same for two flows (RFC 8867, 5.2)',
    run: {
      duration: 125,
      rate: steps([0, 4 * mbit], [25, 2 * mbit], [50, 3.5 * mbit], [75, mbit], [100, 2 * mbit]),
    },
    flows: [{}, {}],
  },
  {
    name: 'lossy',
    title: '1 Mbit/s, 3 % loss, 100 ms',
    run: { duration: 60, rate: () => mbit, loss: () => 0.03, delay: 100 },
    flows: [{}],
  },
];
const classNames = ['received', 'sent', 'p99', 'lost'];
/** Of the capacity, in the second half; and ms. */
const [leastUsed, longestWait] = [0.5, 150];

export function runScenarios(): ScenarioResult[] {
  return scenarios.map(({ flows, name, run, title }) => {
    const results = flowsRun(run, flows);
    const half = run.duration / 2;
    const sum = (of: keyof Second): number =>
      results.reduce((total, seconds) => total + mean(seconds, of, half, run.duration), 0);
    const capacity = mean(
      Array.from({ length: run.duration }, (_, second) => ({ ...noSecond, sent: run.rate(second * 1_000) })),
      'sent',
      half,
      run.duration,
    );
    const used = sum('arrived') / capacity;
    const waited = sum('waited') / results.length;
    const line = `${title}: ${(100 * used).toFixed(0)} % of the capacity used in the second half, the longest wait of a second ${waited.toFixed(0)} ms`;
    const problem = used < leastUsed || waited > longestWait ? line : undefined;
    return { name, line, problem, picture: chartPicture(chartOf(title, run, results)) };
  });
}

const noSecond: Second = { estimate: 0, sent: 0, arrived: 0, waited: 0, lost: 0, retransmitted: 0 };

function chartOf(title: string, run: Scenario['run'], results: readonly Second[][]): Chart {
  const inMbit = (value: number): number => value / mbit;
  const times = Array.from({ length: run.duration }, (_, second) => second + 1);
  const flows = results.flatMap((seconds, index) => {
    const [name, more] = results.length === 1 ? ['allowed', 'arrives'] : [`flow ${index + 1}`, undefined];
    const allowed = {
      name,
      className: classNames[2 * index] ?? 'sent',
      values: seconds.map(({ estimate }) => inMbit(estimate)),
    };
    const arrives = more && {
      name: more,
      className: classNames[2 * index + 1] ?? 'sent',
      values: seconds.map(({ arrived }) => inMbit(arrived)),
    };
    return arrives ? [allowed, arrives] : [allowed];
  });
  const link = {
    name: 'the link',
    className: 'p50',
    values: times.map((second) => inMbit(run.rate((second - 1) * 1_000))),
  };
  return {
    title,
    unit: 'Mbit/s',
    times,
    series: [link, ...flows],
    format: (value) => `${value.toFixed(2)} Mbit/s`,
  };
}
