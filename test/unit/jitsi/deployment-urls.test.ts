import { describe, expect, it } from 'vitest';
import { ConnectionError } from '../../../src/base/errors.ts';
import { conferenceRequestUrlFor, roomJid, websocketUrlFor } from '../../../src/jitsi/deployment.ts';
import { parseMeetingAddress } from '../../../src/jitsi/meeting-address.ts';
import { caseFile } from './config-js/fixture.ts';
import { errorOf, resolved, withMore } from './deployment-fixture.ts';

describe('service URLs', () => {
  it.each([
    ['wss://x.example/ws', 'wss://x.example/ws'],
    ['https://x.example/ws', 'wss://x.example/ws'],
    ['//x.example:8443/ws', 'wss://x.example:8443/ws'],
    ['/xmpp-websocket', 'wss://meet.example.com/xmpp-websocket'],
    ['xmpp-websocket', 'wss://meet.example.com/acme/xmpp-websocket'],
    ['wss://x.example/ws?region=eu#x', 'wss://x.example/ws?region=eu'],
  ])('websocket %s', (websocket, url) => {
    const deployment = withMore(
      `config.websocket = '${websocket}';`,
      {},
      'https://meet.example.com/acme/standup',
    );
    expect(deployment).toMatchObject({
      websocketUrl: url,
      origin: { websocketUrl: 'config.js' },
      warnings: [],
    });
  });

  it('follow the page where it has no TLS', () => {
    const url = 'http://127.0.0.1:8080/standup';
    expect(withMore('', {}, url).websocketUrl).toBe('ws://127.0.0.1:8080/xmpp-websocket');
    expect(withMore("config.websocket = 'wss://x.example/ws';", {}, url).websocketUrl).toBe(
      'wss://x.example/ws',
    );
    expect(resolved(undefined, {}, url)).toMatchObject({
      domain: '127.0.0.1',
      websocketUrl: 'ws://127.0.0.1:8080/xmpp-websocket',
      keepAliveUrl: 'http://127.0.0.1:8080/xmpp-websocket',
    });
  });

  it.each([
    ['/http-bind', 'wss://meet.example.com/xmpp-websocket', 'https://meet.example.com/http-bind'],
    ['http-bind', 'wss://meet.example.com/xmpp-websocket', 'https://meet.example.com/http-bind'],
    [
      '//x.example/acme/http-bind?a=b',
      'wss://x.example/acme/xmpp-websocket?a=b',
      'https://x.example/acme/http-bind?a=b',
    ],
    ['https://x.example', 'wss://x.example/xmpp-websocket', 'https://x.example/'],
    ['https://x.example/', 'wss://x.example/xmpp-websocket', 'https://x.example/'],
    [
      'https://x.example:5281/http-bind',
      'wss://x.example:5281/xmpp-websocket',
      'https://x.example:5281/http-bind',
    ],
    ['https://x.example/http-bind//', 'wss://x.example/xmpp-websocket', 'https://x.example/http-bind//'],
    [
      'https://x.example/a/b/http-bind/?c=d#e',
      'wss://x.example/a/b/xmpp-websocket?c=d',
      'https://x.example/a/b/http-bind/?c=d',
    ],
    [' HTTPS://X.example/http-bind ', 'wss://x.example/xmpp-websocket', 'https://x.example/http-bind'],
    [
      'https://[2001:db8::1]:8443/http-bind/',
      'wss://[2001:db8::1]:8443/xmpp-websocket',
      'https://[2001:db8::1]:8443/http-bind/',
    ],
  ])('beside BOSH at %s, with a warning', (bosh, url, boshUrl) => {
    const deployment = withMore(`delete config.websocket; config.bosh = '${bosh}';`);
    expect(deployment).toMatchObject({
      websocketUrl: url,
      boshUrl,
      origin: { websocketUrl: 'derived', boshUrl: 'config.js' },
    });
    expect(deployment.warnings).toEqual([expect.stringContaining('--websocket (option websocket)')]);
  });

  it('beside BOSH that is relative, in a tenant', () => {
    const at = (bosh: string): string =>
      withMore(`delete config.websocket; config.bosh = '${bosh}';`, {}, 'https://h.example/acme/standup')
        .websocketUrl;
    expect(at('/http-bind/')).toBe('wss://h.example/xmpp-websocket');
    expect(at('/acme/http-bind')).toBe('wss://h.example/acme/xmpp-websocket');
    expect(at('http-bind')).toBe('wss://h.example/acme/xmpp-websocket');
  });

  it('case 03: beside BOSH with a slash at its end', () => {
    const deployment = resolved(
      caseFile('03-bosh-forms/trailing-slash.js'),
      {},
      'https://a.example:7443/room',
    );
    expect(deployment).toMatchObject({
      websocketUrl: 'wss://a.example:7443/xmpp-websocket',
      boshUrl: 'https://a.example:7443/http-bind/',
    });
  });

  it.each([
    ['wss://x.example:7443/some/ws', 'wss://x.example:7443/some/ws'],
    ['WSS://x.example/http-bind', 'wss://x.example/http-bind'],
  ])('are BOSH’s own where that is a WebSocket: %s', (bosh, url) => {
    const deployment = withMore(`delete config.websocket; config.bosh = '${bosh}';`);
    expect(deployment).toMatchObject({
      websocketUrl: url,
      origin: { websocketUrl: 'config.js' },
      warnings: [],
    });
    expect(deployment).not.toHaveProperty('boshUrl');
    expect(withMore(`config.bosh = '${bosh}';`).websocketUrl).toBe('wss://meet.example.com/xmpp-websocket');
  });

  it('have BOSH beside them where config.js names both, if TLS allows', () => {
    expect(withMore("config.bosh = '/http-bind';").boshUrl).toBe('https://meet.example.com/http-bind');
    expect(withMore('')).not.toHaveProperty('boshUrl');
    const insecure = withMore("config.bosh = 'http://x.example/http-bind';");
    expect(insecure).not.toHaveProperty('boshUrl');
    expect(insecure.warnings).toEqual([expect.stringContaining('without TLS')]);
    const unusable = withMore("delete config.websocket; config.bosh = 'ftp://x.example/';");
    expect(unusable.warnings.filter((warning) => warning.includes('no usable URL'))).toHaveLength(1);
    expect(resolved(undefined).boshUrl).toBe('https://meet.example.com/http-bind');
  });

  it('carry room, token and previd, and what was configured', () => {
    const address = parseMeetingAddress({ url: 'https://meet.example.com/Fête 1' });
    const deployment = withMore("config.websocket += '?region=eu';");
    expect(websocketUrlFor(deployment, address)).toBe(
      'wss://meet.example.com/xmpp-websocket?region=eu&room=f%25c3%25aate%25201',
    );
    const full = new URL(websocketUrlFor(deployment, address, { token: 'a.b+c', previd: 'sm/1&' }));
    expect(Object.fromEntries(full.searchParams)).toEqual({
      region: 'eu',
      room: 'f%c3%aate%201',
      token: 'a.b+c',
      previd: 'sm/1&',
    });
    expect(roomJid(deployment, address)).toBe('f%c3%aate%201@conference.d.example');
    expect(conferenceRequestUrlFor(deployment, address)).toBeUndefined();
  });

  it('never lead from https to ws, unless the user says so', () => {
    for (const code of [
      "config.websocket = 'ws://x.example/ws';",
      "config.websocket = ''; config.bosh = 'http://x.example/http-bind';",
    ]) {
      const error = errorOf(() => withMore(code));
      expect(error).toBeInstanceOf(ConnectionError);
      expect(error).toMatchObject({
        code: 'insecure-websocket',
        message: expect.stringContaining('--websocket'),
      });
    }
    const overrides = { websocket: 'ws://127.0.0.1:5280/xmpp-websocket' };
    expect(withMore("config.websocket = 'ws://x.example/ws';", { overrides })).toMatchObject({
      websocketUrl: 'ws://127.0.0.1:5280/xmpp-websocket',
      keepAliveUrl: 'http://127.0.0.1:5280/xmpp-websocket',
    });
  });

  it('without TLS are not used for keep-alive and conference requests either', () => {
    const code =
      "config.websocketKeepAliveUrl = 'http://x.example/k'; config.conferenceRequestUrl = 'http://x.example/c';";
    const deployment = withMore(code);
    expect(deployment.keepAliveUrl).toBe('https://meet.example.com/xmpp-websocket');
    expect(deployment.conferenceRequestUrl).toBeUndefined();
    expect(deployment.warnings).toHaveLength(2);
    expect(withMore(code, {}, 'http://meet.example.com/standup').conferenceRequestUrl).toBe(
      'http://x.example/c',
    );
  });
});
