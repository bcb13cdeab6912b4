import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { EvaluatedConfig } from '../../../../src/jitsi/config-js/config.ts';
import { evaluateConfigJs } from '../../../../src/jitsi/config-js/evaluate.ts';
import { meetingUrl } from '../../../../src/jitsi/deployment.ts';
import { parseMeetingAddress } from '../../../../src/jitsi/meeting-address.ts';

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
    // The window as a value.
    '(function (window) { window.config = { a: window.location.host }; window.config.b = 1; })(window);',
    '(function (root) { root.config = { a: root.location.host }; })(this);',
    'var w = window, config = {}; w.config.a = w.location.host; config.b = (window && window.location && w.location.port) || 1;',
    'const { location: { hostname } } = window; var config = { hostname, same: window === self };',
    "function here() { return location.host; } var config = { a: window.here(), b: window['here']() };",
    // Functions that return early, and cases by host name.
    "function of(h) { if (h.endsWith('.example.com')) { return 'a'; } else { return 'b'; } } var config = { a: of(location.hostname), b: of('x') };",
    "var config = { a: (function () { var m = /^\\/([^/]+)\\//.exec(location.pathname); if (!m) return ''; return m[1]; })() };",
    "var config = {}; switch (location.hostname) { case 'x': config.a = 1; break; case 'meet.example.com': config.a = 2; case 'y': config.b = 3; break; default: config.b = 4; }",
    "var config = {}; switch (location.port) { case '1': config.a = 1; break; default: config.a = 2; case '2': { config.b = 3; if (config.b) break; config.b = 4; } }",
    "var config = {}; switch (true) { case location.host === 'x': config.a = 1; break; case location.port > 80: config.a = 2; }",
    "var config = { a: (function (h) { switch (h) { case 'meet.example.com': return 'x'; default: return 'y'; } })(location.hostname) };",
    'function f({ hostname, port: p = 1 }, [, first] = location.pathname.split("/"), n = first.length) { return hostname + p + first + n; } var config = { a: f(location) };',
    'const { location: { hostname: h } } = document, [[a] = ["x"]] = []; var config = { h, a };',
    "var i = 0, p = location.pathname.split('/'); i++; var config = { a: p[i++], b: p[i], c: --i };",
    "var config = { a: ~location.hostname.indexOf('meet') ? 1 : 2, b: parseInt(location.port, 10) + 1, c: parseInt('x') || 443 };",
    "var hosts = { 'meet.example.com': 'a', other: 'b' }, config = { a: Object.keys(hosts).filter(function (h) { return h === location.hostname; })[0], b: Object.entries(hosts), c: Object.values(hosts).length };",
    "var config = { a: location.hostname.split('.').at(-2), b: location.hostname.at(0) };",
    "var config = { a: location.hostname.replace(new RegExp('^meet' + '\\\\.'), 'xmpp.') };",
  ])('in statements: %s', (source) => {
    expect(evaluated(source).unresolved).toEqual([]);
    expect(JSON.parse(JSON.stringify(evaluated(source).config))).toEqual(executed(source));
  });

  it.each([
    "new URLSearchParams(location.search).get('env') === 'dev' ? 'dev.example' : 'prod.example'",
    '(/[?&]env=([^&]+)/.exec(location.search) || [])[1]',
    "location.hash.indexOf('config.beta=true') >= 0",
    "location.href.split('?')[0]",
    "location.search.substring(1).split('&').map(function (pair) { return pair.split('=')[1]; })",
  ])('with query and fragment: %s', (expression) => {
    const address = parseMeetingAddress({
      url: 'https://meet.example.com/team/room?env=dev&jwt=SECRET#config.beta=true&token=SECRET',
    });
    const source = `var config = {}; config.value = ${expression};`;
    const { config, unresolved, isOfRoom } = evaluated(source, meetingUrl(address));
    expect({ unresolved, isOfRoom }).toEqual({ unresolved: [], isOfRoom: true });
    expect(JSON.parse(JSON.stringify(config))).toEqual(executed(source, meetingUrl(address)));
    expect(JSON.stringify(config)).not.toContain('SECRET');
  });

  it('is the page’s, whatever is assigned: that would leave the page', () => {
    const source = `var config = {};
      if (unknown) window.location = 'https://evil.example/';
      location.href = 'https://evil.example/'; document.location.host = 'evil.example'; location['ho' + 'st'] = 'evil';
      delete location.host; location[unknown] = 'evil'; document.domain = 'evil'; window.location = 'x';
      config.host = location.host; config.domain = document.domain;`;
    expect(evaluated(source).config).toEqual({ host: 'meet.example.com:8443', domain: 'meet.example.com' });
  });

  it.each([
    ['a condition', 'function f() { if (unknown) return 1; config.a = 2; return 3; } config.b = f();'],
    ['a case', 'function f() { switch (unknown) { case 1: return 1; } config.a = 2; } config.b = f();'],
    ['a loop', 'function f() { for (;;) return 1; config.a = 2; return 3; } config.b = f();'],
    [
      'a condition, by way of the window',
      '(function (w) { if (unknown) { w.config.a = 2; w.config.b = 2; } })(window);',
    ],
    ['a break', 'switch (1) { case 1: if (unknown) break; config.a = 2; config.b = 3; }'],
  ])('does not guess what comes behind %s that is not known', (_, source) => {
    const { config, unresolved } = evaluated(`var config = { a: 1, b: 1, c: 1 }; ${source}`);
    expect(config).toEqual({ c: 1 });
    expect(unresolved.map(({ path }) => path)).toEqual(expect.arrayContaining(['config.a', 'config.b']));
  });

  it('goes on behind loops and cases with a `break` of their own', () => {
    const source = `var config = { c: 1 }; for (;;) { if (unknown) break; } switch (unknown) { case 1: break; }
      config.a = 2; (function () { while (1) { break; } config.b = 3; })();`;
    expect(evaluated(source).config).toEqual({ a: 2, b: 3, c: 1 });
  });

  it('has no room of its own in functions that name something else so', () => {
    const source = "var config = {}; (function (location) { config.a = location.host; })({ host: 'other' });";
    expect(evaluated(source).config).toEqual({ a: 'other' });
  });

  it('says whether the room matters', () => {
    expect(evaluated('var config = { a: location.host };')).not.toHaveProperty('isOfRoom');
    for (const read of [
      'location.pathname',
      'location.search',
      'location.hash',
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
    ['a mistake', "new RegExp('(').test(s)"],
    ['flags that are none', "new RegExp('a', 'gg').test(s)"],
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
