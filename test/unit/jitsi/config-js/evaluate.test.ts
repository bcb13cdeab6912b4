import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Config, EvaluatedConfig } from '../../../../src/jitsi/config-js/config.ts';
import { evaluateConfigJs } from '../../../../src/jitsi/config-js/evaluate.ts';
import { configJsFixture, served } from './fixture.ts';

/** The result as plain JSON. */
function configOf(source: string): unknown {
  return JSON.parse(JSON.stringify(evaluateConfigJs(source).config));
}

function unresolvedOf(source: string): string[] {
  return evaluateConfigJs(source).unresolved.map(({ path }) => path);
}

/** What a JavaScript engine makes of a fixture of ours. */
function executed(source: string): Config {
  return JSON.parse(runInNewContext(`${source}\n;JSON.stringify(config)`)) as Config;
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value).reduce((sum: number, item) => sum + countKeys(item), 0);
  return inner + (Array.isArray(value) ? 0 : Object.keys(value).length);
}

describe('whole files', () => {
  it.each([
    ['debian.js', {}],
    ['debian.js', { subdomain: 'Acme.Corp.', subdir: 'Acme.Corp/' }],
    ['docker.js', {}],
    ['docker-subdomains.js', {}],
    ['docker-subdomains.js', { subdomain: 'acme.', subdir: 'acme/' }],
    ['docker-older.js', {}],
    ['jaas.js', {}],
  ])('%s with %o gives what a JavaScript engine gives', (name, variables) => {
    const source = served(configJsFixture(name), variables);
    const { config, unresolved } = evaluateConfigJs(source);
    expect(unresolved).toEqual([]);
    expect(JSON.parse(JSON.stringify(config))).toEqual(executed(source));
  });

  it('reads several hundred keys of an object literal', () => {
    const { config } = evaluateConfigJs(configJsFixture('debian.js'));
    expect(countKeys(config)).toBeGreaterThan(300);
    expect(config['noticeMessage']).toBe("Maintenance on Sunday: don't be surprised");
    expect(config).not.toHaveProperty('dialInNumbersUrl', 'https://hosted.example.org/numbers');
  });

  it('has the tenant in domain and paths where the server fills it in', () => {
    const source = configJsFixture('docker-subdomains.js');
    expect(configOf(served(source, { subdomain: 'Acme.Corp.', subdir: 'Acme.Corp/' }))).toMatchObject({
      hosts: { domain: 'meet.jitsi', muc: 'muc.acme_corp.meet.jitsi' },
      websocket: 'wss://video.example.org:8443/Acme.Corp/xmpp-websocket',
      p2p: { stunServers: [{ urls: 'stun:stun1.example.org:443' }, { urls: 'stun:stun2.example.org:443' }] },
    });
  });

  it.each(['debian.js', 'docker-subdomains.js', 'docker-older.js'])(
    '%s comes out the same with its placeholders left in by the server',
    (name) => {
      const source = configJsFixture(name);
      expect(source).toContain('<!--#');
      expect(evaluateConfigJs(source)).toEqual(evaluateConfigJs(served(source)));
    },
  );

  it('lets later assignments win', () => {
    expect(configOf(configJsFixture('jaas.js'))).toMatchObject({
      hosts: { domain: 'jaas.example.net', muc: 'conference.vpaas-magic-cookie-0a1b2c.jaas.example.net' },
      whiteboard: { enabled: false, userLimit: 25 },
    });
  });

  it('evaluates the static part of custom code, and lists the rest', () => {
    const { config, unresolved } = evaluateConfigJs(configJsFixture('custom-code.js'));
    expect(JSON.parse(JSON.stringify(config))).toEqual({
      hosts: { domain: 'meet.jitsi', muc: 'muc.meet.jitsi' },
      websocket: 'wss://video.example.org/xmpp-websocket',
      toolbarButtons: ['microphone', 'camera', 'raisehand'],
      notifications: { lobby: true },
      appName: 'Example meetings',
      disablePolls: true,
      style: 'docker',
      legalUrls: { terms: 'https://video.example.org/terms' },
      lastKey: 'still counts',
    });
    expect(unresolved.map(({ path }) => path)).toEqual([
      'line 22: if',
      'line 15: loop',
      'line 41: if',
      'line 40: call',
      'line 45: try',
      'line 51: call',
      'config.startAudioMuted',
      'config.resolution',
      'config.defaultLanguage',
      'config.notifications.*',
      'config.hideLogo',
      'config.theme',
      'config.loaded',
    ]);
    expect(unresolved.find(({ path }) => path === 'config.resolution')?.reason).toContain(
      'line 22: depends on',
    );
  });
});

