import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/base/errors.ts';
import {
  conferenceRequestUrlFor,
  configUrl,
  keepAliveUrlFor,
  roomJid,
} from '../../../src/jitsi/deployment.ts';
import { parseMeetingAddress } from '../../../src/jitsi/meeting-address.ts';
import { configJsFixture, served } from './config-js/fixture.ts';
import { errorOf, page, resolved, withMore } from './deployment-fixture.ts';

describe('from config.js', () => {
  it('takes a package installation as it is', () => {
    const deployment = resolved(configJsFixture('debian.js'));
    expect(deployment).toEqual({
      domain: 'meet.example.com',
      streamDomain: 'meet.example.com',
      muc: 'conference.meet.example.com',
      focus: 'focus.meet.example.com',
      websocketUrl: 'wss://meet.example.com/xmpp-websocket',
      boshUrl: 'https://meet.example.com/http-bind',
      keepAliveUrl: 'https://meet.example.com/_unlock',
      keepAliveInterval: 60_000,
      hiddenDomain: 'recorder.meet.example.com',
      bridgeChannel: { preferSctp: false },
      resume: true,
      ping: { interval: 15_000, timeout: 8_000, threshold: 3 },
      startAudioMuted: 10,
      startVideoMuted: 10,
      origin: {
        domain: 'config.js',
        streamDomain: 'config.js',
        muc: 'config.js',
        focus: 'derived',
        websocketUrl: 'config.js',
        boshUrl: 'config.js',
        keepAliveUrl: 'config.js',
      },
      warnings: [],
    });
  });

  it('takes XMPP domains that have nothing to do with the address, as docker has them', () => {
    const deployment = resolved(configJsFixture('docker.js'));
    expect(deployment).toMatchObject({
      domain: 'meet.jitsi',
      muc: 'muc.meet.jitsi',
      focus: 'focus.meet.jitsi',
      websocketUrl: 'wss://video.example.org/xmpp-websocket',
      keepAliveUrl: 'https://video.example.org/xmpp-websocket',
      ping: { interval: 10_000, timeout: 5_000, threshold: 2 },
      warnings: [],
    });
    expect(deployment.origin.keepAliveUrl).toBe('derived');
    expect(deployment).not.toHaveProperty('conferenceRequestUrl');
    expect(deployment).not.toHaveProperty('hiddenDomain');
  });

  it('takes the hosted kind with an application id in every path', () => {
    const address = parseMeetingAddress({ url: page });
    const deployment = resolved(configJsFixture('jaas.js'));
    expect(deployment).toMatchObject({
      domain: 'jaas.example.net',
      muc: 'conference.vpaas-magic-cookie-0a1b2c.jaas.example.net',
      focus: 'focus.jaas.example.net',
      origin: { focus: 'config.js', conferenceRequestUrl: 'config.js' },
      warnings: [],
    });
    expect(keepAliveUrlFor(deployment, address)).toBe(
      'https://jaas.example.net/vpaas-magic-cookie-0a1b2c/_unlock?room=standup',
    );
    expect(conferenceRequestUrlFor(deployment, address)).toBe(
      'https://jaas.example.net/vpaas-magic-cookie-0a1b2c/conference-request/v1?room=standup',
    );
  });

  it('reads the remaining values', () => {
    const deployment = withMore(`Object.assign(config, {
      focusUserJid: 'focus@auth.d.example', websocketKeepAlive: -1, enableWebsocketResume: false,
      xmppPing: { interval: 20000 }, startAudioMuted: 0 });`);
    expect(deployment).toMatchObject({
      focusUserJid: 'focus@auth.d.example',
      keepAliveInterval: -1,
      resume: false,
      ping: { interval: 20_000, timeout: 5_000, threshold: 2 },
      startAudioMuted: 0,
      warnings: [],
    });
  });

  it.each([
    ['{ preferSctp: true }', { preferSctp: true }],
    [
      "{ preferSctp: false, ignoreDomain: 'Old.d.example' }",
      { preferSctp: false, ignoreDomain: 'old.d.example' },
    ],
    ["{ ignoreDomain: '' }", { preferSctp: false }],
    ['{}', { preferSctp: false }],
  ])('reads bridgeChannel %s', (value, bridgeChannel) => {
    expect(withMore(`config.bridgeChannel = ${value};`)).toMatchObject({ bridgeChannel, warnings: [] });
  });

  it('takes bridgeChannel for what it says only where it says so in so many words', () => {
    const deployment = withMore("config.bridgeChannel = { preferSctp: 'yes', ignoreDomain: 7 };");
    expect(deployment.bridgeChannel).toEqual({ preferSctp: false });
    expect(deployment.warnings).toHaveLength(2);
  });

  it('puts domains into lower case, and leaves the resource of a focus address alone', () => {
    const deployment = withMore(
      "config.hosts = { domain: 'Meet.Jitsi', muc: 'MUC.Meet.Jitsi', focus: 'Focus@Auth.Meet.Jitsi/Focus' };",
    );
    expect(deployment).toMatchObject({
      domain: 'meet.jitsi',
      muc: 'muc.meet.jitsi',
      focus: 'focus@auth.meet.jitsi/Focus',
    });
  });
});

