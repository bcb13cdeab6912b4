/** The results as Markdown. */
import { activities, faults } from './faults.ts';
import type { Result } from './round.ts';

/** A row for each fault: how long each activity took to be back, half of the time and at most. */
export function tableOf(results: readonly Result[]): string {
  const head = ['fault', 'rounds', ...activities, 'resumed', 'lines: confirmed / not / missed', 'wrong'];
  const rows = faults.flatMap(({ name, what }) => {
    const its = results.filter(({ fault }) => fault === name);
    if (its.length === 0) return [];
    const sum = (of: (result: Result) => number): number =>
      its.reduce((total, result) => total + of(result), 0);
    return [
      [
        `${name}: ${what}`,
        String(its.length),
        ...activities.map((activity) => times(its.filter((result) => result.activity === activity))),
        `${sum(({ resumed }) => resumed)} of ${sum(({ absences }) => absences)}`,
        [
          sum(({ lines }) => lines.confirmed),
          sum(({ lines }) => lines.unconfirmed),
          sum(({ lines }) => lines.missed),
        ].join(' / '),
        String(sum(({ problems }) => problems.length)),
      ],
    ];
  });
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** s: the median, and the most. */
function times(results: readonly Result[]): string {
  if (results.length === 0) return '';
  const sorted = results.map(({ activityBack }) => activityBack / 1000).sort((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const most = sorted.at(-1) ?? 0;
  return `${median.toFixed(1)} / ${most.toFixed(1)}`;
}
