/** Runs what might never come back. */
import { createContext, Script } from 'node:vm';

const script = new Script('result = run()');

/**
 * The result of `run`, which is stopped after `timeout` ms, in the middle of a regular expression too: a test that hangs
 * would take the whole run with it.
 */
export function within<Result>(timeout: number, run: () => Result): Result {
  const context = createContext({ run, result: undefined });
  script.runInContext(context, { timeout });
  return context.result as Result;
}