describe('guests', () => {
  const source = configJsFixture('docker-subdomains.js');

  it('connect to the guest domain; with a token or a login the main one is used', () => {
    expect(resolved(source)).toMatchObject({ domain: 'meet.jitsi', streamDomain: 'guest.meet.jitsi' });
    expect(resolved(source, { token: 'a.b.c' }).streamDomain).toBe('meet.jitsi');
    expect(resolved(source, { login: true }).streamDomain).toBe('meet.jitsi');
    expect(resolved(source, {}, `${page}?jwt=a.b.c`).streamDomain).toBe('meet.jitsi');
  });

  it('connect to the domain that the user gave', () => {
    const { domain, streamDomain } = resolved(source, { overrides: { xmppDomain: 'Own.Example' } });
    expect([domain, streamDomain]).toEqual(['own.example', 'own.example']);
  });
});

describe('tenants', () => {
  const url = 'https://meet.example.com/Acme.Corp/Standup';

  it('ask for config.js inside the tenant, with the room', () => {
    expect(configUrl(parseMeetingAddress({ url }))).toBe(
      'https://meet.example.com/Acme.Corp/config.js?room=standup',
    );
    expect(configUrl(parseMeetingAddress({ url: 'http://127.0.0.1:8080/Fête 1' }))).toBe(
      'http://127.0.0.1:8080/config.js?room=f%25c3%25aate%25201',
    );
  });

  it('are in what the server answered', () => {
    const source = served(configJsFixture('debian.js'), { subdomain: 'Acme.Corp.', subdir: 'Acme.Corp/' });
    const deployment = resolved(source, {}, url);
    expect(deployment).toMatchObject({
      domain: 'meet.example.com',
      muc: 'conference.acme_corp.meet.example.com',
      websocketUrl: 'wss://meet.example.com/Acme.Corp/xmpp-websocket',
      warnings: [],
    });
    expect(roomJid(deployment, parseMeetingAddress({ url }))).toBe(
      'standup@conference.acme_corp.meet.example.com',
    );
  });

  it('are not put into a config.js that has none: browsers would not do it either', () => {
    expect(resolved(configJsFixture('docker.js'), {}, url).muc).toBe('muc.meet.jitsi');
  });

  it('are guessed where nothing says better', () => {
    expect(resolved(undefined, {}, url)).toMatchObject({
      domain: 'meet.example.com',
      muc: 'conference.acme_corp.meet.example.com',
      websocketUrl: 'wss://meet.example.com/Acme.Corp/xmpp-websocket',
    });
    expect(resolved("var config = { hosts: { domain: 'd' } };", {}, url).muc).toBe('conference.acme_corp.d');
  });
});

describe('guesses', () => {
  it('are Debian names, in one warning that names the overrides', () => {
    const deployment = resolved(undefined, {}, 'https://meet.example.com:8443/standup');
    expect(deployment).toMatchObject({
      domain: 'meet.example.com',
      streamDomain: 'meet.example.com',
      muc: 'conference.meet.example.com',
      focus: 'focus.meet.example.com',
      websocketUrl: 'wss://meet.example.com:8443/xmpp-websocket',
      origin: {
        domain: 'guess',
        muc: 'guess',
        focus: 'guess',
        websocketUrl: 'guess',
        boshUrl: 'guess',
        keepAliveUrl: 'derived',
      },
    });
    expect(deployment.warnings).toHaveLength(1);
    for (const name of [
      '--xmpp-domain (option xmppDomain)',
      '--muc',
      '--focus',
      '--websocket',
      deployment.muc,
    ]) {
      expect(deployment.warnings[0]).toContain(name);
    }
  });

  it('are not needed where everything is given', () => {
    const deployment = resolved(undefined, {
      overrides: {
        xmppDomain: 'x.example',
        muc: 'Rooms.X.example',
        websocket: '/ws',
        conferenceRequestUrl: '/acme/conference-request/v1',
      },
    });
    expect(deployment).toMatchObject({
      domain: 'x.example',
      muc: 'rooms.x.example',
      focus: 'focus.x.example',
      websocketUrl: 'wss://meet.example.com/ws',
      conferenceRequestUrl: 'https://meet.example.com/acme/conference-request/v1',
      origin: {
        domain: 'option',
        muc: 'option',
        focus: 'derived',
        websocketUrl: 'option',
        conferenceRequestUrl: 'option',
      },
      warnings: [],
    });
  });

  it('fill up a config.js that is not complete, one warning each', () => {
    const deployment = resolved("var config = { hosts: { domain: 'd.example' } };");
    expect(deployment).toMatchObject({
      muc: 'conference.d.example',
      focus: 'focus.d.example',
      websocketUrl: 'wss://meet.example.com/xmpp-websocket',
      origin: { domain: 'config.js', muc: 'guess', focus: 'derived', websocketUrl: 'guess' },
    });
    expect(deployment.warnings).toEqual([
      expect.stringMatching(/no hosts\.muc; guessing conference\.d\.example.*--muc/),
      expect.stringMatching(/no websocket; guessing .*--websocket/),
    ]);
    expect(resolved('var config = {};').warnings).toHaveLength(4);
  });

  it('say why a value could not be read', () => {
    const source = `var config = { hosts: { domain: 'd.example' } };
      config.hosts.muc = 'conference.' + navigator.product;
      config.hosts.focus = getFocus();
      config.websocket = 'wss://' + document.title + '/ws';`;
    const deployment = resolved(source);
    expect(deployment.warnings).toEqual([
      expect.stringContaining('no hosts.muc that can be evaluated without running it (line 2: `navigator`'),
      expect.stringContaining(
        'no hosts.focus that can be evaluated without running it (line 3: the call of `getFocus`',
      ),
      expect.stringContaining('no websocket that can be evaluated without running it (only a browser knows'),
    ]);
    expect(resolved('var config = load();').warnings[0]).toContain('the call of `load`');
    expect(resolved("var config = load(); config.hosts.muc = 'm.example';").warnings.join()).toContain(
      'hosts.domain that can be',
    );
  });
});

