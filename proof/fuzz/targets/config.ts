/** config.js, as a page would run it, and the deployment that it describes. */
import * as fc from 'fast-check';
import { ConnectionError, ParseError } from '../../../src/base/errors.ts';
import { evaluateConfigJs } from '../../../src/jitsi/config-js/evaluate.ts';
import { meetingUrl, resolveDeployment } from '../../../src/jitsi/deployment.ts';
import { parseMeetingAddress } from '../../../src/jitsi/meeting-address.ts';
import { configEdit, editedConfig } from '../../../test/support/config-edits.ts';
import { caseFile, configJsFixture } from '../../../test/unit/jitsi/config-js/fixture.ts';
import { outcomeOf } from '../outcome.ts';
import type { FuzzTarget } from '../target.ts';

const address = parseMeetingAddress({ url: 'https://meet.example.com/acme/standup' });
const page = meetingUrl(address);

const known = [
  ...['docker.js', 'docker-subdomains.js', 'docker-older.js', 'jaas.js', 'custom-code.js'].map(
    configJsFixture,
  ),
  ...['01-page-location/config.js', '02-ssi-default/config.js', '03-bosh-forms/trailing-slash.js'].map(
    caseFile,
  ),
];
const debian = configJsFixture('debian.js');
/** Whole, so that they are JavaScript in any order. */
const statements = [
  ...known.flatMap((source) => source.split('\n').filter((line) => line.endsWith(';'))),
  `config.hosts = { domain: location.hostname, muc: 'conference.' + config.x };`,
  `config['bosh'] = '//' + window.location.host + subdir + 'http-bind';`,
  `var subdir = location.pathname.split('/').slice(1, -1).map(function (x) { return x.toLowerCase(); }).join('/');`,
  `config.a = config; config.b = [config, config.a.b];`,
  `for (var i = 0; i < 10; i++) { config['k' + i] = i; }`,
  `if (config.x) { config.y = 1; } else { delete config.hosts; }`,
  `var { hosts: { muc = 'x', ...others } = {}, ...rest } = config;`,
  `config.websocket = \`wss://\${config.hosts.domain}/\${typeof unknown}\`;`,
  `try { config.c = unknown(); } catch (error) { config.c = 1; } finally { config.d = 2; }`,
  `(() => { config = { ...config, e: [...'abc'] }; })();`,
  `switch (config.x) { case 1: config.f = 1; break; default: config.f = 2; }`,
  `Object.assign(config, { g: 1e309, h: -0, i: undefined, __proto__: { j: 1 } });`,
  `config.k = config.l?.m ?? 'n'.replace(/n/g, '$&$&').match(/(n)+/);`,
];

export const configTarget: FuzzTarget<string> = {
  name: 'config',
  inputs: fc.oneof(
    {
      weight: 60,
      arbitrary: fc
        .tuple(fc.constantFrom(...known), fc.array(configEdit, { minLength: 1, maxLength: 2 }))
        .map(([source, edits]) => edits.reduce(editedConfig, source)),
    },
    {
      weight: 38,
      arbitrary: fc
        .tuple(
          fc.array(fc.constantFrom(...statements), { maxLength: 12 }),
          fc.array(configEdit, { maxLength: 1 }),
        )
        .map(([lines, edits]) => edits.reduce(editedConfig, `var config = {}; ${lines.join('\n')}`)),
    },
    // The longest by far: a hundred times the work of the others.
    {
      weight: 2,
      arbitrary: fc
        .array(configEdit, { minLength: 1, maxLength: 4 })
        .map((edits) => edits.reduce(editedConfig, debian)),
    },
  ),
  worst: () => ({
    'deep parentheses': `var config = ${'('.repeat(100_000)}1`,
    'deep lists': `var config = ${'['.repeat(100_000)}`,
    'deep objects': `var config = ${'{a:'.repeat(100_000)}`,
    'deep functions': 'function f(){'.repeat(50_000),
    'deep blocks': '{'.repeat(100_000),
    'deep templates': 'var a = ' + '`${'.repeat(50_000),
    'many operators': `var config = {a: 1${'+1'.repeat(200_000)}}`,
    'many negations': `var config = {a: ${'!'.repeat(200_000)}1}`,
    'many members': `var config = {}; config${'.a'.repeat(200_000)}`,
    'many statements': 'var config = {};' + 'config.a = 1;'.repeat(50_000),
    'doubling text': `var config = {}, a = 'x'; ${'a = a + a;'.repeat(100)}`,
    'doubling lists': `var config = {}, a = [1]; ${'a = [...a, ...a];'.repeat(60)}`,
    'doubling objects': `var config = {}, a = {b: 1}; ${Array.from({ length: 60 }, (_, at) => `a = {x${at}: a, y${at}: a};`).join('')} config.a = a;`,
    'doubling by join': `var config = {}, a = ['x','x']; ${'a = [a.join("y"), a.join("y")];'.repeat(60)}`,
    'endless loop': 'var config = {}; while (true) { config.a = 1; }',
    'endless recursion': 'var config = {}; function f() { return f() + f(); } config.a = f();',
    'a slow pattern': `var config = {a: '${'a'.repeat(50_000)}'.replace(/(a+)+$/, '')}`,
    'a slow split': `var config = {a: '${'a'.repeat(100_000)}'.split('').join(',').split(',').map(function (x) { return x; })}`,
    'long number': `var config = {a: ${'9'.repeat(1_000_000)}}`,
    'long comment': `/*${'*'.repeat(1_000_000)}`,
    'many comments': '<!--\n'.repeat(200_000),
    'many placeholders': '<!--# echo var="a" default="b" -->'.repeat(20_000),
    'open placeholders': '<!--# '.repeat(100_000),
    'long name': `var ${'a'.repeat(1_000_000)} = 1`,
    destructuring: `var {${'a:{'.repeat(20_000)}`,
  }),
  open: () => ({ read }),
};

function read(source: string): string {
  return outcomeOf(
    () => {
      const { config, unresolved } = evaluateConfigJs(source, { page });
      JSON.stringify(config);
      resolveDeployment(address, config, { unresolved });
    },
    (error) =>
      (error instanceof ParseError && error.source === 'config.js') || error instanceof ConnectionError,
  );
}
