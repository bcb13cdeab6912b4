import { describe, expect, it } from 'vitest';
import { ParseError } from '../../../../src/base/errors.ts';
import { evaluateConfigJs } from '../../../../src/jitsi/config-js/evaluate.ts';

function errorOf(source: string, options?: Parameters<typeof evaluateConfigJs>[1]): ParseError {
  try {
    evaluateConfigJs(source, options);
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

function manyOf(count: number, text: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => text(index)).join('');
}

describe('files that are no config.js', () => {
  it.each([
    ['a page', '<!DOCTYPE html>\n<html><body>Welcome</body></html>'],
    ['a page with blanks before it', '\ufeff\n  <html lang="en"></html>'],
    ['an XML error', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'],
  ])('%s is called HTML', (_name, source) => {
    expect(errorOf(source)).toMatchObject({
      source: 'config.js',
      code: 'config-not-javascript',
      kind: 'protocol',
      message: expect.stringContaining('HTML page'),
    });
  });

  it('says where the syntax is wrong', () => {
    const error = errorOf('var config = {\n a: 1\n b: 2 };');
    expect(error.code).toBe('config-not-javascript');
    expect(error.message).toContain('(3:1)');
    expect(errorOf('{"hosts": {"domain": "x"}}').code).toBe('config-not-javascript');
    expect(errorOf('export default {}').code).toBe('config-not-javascript');
  });

  it.each([
    '',
    '// nothing',
    'var interfaceConfig = {};',
    'var config;',
    'var config = "x";',
    'var config = [];',
  ])('%j has no config', (source) => {
    expect(errorOf(source).code).toBe('config-missing');
  });
});

describe('files that want to be run', () => {
  it('runs nothing', () => {
    const before = [process.exitCode, Object.keys(globalThis).length];
    const { config, unresolved } = evaluateConfigJs(`
      var config = { a: 1 };
      process.exit(1);
      require('child_process').execSync('exit');
      globalThis.leaked = 1; window.leaked2 = config;
      fetch('http://127.0.0.1/');
      (function () { return this; })().leaked = 1;
      config.b = (0, eval)('1');
      while (true) {}
      do {} while (config.a);
      for (;;) { config.c = 1; }`);
    expect(config).toEqual({ a: 1 });
    expect(unresolved.map(({ path }) => path)).toContain('line 3: call');
    expect([process.exitCode, Object.keys(globalThis).length]).toEqual(before);
  });

  it('keeps prototypes out', () => {
    const { config } = evaluateConfigJs(`
      var config = { __proto__: { a: 1 }, 'constructor': 2, ['__proto__']: 3, nested: { prototype: 4, b: 5 } };
      config.__proto__ = { polluted: true };
      config.__proto__.polluted = true;
      config['__pro' + 'to__'].polluted = true;
      config.constructor.prototype.polluted = true;
      config.nested.__proto__.polluted = true;
      ''.__proto__.polluted = true;
      [].constructor.prototype.polluted = true;
      Object.prototype.polluted = true;
      Object.assign(config, { ['__proto__']: { polluted: true }, c: 6 });
      config = { ...config, ...{ ['constructor']: 7 } };
      config.ok = config.toString === undefined;`);
    expect(JSON.stringify(config)).toBe('{"nested":{"b":5},"c":6,"ok":true}');
    expect(Object.getPrototypeOf(config)).toBeNull();
    expect(Object.getPrototypeOf(config['nested'])).toBeNull();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('files that are too much', () => {
  it.each<[name: string, code: string, source: () => string]>([
    ['10 MB', 'config-too-large', () => `var config = {}; // ${'x'.repeat(10_000_000)}`],
    [
      '20 000 nested lists',
      'config-too-deep',
      () => `var config = ${'['.repeat(20_000)}${']'.repeat(20_000)};`,
    ],
    ['unclosed brackets', 'config-too-deep', () => `var config = ${'({['.repeat(20_000)}`],
    ['nested functions', 'config-too-deep', () => 'function f(){'.repeat(20_000)],
    ['nested templates', 'config-too-deep', () => 'var config = '.padEnd(300_000, '`${')],
    ['operators before a value', 'config-too-deep', () => `var config = ${'!'.repeat(200_000)}1;`],
    ['a chain of assignments', 'config-too-deep', () => `var config = {}; ${'a='.repeat(100_000)}1;`],
    ['a chain of conditions', 'config-too-deep', () => `var config = ${'1?2:'.repeat(7_000)}1;`],
    ['a chain of else', 'config-too-deep', () => `${'if(a){}else '.repeat(4_500)};`],
    ['100 000 terms', 'config-too-deep', () => `var config = { a: "a"${'+"a"'.repeat(100_000)} };`],
    ['a member of a member', 'config-too-deep', () => `var config = { a: b${'.c'.repeat(14_000)} };`],
    ['a call of a call', 'config-too-deep', () => `var config = { a: "b"${'.trim()'.repeat(5_000)} };`],
    [
      'a nested expression of a regular expression',
      'config-too-complex',
      () => `var config = /${'('.repeat(300_000)}/;`,
    ],
    ['HTML comments', 'config-too-deep', () => '<!-- x\n'.repeat(100_000)],
    [
      'strings that double',
      'config-too-complex',
      () => `var a = "a"; ${'a = a + a;'.repeat(60)} var config = { a };`,
    ],
    ['templates that double', 'config-too-complex', () => `var a = "a"; ${'a = `${a}${a}`;'.repeat(60)}`],
    ['a string that doubles itself', 'config-too-complex', () => `var a = "a"; ${'a += a;'.repeat(60)}`],
    [
      'strings that are joined',
      'config-too-complex',
      () => `var a = "ab"; ${'a = a.split("").join(a);'.repeat(20)}`,
    ],
    [
      'strings that are replaced',
      'config-too-complex',
      () => `var a = "aaaaaaaaaaaaaaaa"; ${'a = a.replaceAll("a", a);'.repeat(9)}`,
    ],
    ['lists that double', 'config-too-complex', () => `var a = [1]; ${'a = [...a, ...a];'.repeat(60)}`],
    ['lists that are appended', 'config-too-complex', () => `var a = [1]; ${'a = a.concat(a);'.repeat(60)}`],
    [
      'objects that double in the result',
      'config-too-complex',
      () => `var a = {}; ${'a = {l: a, r: a};'.repeat(60)} var config = a;`,
    ],
    [
      'long strings in many places',
      'config-too-complex',
      () => `var a = "${'x'.repeat(500_000)}", config = {${manyOf(100, (i) => `k${i}: a,`)}};`,
    ],
    [
      'functions that call each other twice',
      'config-too-complex',
      () => `${manyOf(40, (i) => `function f${i}() { f${i + 1}(); f${i + 1}(); }`)} f0();`,
    ],
    [
      'a list of half a million',
      'config-too-complex',
      () => `var config = { a: [${'1,'.repeat(500_000)}] };`,
    ],
    ['many declarations', 'config-too-complex', () => manyOf(50_000, (i) => `let a${i};`)],
    [
      'an object that grows inwards',
      'config-too-deep',
      () => `var config = {}; ${'config = { a: config };'.repeat(1_000)}`,
    ],
    [
      'a long skipped function, called often',
      'config-too-complex',
      () => `function f() { for (;;) {} ${'x = 1;'.repeat(3_000)} } ${'f();'.repeat(2_000)}`,
    ],
    ['a BigInt of 1 MB', 'config-too-complex', () => `var config = { a: ${'9'.repeat(1_000_000)}n };`],
    ['a hexadecimal one', 'config-too-complex', () => `var config = { a: 0x${'f'.repeat(1_000_000)}n };`],
    ['a number of 1 MB', 'config-too-complex', () => `var config = { a: .${'9'.repeat(1_000_000)} };`],
    [
      'a regular expression with 40 000 names',
      'config-too-complex',
      () => `var config = { a: /${manyOf(40_000, (i) => `(?<a${i}>)`)}/ };`,
    ],
    [
      'functions with many parameters, called often',
      'config-too-complex',
      () => `function f(${manyOf(2_500, (i) => `a${i},`)}z) {} ${'f();'.repeat(5_000)}`,
    ],
    [
      'skipped functions in one with many parameters',
      'config-too-complex',
      () =>
        `function f(${manyOf(3_000, (i) => `a${i},`)}z) { ${'(function(){})();'.repeat(1_500)} } if (q) f();`,
    ],
    [
      'long texts that are compared',
      'config-too-complex',
      () => `var a = "${'x'.repeat(300_000)}", b = a + "y", c = a + "z"; ${'b == c;'.repeat(7_000)}`,
    ],
    [
      'long texts that become numbers',
      'config-too-complex',
      () => `var a = "${'9'.repeat(300_000)}"; ${'+a;'.repeat(9_000)}`,
    ],
    [
      'long texts that are sought in longer ones',
      'config-too-complex',
      () =>
        `var a = "${'a'.repeat(300_000)}", b = "b${'a'.repeat(100_000)}"; ${'a.indexOf(b);'.repeat(2_000)}`,
    ],
    ['a file full of placeholders', 'config-missing', () => '<!--#-->'.repeat(100_000)],
    ['a file full of opened placeholders', 'config-missing', () => '<!--#'.repeat(200_000)],
  ])('%s', (_name, code, source) => {
    expect(errorOf(source())).toMatchObject({ source: 'config.js', code });
  });

  it('follows a chain of 2000 terms', () => {
    const { config } = evaluateConfigJs(`var config = { a: "a"${'+"b"'.repeat(2_000)} };`);
    expect(config['a']).toBe(`a${'b'.repeat(2_000)}`);
  });

  it('does not follow functions that call themselves', () => {
    const { config, unresolved } = evaluateConfigJs(
      'function f(a) { return f(a); } var config = { a: f(1), b: 2 };',
    );
    expect(config).toEqual({ b: 2 });
    expect(unresolved).toMatchObject([{ path: 'config.a' }]);
  });

  it('has limits that can be set', () => {
    const source = 'var config = { a: [[1, 2, 3]], b: "abc" + "def" };';
    expect(evaluateConfigJs(source).unresolved).toEqual([]);
    expect(errorOf(source, { limits: { size: 20 } }).code).toBe('config-too-large');
    expect(errorOf(source, { limits: { depth: 2 } }).code).toBe('config-too-deep');
    expect(errorOf(source, { limits: { tokens: 10 } }).code).toBe('config-too-complex');
    expect(errorOf(source, { limits: { steps: 5 } }).code).toBe('config-too-complex');
    expect(errorOf(source, { limits: { characters: 5 } }).code).toBe('config-too-complex');
  });

  it.each([
    ['evaluated', `var config = {}; ${'config.a = 1;'.repeat(500)}`],
    ['parsed', `var config = { ${manyOf(500, (i) => `a${i}: 1,`)}`],
  ])('has a limit in ms while it is %s', (_, source) => {
    let time = 0;
    const now = (): number => (time += 300);
    expect(errorOf(source, { now })).toMatchObject({
      code: 'config-too-complex',
      message: expect.stringContaining('too long'),
    });
    time = 0;
    expect(() => evaluateConfigJs('var config = {};', { now })).not.toThrow();
  });
});
