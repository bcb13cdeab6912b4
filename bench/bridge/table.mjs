/** The figures as text, a block for each channel and size. */
import { spread } from './statistics.mjs';

const kilobytes = (size) => (size % 1024 === 0 ? `${size / 1024} KiB` : `${size} bytes`);

export function printTable({ channels, notRun, machine }) {
  console.log(`Node ${machine.node}, ${machine.processors} processors (${machine.model})`);
  for (const { channel, sizes, paths, ratios } of channels) {
    for (const size of sizes) {
      console.log(`\n${channel === 'ws' ? 'colibri-ws' : 'SCTP'}, ${kilobytes(size)} of payload`);
      console.log(row('', 'Mbit/s', '(min–max)', 'CPU s/Gbit: send', 'relay', 'receive', 'lost'));
      for (const path of paths)
        printPath(
          path,
          path.results.filter((result) => result.size === size),
        );
      for (const ratio of ratios)
        printRatio(
          ratio,
          ratio.values.find((value) => value.size === size),
        );
    }
  }
  for (const { id, title, reason } of notRun) console.log(`\n(${id}) ${title}: not run: ${reason}`);
}

function printPath({ id, title }, results) {
  const rate = spread(results.map(({ mbps }) => mbps));
  if (!rate) return;
  const cpu = (name) => spread(results.map(({ cpuPerGigabit }) => cpuPerGigabit[name])).median.toFixed(2);
  const sent = results.reduce((sum, result) => sum + result.sent, 0);
  const lost = results.reduce((sum, result) => sum + result.lost, 0);
  const wrong = results.reduce((sum, result) => sum + result.wrong, 0);
  const loss = `${lost === 0 ? '0' : `${((lost / sent) * 100).toFixed(2)} %`}${wrong === 0 ? '' : ` (${wrong} broken)`}`;
  console.log(
    row(
      `(${id}) ${title}`,
      rate.median.toFixed(0),
      `(${rate.min.toFixed(0)}–${rate.max.toFixed(0)})`,
      cpu('sender'),
      cpu('relay'),
      cpu('receiver'),
      loss,
    ),
  );
}

function printRatio({ of, to, goal, from }, value) {
  if (!value) return;
  const { median, min, max, size } = value;
  const judged = goal !== undefined && size >= from;
  const verdict = judged ? `  goal ${goal}: ${median >= goal ? 'met' : 'missed'}` : '';
  console.log(
    `  (${of})/(${to})`.padEnd(40) + `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})${verdict}`,
  );
}

function row(name, ...columns) {
  const widths = [8, 14, 18, 8, 9, 9];
  return name.padEnd(48) + columns.map((column, index) => column.padStart(widths[index])).join('');
}
