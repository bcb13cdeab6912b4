/**
 * Whatever a file holds: a result that is plain data, or a ParseError. And what is evaluated at all is what a JavaScript
 * engine makes of it.
 */
import { createContext, runInContext } from 'node:vm';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionError, ParseError } from '../../src/base/errors.ts';
import { evaluateConfigJs } from '../../src/jitsi/config-js/evaluate.ts';
import { meetingUrl, resolveDeployment } from '../../src/jitsi/deployment.ts';
import { parseMeetingAddress } from '../../src/jitsi/meeting-address.ts';
import { configEdit, editedConfig, configPieces as pieces } from '../support/config-edits.ts';
import { configJsFixture } from '../unit/jitsi/config-js/fixture.ts';

const seed = 20261123;
const address = parseMeetingAddress({ url: 'https://meet.example.com/acme/standup' });

/** Evaluates and resolves; the only errors are the typed ones. */
function survives(source: string): void {
  let result: ReturnType<typeof evaluateConfigJs>;
  try {
    result = evaluateConfigJs(source, { page: meetingUrl(address) });
  } catch (error) {
    expect(error).toBeInstanceOf(ParseError);
    return;
  }
  JSON.stringify(result);
  try {
    resolveDeployment(address, result.config, { unresolved: result.unresolved });
  } catch (error) {
    expect(error).toBeInstanceOf(ConnectionError);
  }
}

const edits = fc.array(configEdit, { minLength: 1, maxLength: 4 });

describe('nothing but ParseError comes out', () => {
  it('of random text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 100 }), survives), { seed, numRuns: 500 });
  });

  it('of random words of the language', () => {
    const words = fc.array(fc.constantFrom(...pieces), { maxLength: 30 });
    fc.assert(
      fc.property(words, (text) => survives(`var config = {}; ${text.join('')}`)),
      { seed, numRuns: 400 },
    );
  });

  it.each([
    ['docker.js', 600],
    ['docker-subdomains.js', 500],
    ['docker-older.js', 500],
    ['jaas.js', 400],
    ['custom-code.js', 600],
    ['debian.js', 100],
  ])('of %s, mutated', (name, numRuns) => {
    const source = configJsFixture(name);
    fc.assert(
      fc.property(edits, (list) => survives(list.reduce(editedConfig, source))),
      { seed, numRuns },
    );
  });
});

describe('the evaluation is JavaScript’s', () => {
  const literal = fc.oneof(
    fc.constantFrom(
      '0',
      '1',
      '-1',
      '2.5',
      '10',
      'true',
      'false',
      'null',
      'undefined',
      "''",
      "'a'",
      "'10'",
      "'abc.d'",
      "'Ab'",
      'NaN',
      'x',
      'y',
    ),
  );
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      literal,
      fc
        .tuple(
          tie('expression'),
          fc.constantFrom(
            '+',
            '-',
            '*',
            '/',
            '%',
            '<',
            '>',
            '<=',
            '>=',
            '==',
            '!=',
            '===',
            '!==',
            '&&',
            '||',
          ),
          tie('expression'),
        )
        .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
      fc.tuple(tie('expression'), tie('expression')).map(([left, right]) => `(${left} ?? ${right})`),
      fc
        .tuple(fc.constantFrom('!', '-', '+', 'typeof ', 'void '), tie('expression'))
        .map(([operator, value]) => `${operator}(${value})`),
      fc
        .tuple(tie('expression'), tie('expression'), tie('expression'))
        .map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `\`\${${a}}-\${${b}}\``),
      fc
        .tuple(
          tie('expression'),
          fc.constantFrom(
            'slice(1)',
            'substr(-2, 1)',
            'substring(2, 0)',
            "split('.').join('_')",
            'toUpperCase()',
            "indexOf('b')",
            "replace('a', 'z')",
            "startsWith('a')",
            'length',
            'charAt(1)',
          ),
        )
        .map(([value, method]) => `('' + ${value}).${method}`),
      fc
        .tuple(tie('expression'), tie('expression'))
        .map(([a, b]) => `{ a: ${a}, ...{ b: ${b} } }.b`)
        .map((text) => `(${text})`),
      fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(x = ${a}, y = ${b}, x)`),
      fc
        .tuple(tie('expression'), tie('expression'))
        .map(([a, b]) => `(function (x) { if (x) { y = ${a}; } return ${b}; })(y)`),
    ),
  }));

  it('for random expressions', () => {
    const engine = createContext();
    fc.assert(
      fc.property(expression, (text) => {
        const source = `var x = 'x', y = 5, config = {}; config.value = [${text}]; config.x = x; config.y = y;`;
        // Infinity and NaN have no JSON.
        const asText = (value: unknown): string =>
          JSON.stringify(value, (_key, item: unknown) =>
            typeof item === 'number' && !Number.isFinite(item) ? String(item) : item,
          );
        const { config, unresolved } = evaluateConfigJs(source);
        expect(unresolved).toEqual([]);
        expect(asText(config)).toBe(
          asText(runInContext(`(function () { ${source}; return config; })()`, engine)),
        );
      }),
      { seed, numRuns: 400 },
    );
  });
});
