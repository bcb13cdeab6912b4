/** What the shares of a target found, as one row of a table in Markdown. */

/** Bytes that a heap may grow by in any case, and the share that it may grow by. */
const heapSlack = 1024 * 1024;
const heapShare = 0.05;
/** Resident memory moves with the allocator; what leaks shows in the heap or its buffers first. */
const residentSlack = 32 * 1024 * 1024;

export function joinShares(shares) {
  const refused = {};
  for (const share of shares)
    for (const [code, count] of Object.entries(share.refused)) refused[code] = (refused[code] ?? 0) + count;
  const sum = (key) => shares.reduce((total, share) => total + share[key], 0);
  const drifts = (key) => shares.flatMap((share) => share[key] ?? []);
  return {
    inputs: sum('inputs'),
    read: sum('read'),
    refused,
    slowest: shares.map(({ slowest }) => slowest).reduce((a, b) => (a.ms > b.ms ? a : b)),
    heap: worst(drifts('heap')),
    resident: worst(drifts('resident')),
    failures: shares.flatMap(({ failure }) => failure ?? []),
  };
}

/** Everything that is wrong with a row. */
export function failuresOf({ target, heap, resident, failures }) {
  const found = failures.map(({ error, ...failure }) => ({ ...failure, target, text: error }));
  const grown = (drift, share, slack) =>
    drift && drift.after - drift.before > Math.max(drift.before * share, slack);
  if (grown(heap, heapShare, heapSlack)) found.push({ target, text: `the heap grew: ${driftText(heap)}` });
  if (grown(resident, 0, residentSlack))
    found.push({ target, text: `resident memory grew: ${driftText(resident)}` });
  return found;
}

const columns = {
  target: ({ target }) => target,
  inputs: ({ inputs }) => String(inputs),
  read: ({ read }) => String(read),
  refused: ({ refused }) =>
    Object.entries(refused)
      .sort(([, a], [, b]) => b - a)
      .map(([code, count]) => `${code} ${count}`)
      .join(', ') || '–',
  'slowest (bytes)': ({ slowest }) => `${slowest.ms.toFixed(1)} ms (${slowest.length})`,
  'heap, second → last quarter': ({ heap }) => driftText(heap),
  resident: ({ resident }) => driftText(resident),
  failed: ({ failures }) => String(failures.length),
  time: ({ seconds }) => `${seconds.toFixed(0)} s`,
};

export function tableOf(rows, withHead) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const names = Object.keys(columns);
  return [
    ...(withHead ? [line(names), line(names.map(() => '---'))] : []),
    ...rows.map((row) => line(Object.values(columns).map((cell) => cell(row)))),
  ].join('\n');
}

/** Of all shares the one that grew most. */
function worst(drifts) {
  return drifts.reduce(
    (a, b) => (a === undefined || b.after - b.before > a.after - a.before ? b : a),
    undefined,
  );
}

function driftText(drift) {
  if (!drift) return '–';
  const mebibytes = (bytes) => (bytes / 1024 / 1024).toFixed(1);
  return `${mebibytes(drift.before)} → ${mebibytes(drift.after)} MiB`;
}
