import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { EvaluatedConfig } from '../../../../src/jitsi/config-js/config.ts';
import { evaluateConfigJs } from '../../../../src/jitsi/config-js/evaluate.ts';

const page = 'https://Meet.example.com:8443/team/my%20room';

function evaluated(source: string, address = page): EvaluatedConfig {
  return evaluateConfigJs(source, { page: address });
}

/** What a browser makes of it. */
function executed(source: string, address = page): unknown {
  const location = new URL(address);
  const document = { location, domain: location.hostname, URL: location.href, documentURI: location.href };
  const context: Record<string, unknown> = {
    location,
    document,
    origin: location.origin,
    URL,
    URLSearchParams,
  };
  context['window'] = context['self'] = context;
  return JSON.parse(String(runInNewContext(`${source}\n;JSON.stringify(config)`, context)));
}

describe('the page’s address', () => {
  it.each([
    'window.location.host',
    'document.location.hostname',
    'self.location.port',
    'globalThis.location.protocol',
    'location.origin',
    'location.pathname',
    'location["href"]',
    'location.search + location.hash',
    'window["location"].host',
    'window.document.domain',
    'document.URL',
    'origin',
    'window.origin',
    "'x' + location",
    '`${window.location}`',
    'String(location)',
    'location.toString()',
    'location.href.toString()',
    "location == 'x'",
    'typeof location',
    'typeof window !== "undefined" && window.location.host',
    "(location.protocol === 'https:' ? 'wss:' : 'ws:') + '//' + location.host + '/x'",
    "location.protocol.replace('http', 'ws') + '//' + location.host",
    "location.hostname.split('.')[0]",
    "location.hostname.split('.').slice(1).join('.')",
    "location.hostname.split('.').slice(-2).join('.')",
    "location.pathname.split('/', 2)[1]",
    "location.pathname.split('/').filter(Boolean)",
    "location.pathname.split('/').filter(function (part) { return part; }).pop()",
    "location.pathname.split('/').filter(part => part.length > 0)[0] || 'none'",
    "location.pathname.split('/').some((part) => part === 'team')",
    "location.pathname.split('/').reverse().find((part) => part)",
    "location.pathname.substring(1, location.pathname.lastIndexOf('/'))",
    "location.pathname.substr(0, location.pathname.lastIndexOf('/') + 1)",
    "location.pathname.replace(/[^/]*$/, '')",
    "location.pathname.replace(/\\//g, '.')",
    'location.pathname.match(/^\\/([^/]+)\\//)[1]',
    'location.pathname.match(/^\\/nowhere/)',
    '/^meet\\./.test(location.hostname)',
    '/^(?:www\\.)?([a-z]+)\\./.exec(location.hostname)[1]',
    'location.hostname.search(/example/)',
    'location.hostname.split(/[.]/)',
    "location.host.startsWith('meet.') && !location.host.endsWith('.org')",
    "location.host.indexOf(':') > 0 ? location.host.slice(0, location.host.indexOf(':')) : location.host",
    "location.hostname.includes('staging')",
    'location.hostname.toLowerCase().trim().charAt(0)',
    "'conference.'.concat(location.hostname)",
    'Number(location.port) === 8443',
    "location.port ? ':' + location.port : ''",
    'decodeURIComponent(location.pathname)',
    'encodeURIComponent(location.host)',
    'new URL(location.href).hostname',
    "new URL('/http-bind', location.origin).href",
    "new URL('xmpp-websocket', window.location).pathname",
    "'' + new URL('/x', location.href)",
    "new URLSearchParams(location.search).get('tenant') || 'none'",
    "new URLSearchParams('?a=b%20c').get('a')",
    "new URL(location.href).searchParams.has('x')",
  ])('%s', (expression) => {
    const source = `var config = {}; config.value = ${expression};`;
    expect(evaluated(source).unresolved).toEqual([]);
    expect(JSON.parse(JSON.stringify(evaluated(source).config))).toEqual(executed(source));
  });

  it.each([
    'var { host, protocol } = window.location; var config = { a: protocol + host };',
    "const { hostname: h } = location, { none = 'x' } = { h }; var config = { h, none };",
    "let [, tenant] = location.pathname.split('/'); var config = { tenant };",
    'var l = window.location, config = { host: l.host }; config.again = l.hostname;',
    "var config = { hosts: { domain: 'a' } }; (function (w) { config.hosts.muc = 'muc.' + w.hostname; })(location);",
    "var config = {}; if (location.hostname === 'meet.example.com') { config.a = 1; } else { config.a = 2; }",
    "function here() { return window.location.host; } var config = { ws: 'wss://' + here() + '/x' };",
    "var config = Object.assign({}, { a: location.host }, { b: 'x' });",
  ])('in statements: %s', (source) => {
    expect(evaluated(source).unresolved).toEqual([]);
    expect(JSON.parse(JSON.stringify(evaluated(source).config))).toEqual(executed(source));
  });

  it('is the page’s, whatever is assigned: that would leave the page', () => {
    const source = `var config = {};
      if (unknown) window.location = 'https://evil.example/';
      location.href = 'https://evil.example/'; document.location.host = 'evil.example'; location['ho' + 'st'] = 'evil';
      delete location.host; location[unknown] = 'evil'; document.domain = 'evil'; window.location = 'x';
      config.host = location.host; config.domain = document.domain;`;
    expect(evaluated(source).config).toEqual({ host: 'meet.example.com:8443', domain: 'meet.example.com' });
  });

  it('has no room of its own in functions that name something else so', () => {
    const source = "var config = {}; (function (location) { config.a = location.host; })({ host: 'other' });";
    expect(evaluated(source).config).toEqual({ a: 'other' });
  });

  it('says whether the room matters', () => {
    expect(evaluated('var config = { a: location.host };')).not.toHaveProperty('isOfRoom');
    for (const read of [
      'location.pathname',
      'location.href',
      '"" + location',
      '{...location}',
      'document.URL',
    ])
      expect(evaluated(`var config = {}, a = ${read};`), read).toHaveProperty('isOfRoom', true);
  });

  it('leaves everything else of a browser unknown', () => {
    for (const read of [
      'document.title',
      'document.cookie',
      'navigator.userAgent',
      'location.ancestorOrigins',
      'top.x',
    ]) {
      const { config, unresolved } = evaluated(`var config = { a: 1 }; config.b = 'x' + ${read};`);
      expect(config, read).toEqual({ a: 1 });
      expect(unresolved, read).toMatchObject([{ path: 'config.b' }]);
    }
  });

  it('is not known without a page', () => {
    expect(evaluateConfigJs('var config = { a: location.host };').unresolved).toMatchObject([
      { path: 'config.a', reason: expect.stringContaining('`location` is not defined') },
    ]);
  });
});

describe('regular expressions', () => {
  it.each([
    ['repetitions of a group', '/(a+)+$/.test(s)'],
    ['many repetitions', '/a*b*c*d/.test(s)'],
    ['references', '/(a)\\1/.test(s)'],
    ['looking ahead', '/(?=a)b/.test(s)'],
    ['long text', `/a/.test("${'a'.repeat(2_000)}")`],
    ['flags that remember', '/a/y.test(s)'],
  ])('with %s are not run', (_, expression) => {
    const { config, unresolved } = evaluated(`var s = 'aaab', config = { a: ${expression} };`);
    expect(config).toEqual({});
    expect(unresolved).toMatchObject([{ path: 'config.a' }]);
  });

  it('cost what they may take', () => {
    const source = `var s = "${'a'.repeat(500)}", config = {}; ${'/a*a*b/.test(s);'.repeat(2_000)}`;
    expect(() => evaluated(source)).toThrow(expect.objectContaining({ code: 'config-too-complex' }));
  });
});