describe('server-side placeholders', () => {
  it.each([
    [`var s = "<!--# echo var="a" default="" -->x"; var config = {s: s};`, { s: 'x' }],
    ["var config = {s: `<!--# echo var='a' -->y`};", { s: 'y' }],
    [`var config = {a: 1 /* <!--# x --> */, b: 2}; // don't <!--# y -->`, { a: 1, b: 2 }],
    [`var config = {\n <!--# include virtual="/more.js" -->\n a: 1};`, { a: 1 }],
    [`<!--# include virtual="/more.js" -->\nvar config = {a: 1};`, { a: 1 }],
    ["var config = {a: '<!--# never closed'};", { a: '<!--# never closed' }],
  ])('%s', (source, config) => {
    expect(configOf(source)).toEqual(config);
  });

  it('make a value unknown where they stand for it', () => {
    const source = `var config = {};\nconfig.startAudioMuted = <!--# echo var="n" -->;\nconfig.b = 1;`;
    const { config, unresolved } = evaluateConfigJs(source);
    expect(config).toEqual({ b: 1 });
    expect(unresolved).toEqual([
      {
        path: 'config.startAudioMuted',
        reason: expect.stringContaining('line 2: a server-side placeholder'),
      },
    ]);
  });
});

describe('expressions', () => {
  it.each([
    "'a' + 1 + true + null + undefined",
    "1 + 2 + 'a'",
    '`a${1 + 1}b${"c"}`',
    "'b' > 'a' && 2 < 10 && !('10' > '9') && 2 >= 2 && 1 <= 2",
    "['a' < 'a', 'a' > 'a', 'a' <= 'a', 'a' >= 'a', 'a' < 'b', 'a' <= 'b', 'b' >= 'a']",
    "[1 < 1, 1 > 1, 1 <= 1, 1 >= 1, '1' >= 1, '2' < '10', 2 < '10']",
    "[1 == '1', null == undefined, 0 == '', true == 1, 'a' != 'b', null == 0, 1 === '1', NaN == NaN]",
    "[7 % 4, 2 ** 3, 6 / 4, 3 - 5, -3 * 2, +'5', -'2']",
    "[typeof 'a', typeof 1, typeof undefined, typeof null, typeof {}, typeof [], typeof function () {}]",
    "[null ?? 'a', 0 ?? 'a', '' || 'b', 'x' && 'y', 0 && 'y']",
    'true ? { a: 1 } : { b: 2 }',
    '(1, 2, 3)',
    'void 0 === undefined',
    "'key' in { key: 1 }",
    "[...[1, 2], ...['a'], , 3]",
    "({ ...{ a: 1, b: 2 }, b: 3, ['c' + 1]: 4, 'd-e': 5, 6: 7, ...null, ...undefined })",
    "[{ a: { b: [5] } }['a'].b[0], 'abc'[1], 'abc'.length, [1, 2].length, [9]['0']]",
    '[undefined?.x, ({ a: 1 })?.a]',
    "'Acme.Corp.'.substring(0, 'Acme.Corp.'.length - 1).split('.').join('_').toLowerCase() + '.'",
    "['abcdef'.substr(1, 3), 'abcdef'.substr(-2), 'abcdef'.substr(2), 'abcdef'.slice(-3, -1), 'abc'.charAt(1)]",
    "['abc'.startsWith('ab'), 'abc'.endsWith('bc'), 'abc'.includes('x'), 'abcabc'.indexOf('c', 3), 'abcabc'.lastIndexOf('a')]",
    "['a-b-c'.replace('-', '+'), 'a-b-c'.replaceAll('-', ''), ' x '.trim() + '|', 'x'.toUpperCase(), 'x'.toString()]",
    "['a', 'b'].map(function (x, i) { return x + i; }).concat(['c'], 'd').slice(1).join()",
    "[[1, 2].includes(2), ['a'].indexOf('b'), ['a', null, 'b'].join('/')]",
    '(function (a, b) { var c = a + b; if (c > 2) { c = c * 10; } return c; })(1, 2)',
    '((x) => ({ y: x }))(1)',
    'Object.assign({ a: 1 }, { b: 2 }, null, { a: 3 })',
    "({ a: 1 }).hasOwnProperty('a') && !({}).hasOwnProperty('a')",
  ])('%s', (expression) => {
    const source = `var config = { value: ${expression} };`;
    expect(evaluateConfigJs(source).unresolved).toEqual([]);
    expect(configOf(source)).toEqual(executed(source));
  });

  it.each([
    '/a/',
    '/(a+)+$/.test("aaaa")',
    'new Date()',
    'location.hostname',
    'window.location.host',
    "document.querySelector('x')",
    'process.env.HOME',
    'this.x',
    'class {}',
    '10n',
    'function () {}',
    '() => 1',
    "'a'.constructor.constructor('return process')()",
    "[].map.constructor('return 1')()",
    "'a'.replace(/(a+)+/, 'b')",
    "'a'.replace('a', '$&$&')",
    "'a'.padEnd(5)",
    '[3, 1].sort()',
    "'a' - {}",
    '1 << 2',
    'undefined.x',
    'tag`x`',
    'import("x")',
    "eval('1')",
    "Function('return 1')()",
    '(function f(n) { return n ? f(n - 1) : 0; })(3)',
    'unknown ? 1 : 2',
    'unknown || 1',
    '[...unknown]',
  ])('%s is reported, not guessed', (expression) => {
    const { config, unresolved } = evaluateConfigJs(
      `var config = { before: 1, value: ${expression}, after: 2 };`,
    );
    expect(config).toEqual({ before: 1, after: 2 });
    expect(unresolved).toEqual([{ path: 'config.value', reason: expect.any(String) }]);
  });
});

