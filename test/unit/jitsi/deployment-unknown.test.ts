/** Values that only the page, the web server or a browser knows: what stands for them, and what never comes of them. */
import { describe, expect, it } from 'vitest';
import { caseFile } from './config-js/fixture.ts';
import { resolved, withMore } from './deployment-fixture.ts';

describe('the page’s own address', () => {
  it('case 01: is what config.js builds its URLs from', () => {
    const deployment = resolved(
      caseFile('01-page-location/config.js'),
      {},
      'https://meet.example.com:8443/team/room',
    );
    expect(deployment).toMatchObject({
      websocketUrl: 'wss://meet.example.com:8443/signal/ws',
      domain: 'meet.jitsi',
      muc: 'muc.meet.jitsi',
      origin: { websocketUrl: 'config.js', muc: 'config.js' },
      warnings: [],
    });
  });

  it.each([
    ['https://meet.example.com/standup', 'muc.meet.example.com', 'wss://meet.example.com/xmpp-websocket'],
    [
      'https://meet.example.com/Acme.Corp/standup',
      'muc.acme_corp.meet.example.com',
      'wss://meet.example.com/Acme.Corp/xmpp-websocket',
    ],
    ['http://127.0.0.1:8080/standup', 'muc.127.0.0.1', 'ws://127.0.0.1:8080/xmpp-websocket'],
  ])('with and without a tenant: %s', (url, muc, websocketUrl) => {
    const source = `
      var segments = window.location.pathname.split('/').filter(Boolean);
      var subdir = segments.length > 1 ? segments[0] + '/' : '';
      var subdomain = subdir ? subdir.slice(0, -1).split('.').join('_').toLowerCase() + '.' : '';
      var config = {
        hosts: { domain: location.hostname, muc: 'muc.' + subdomain + location.hostname },
        bosh: '//' + location.host + '/' + subdir + 'http-bind',
        websocket: location.protocol.replace('http', 'ws') + '//' + location.host + '/' + subdir + 'xmpp-websocket',
      };`;
    expect(resolved(source, {}, url)).toMatchObject({ muc, websocketUrl, warnings: [] });
  });

  it('has no token in query and fragment', () => {
    const source = `var config = { hosts: { domain: 'd.example', muc: 'm.d.example' }, websocket: 'wss://h.example/x' + location.search + location.hash };`;
    expect(resolved(source, {}, 'https://meet.example.com/standup?jwt=a.b.c#jwt="d.e.f"').websocketUrl).toBe(
      'wss://h.example/x',
    );
  });
});

describe('placeholders of the web server', () => {
  it('case 02: stand for their default text', () => {
    expect(resolved(caseFile('02-ssi-default/config.js'))).toMatchObject({
      domain: 'meet.example.com',
      muc: 'conference.meet.example.com',
      websocketUrl: 'wss://meet.example.com/xmpp-websocket',
      conferenceRequestUrl: 'https://meet.example.com/conference-request/v1',
      warnings: [],
    });
  });

  it.each([
    `<!--# echo var="h" default="h.example" -->`,
    `<!--#echo var="h" default="h.example" -->`,
    `<!--# echo var="h" encoding="none" default="h.example"-->`,
    `<!--# echo default='h.example' var='h' -->`,
    `<!--# echo var="h" default=h.example -->`,
  ])('%s, in any quotes', (placeholder) => {
    for (const quote of ["'", '"', '`']) {
      const deployment = withMore(`config.websocket = ${quote}wss://${placeholder}/ws${quote};`);
      expect(deployment.websocketUrl).toBe('wss://h.example/ws');
    }
  });

  it('without default leave nothing, and no segment of a path becomes a host', () => {
    const deployment = withMore(`
      config.websocket = 'wss://<!--# echo var="http_host" -->/xmpp-websocket';
      config.bosh = 'https://<!--# echo var="http_host" -->/http-bind';
      config.conferenceRequestUrl = 'https://<!--# echo var="http_host" -->/conference-request/v1';
      config.websocketKeepAliveUrl = '//<!--# echo var="http_host" -->/_unlock';
      config.hosts.muc = 'conference.<!--# echo var="domain" -->';`);
    expect(deployment).toMatchObject({
      websocketUrl: 'wss://meet.example.com/xmpp-websocket',
      keepAliveUrl: 'https://meet.example.com/xmpp-websocket',
      muc: 'conference.d.example',
      origin: { websocketUrl: 'guess', muc: 'guess' },
    });
    expect(deployment).not.toHaveProperty('conferenceRequestUrl');
    expect(deployment).not.toHaveProperty('boshUrl');
    for (const key of ['websocket', 'bosh', 'conferenceRequestUrl', 'websocketKeepAliveUrl', 'hosts.muc'])
      expect(
        deployment.warnings.filter((warning) => warning.includes(`sets ${key} to`)),
        key,
      ).toHaveLength(1);
  });
});

describe('what is not known', () => {
  it.each([
    ['websocket', "config.websocket = 'wss://' + unknown.host + '/xmpp-websocket';"],
    ['websocket', 'config.websocket = `wss://${navigator.host}/xmpp-websocket`;'],
    ['websocket', "config.websocket = ['wss:/', unknown(), 'xmpp-websocket'].join('/');"],
    ['websocket', "config.websocket = 'wss://HOST/xmpp-websocket'.replace('HOST', unknown);"],
    ['websocket', "if (unknown) config.websocket = 'wss://evil.example/';"],
    ['websocket', "config.websocket = 'wss://' + config.nowhere + '/xmpp-websocket';"],
    ['hosts.muc', "config.hosts.muc = 'conference.' + unknown;"],
    ['hosts.muc', "config.hosts.muc = 'conference.' + config.nowhere;"],
    ['hosts.muc', "config.hosts.muc = 'conference.{{ domain }}';"],
    ['hosts.domain', 'config.hosts.domain = unknown;'],
    [
      'conferenceRequestUrl',
      "config.conferenceRequestUrl = 'https://' + unknown + '/conference-request/v1';",
    ],
    ['hosts.anonymousdomain', "config.hosts.anonymousdomain = 'guest.' + unknown;"],
    ['websocketKeepAliveUrl', "config.websocketKeepAliveUrl = '//' + unknown + '/_unlock';"],
  ])('of %s is guessed, with a warning that names it: %s', (key, code) => {
    const deployment = withMore(code);
    expect(deployment.warnings.filter((warning) => warning.includes(key)).length).toBeGreaterThan(0);
    expect(JSON.stringify({ ...deployment, warnings: [] })).not.toMatch(
      /unknown|undefined|evil|\/\/xmpp-websocket|nowhere/,
    );
  });
});
