/**
 * Reads a deployment's `config.js` without running it. The file is JavaScript from a host that somebody typed: it is
 * parsed with acorn, and what is static in it is evaluated here (never `eval`, `Function` or `vm`). Both live styles are
 * covered: one object literal (jitsi-meet `config.js`), and statements that build the object up (docker-jitsi-meet
 * `web/rootfs/defaults/system-config.js`, `settings-config.js`, with a custom part at the end; later assignments win).
 * Implemented: variables, object and array literals, operators, template literals, `if`, `switch`, methods of strings and lists
 * (see methods.ts), `Object.assign`, spread, functions that do not throw, the page's address (page.ts), harmless regular
 * expressions (patterns.ts). Not implemented, reported in `unresolved`: loops, `try`, whatever else a browser's objects
 * would say. Where a browser would stop with an exception, this goes on with the next statement.
 */
import { steadyClock } from '../../base/clock.ts';
import { Budget, configError } from './budget.ts';
import { type ConfigJsLimits, defaultConfigJsLimits, type EvaluatedConfig } from './config.ts';
import type { Evaluation } from './evaluation.ts';
import { evaluateExpression } from './expressions.ts';
import { declareBrowser } from './page.ts';
import { parseScript } from './parse.ts';
import { ResultBuilder } from './result.ts';
import { runStatements } from './statements.ts';
import { ObjectValue, Scope, Unknown } from './values.ts';
import { hoistedNames } from './walk.ts';

/**
 * @param options.page URL of the page, with tenant and room; without one `location` is not known
 * @param options.now the clock for the limit in ms
 * Takes the time and memory that the limits allow (well under a second), whatever the file does.
 * @throws ParseError with source `config.js` and a code of `ConfigJsErrorCode`
 */
export function evaluateConfigJs(
  source: string,
  options: { limits?: Partial<ConfigJsLimits>; page?: string; now?: () => number } = {},
): EvaluatedConfig {
  const { now = steadyClock.now, page } = options;
  const limits: ConfigJsLimits = { ...defaultConfigJsLimits, ...options.limits };
  const budget = new Budget(limits, now);
  const program = parseScript(source, limits, budget);
  const evaluation: Evaluation = {
    budget,
    skipped: [],
    evaluate(node, scope) {
      budget.enter();
      const value = evaluateExpression(evaluation, node, scope);
      budget.leave();
      return value;
    },
    run: (statements, scope) => runStatements(evaluation, statements, scope),
  };
  const scope = new Scope();
  try {
    const seen = { room: false };
    declareBrowser(scope, page === undefined ? undefined : new URL(page), () => {
      seen.room = true;
    });
    for (const name of hoistedNames(program, budget)) scope.declare(name, undefined);
    evaluation.run(program.body, scope);
    return { ...resultOf(scope, evaluation, limits), ...(seen.room && { isOfRoom: true }) };
  } catch (error) {
    // `budget` stops recursion long before the stack ends, unless the caller has used most of it.
    if (error instanceof RangeError) throw configError('config-too-deep', 'it is nested too deeply', error);
    throw error;
  }
}

function resultOf(scope: Scope, evaluation: Evaluation, limits: ConfigJsLimits): EvaluatedConfig {
  const value = scope.get('config');
  if (value instanceof Unknown) {
    const unresolved = [...evaluation.skipped, { path: 'config', reason: value.reason }];
    return { config: Object.create(null), unresolved };
  }
  if (!(value instanceof ObjectValue)) {
    throw configError(
      'config-missing',
      scope.holder('config')
        ? 'its `config` is not an object'
        : 'it sets no variable `config`. Is it the config.js of a Jitsi Meet?',
    );
  }
  const builder = new ResultBuilder(evaluation.budget, limits);
  const config = builder.object(value, 'config');
  return { config, unresolved: [...evaluation.skipped, ...builder.unresolved] };
}
