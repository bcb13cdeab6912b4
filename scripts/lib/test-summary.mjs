/** What the lines of the progress reporter come to. */

/**
 * @param text the file, which may end in the middle of a line
 * @returns how many tests passed, failed and were skipped, what failed beside them, and those that had begun and not ended
 */
export function summarize(text) {
  const running = new Map();
  const states = new Map();
  const errors = [];
  for (const line of text.split('\n')) {
    const record = parsed(line);
    if (record?.event === 'start') running.set(record.id, record.name);
    if (record?.event === 'error') errors.push(`${record.where}: ${record.message}`);
    if (record?.event !== 'end') continue;
    running.delete(record.id);
    states.set(record.id, record.state);
  }
  const count = (state) => [...states.values()].filter((each) => each === state).length;
  return {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped') + count('pending'),
    errors,
    running: [...running.values()],
  };
}

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * What is to be said at the end, the last line being `N passed, N failed, N skipped`. Whatever is wrong counts as a failure, also where no
 * test could say so.
 * @param problem why the run did not end in order; undefined when it did
 */
export function conclusion({ passed, failed, skipped, errors, running }, problem) {
  const lines = errors.map((error) => `failed: ${error}`);
  // A test that fails is not told of again: vitest has.
  const isUnexplained = problem !== undefined && failed === 0 && errors.length === 0;
  const isEmpty = problem === undefined && passed + failed + errors.length === 0;
  if (problem !== undefined) lines.push(problem);
  if (isEmpty) lines.push('no test was executed');
  for (const name of running) lines.push(`had not ended: ${name}`);
  const failures = failed + errors.length + running.length;
  const all = failures === 0 && (isUnexplained || isEmpty) ? 1 : failures;
  lines.push(`${passed} passed, ${all} failed, ${skipped} skipped`);
  return { lines, exitCode: all === 0 ? 0 : 1 };
}