describe('overrides', () => {
  it('win over config.js', () => {
    const overrides = {
      xmppDomain: 'o.example',
      muc: 'rooms.o.example',
      focus: 'focus@auth.o.example/focus',
      websocket: 'wss://o.example/ws',
      conferenceRequestUrl: 'https://o.example/conference',
    };
    const deployment = resolved(configJsFixture('jaas.js'), { overrides });
    expect(deployment).toMatchObject({
      domain: 'o.example',
      muc: 'rooms.o.example',
      focus: 'focus@auth.o.example/focus',
      websocketUrl: 'wss://o.example/ws',
      conferenceRequestUrl: 'https://o.example/conference',
      warnings: [],
    });
    expect(new Set(Object.values(deployment.origin))).toEqual(new Set(['option', 'config.js']));
  });

  it.each([
    [{ xmppDomain: 'not a domain' }, '--xmpp-domain'],
    [{ muc: '' }, '--muc'],
    [{ focus: 'a@' }, '--focus'],
    [{ websocket: 'ftp://x.example' }, '--websocket'],
    [{ conferenceRequestUrl: 'http://' }, '--conference-request-url'],
  ])('that cannot work are refused: %o', (overrides, flag) => {
    const error = errorOf(() => resolved(undefined, { overrides }));
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ code: 'override-invalid', message: expect.stringContaining(flag) });
  });
});

describe('values of the wrong kind', () => {
  it.each([
    ["config.hosts.focus = 'not a domain'", 'hosts.focus'],
    ["config.hosts.anonymousdomain = ['a']", 'hosts.anonymousdomain'],
    ['config.websocketKeepAliveUrl = 5', 'websocketKeepAliveUrl'],
    ["config.conferenceRequestUrl = 'http://['", 'conferenceRequestUrl'],
    ["config.websocketKeepAlive = '60000'", 'websocketKeepAlive'],
    ['config.websocketKeepAlive = 1', 'websocketKeepAlive'],
    ["config.enableWebsocketResume = 'no'", 'enableWebsocketResume'],
    ['config.xmppPing = { interval: 0, timeout: 5000, threshold: 2 }', 'xmppPing.interval'],
    ['config.xmppPing = { threshold: 1.5 }', 'xmppPing.threshold'],
    ['config.startAudioMuted = -1', 'startAudioMuted'],
    ['config.startVideoMuted = true', 'startVideoMuted'],
    ["config.focusUserJid = '@'", 'focusUserJid'],
  ])('%s is ignored with a warning', (code, key) => {
    const { warnings, ...rest } = withMore(`${code};`);
    const { warnings: none, ...plain } = withMore('');
    expect(none).toEqual([]);
    expect(rest).toEqual(plain);
    expect(warnings).toEqual([expect.stringContaining(key)]);
  });

  it('leads to a guess where a value is needed', () => {
    const deployment = resolved("var config = { hosts: { domain: 7, muc: {} }, websocket: 'http://[' };");
    expect(deployment).toMatchObject({ domain: 'meet.example.com', muc: 'conference.meet.example.com' });
    expect(deployment.warnings.length).toBeGreaterThanOrEqual(6);
    expect(resolved("var config = { hosts: 'x' };").domain).toBe('meet.example.com');
  });
});