describe('statements', () => {
  it.each([
    ["var config = {}; config.a = {}; config.a.b = 1; config['c'] = 2; config.a['d' + 1] = 3;"],
    [
      'var config = config || {}; config.a = config.a || 1; config.a ||= 2; config.b ??= 3; config.c = 4; config.c += 1;',
    ],
    ['let config = { list: [1] }; config.list[1] = 2; config.list[0] = 0; config.list.push(3);'],
    ['config = { a: 1 }; delete config.a; config.b = 2;'],
    ['var hosts; var config = { hosts: hosts = {} }; hosts.domain = "x";'],
    ['if (typeof config === "undefined") { var config = { made: true }; } else { config.kept = true; }'],
    [
      'var config = {}; if (config.a) config.b = 1; else if (!config.a && true) { config.c = 2 } else config.d = 3;',
    ],
    ['var config = { a: 1 }; { let config = { b: 2 }; config.c = 3; }'],
    [
      '"use strict"; function set(key, value) { config[key] = value; } var config = {}; set("a", 1); set("b", 2);',
    ],
    ['var config = { a: undefined, b: null, c: [undefined] };;'],
    ['var config = { n: 1 }; config.n = config.n === 1 ? "one" : "many"; var config;'],
  ])('%s', (source) => {
    expect(evaluateConfigJs(source).unresolved).toEqual([]);
    expect(configOf(source)).toEqual(executed(source));
  });

  it('takes properties of the global object for variables', () => {
    expect(
      configOf('window.config = { a: 1 }; window.config.b = self.config.a; globalThis["config"].c = 3;'),
    ).toEqual({
      a: 1,
      b: 1,
      c: 3,
    });
  });

  it.each<[what: string, code: string, lost: string[]]>([
    ['a condition that is not known', 'if (unknown) { config.a = 9; } else { config.b = 9; }', ['a', 'b']],
    [
      'a condition in an expression',
      'unknown && (config.a = 9); unknown ? delete config.b : config.c.push(1);',
      ['a', 'b', 'c'],
    ],
    ['a loop', 'for (var i = 0; i < 3; i++) { config.a = i; config["b"]++; }', ['a', 'b']],
    ['a loop over a setting', 'for (config.a of [1]) {} while (true) { config.b = 1 }', ['a', 'b']],
    ['try', 'try { config.a = 9 } catch (e) { config.b = 9 }', ['a', 'b']],
    ['switch', 'switch (unknown) { case 1: config.a = 9; }', ['a']],
    ['a callback', 'addEventListener("load", () => { config.a = 9; });', ['a']],
    ['an early return', '(function () { if (unknown) return; config.a = 9; })();', ['a']],
    ['a function that is called there', 'function f() { config.a = 9; } if (unknown) { f(); }', ['a']],
    ['a parameter', '(function (c) { for (;;) c.a = 9; })(config);', ['a']],
    ['a parameter of a known function', 'function f(h) { while (1) h.d = 1; } f(config.hosts);', ['hosts.d']],
    ['destructuring', '[config.a, config.b] = [1, 2];', ['a', 'b']],
    ['an object as a whole', 'if (unknown) config.hosts = {};', ['hosts']],
    ['a new member', 'if (unknown) config.hosts.deep.er = 1;', ['hosts.deep.er']],
    ['a path that is not there', 'if (unknown) config.hosts.none.er = 1;', ['hosts.none']],
    ['a list that is sorted', 'config.c.sort();', ['c']],
  ])('%s makes what it writes unknown, and nothing else', (_what, code, lost) => {
    const before = 'var config = { a: 1, b: 2, c: [3], keep: 4, hosts: { d: 5, deep: {} } };';
    const { config, unresolved }: EvaluatedConfig = evaluateConfigJs(`${before}\n${code}\nconfig.later = 6;`);
    const paths = unresolved.map(({ path }) => path).filter((path) => path.startsWith('config.'));
    expect(paths.sort()).toEqual(lost.map((path) => `config.${path}`).sort());
    expect(config).toMatchObject({ keep: 4, later: 6 });
    expect(unresolved.some(({ path }) => path.startsWith('line 2: '))).toBe(true);
  });

  it('lets a known assignment after an unknown one count', () => {
    expect(configOf('var config = {}; if (unknown) { config.a = 1; } config.a = 2;')).toEqual({ a: 2 });
  });

  it('does not mistake local variables of skipped functions for outer ones', () => {
    const source =
      'var config = { a: 1 }, b = 1; later(function () { var config = {}; config.a = 2; }); config.b = b;';
    expect(configOf(source)).toEqual({ a: 1, b: 1 });
  });

  it('keeps what is certain of an object that is partly unknown', () => {
    const source =
      'var config = load(); config.hosts.domain = "a"; config.x = config.y; config.z = { ...more, w: 1 }; config[k] = 1;';
    expect(configOf(source)).toEqual({ hosts: { domain: 'a' }, z: { w: 1 } });
    expect(unresolvedOf(source)).toEqual(['config.*', 'config.hosts.*', 'config.x', 'config.z.*']);
  });

  it('reports a config that is not known at all', () => {
    expect(evaluateConfigJs('var config = load();')).toMatchObject({
      config: {},
      unresolved: [{ path: 'config' }],
    });
  });

  it('reports writes that cannot be followed, and goes on', () => {
    const source =
      'var config = {};\nconfig.a.b = 1;\ndocument.body.style.color = "red";\nprocess.exit();\nconfig.c = 1;';
    expect(configOf(source)).toEqual({ c: 1 });
    expect(unresolvedOf(source)).toEqual(['line 2: assignment', 'line 3: assignment', 'line 4: call']);
  });

  it('does not evaluate getters, setters and methods', () => {
    const source = 'var config = { get a() { while (true); }, set b(x) {}, c() { return 1; }, d: 1 };';
    expect(configOf(source)).toEqual({ d: 1 });
    expect(unresolvedOf(source)).toEqual(['config.a', 'config.b', 'config.c']);
  });

  it('leaves out a reference that goes round in a circle', () => {
    const source = 'var config = { a: { b: 1 } }; config.a.up = config; config.list = [config.a];';
    expect(configOf(source)).toEqual({ a: { b: 1 }, list: [{ b: 1 }] });
    expect(unresolvedOf(source)).toEqual(['config.a.up', 'config.list.0.up']);
  });
});
