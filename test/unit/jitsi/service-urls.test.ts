import { describe, expect, it } from 'vitest';
import { isHostName, resolveHttpUrl, resolveWebsocketUrl } from '../../../src/jitsi/service-urls.ts';

const page = 'https://page.example/tenant/';

describe('the URLs of settings', () => {
  it.each([
    ['wss://h.example/x', 'wss://h.example/x'],
    ['//h.example/x', 'wss://h.example/x'],
    ['/x', 'wss://page.example/x'],
    ['x', 'wss://page.example/tenant/x'],
    ['./x/y?z#w', 'wss://page.example/tenant/x/y?z'],
    ['../x', 'wss://page.example/x'],
    ['wss://[2001:db8::1]:8443/x', 'wss://[2001:db8::1]:8443/x'],
    ['wss://127.0.0.1:8443', 'wss://127.0.0.1:8443/'],
    ['wss://münchen.example/', 'wss://xn--mnchen-3ya.example/'],
    ['wss://my_host.example./', 'wss://my_host.example./'],
  ])('%s', (text, url) => {
    expect(resolveWebsocketUrl(text, page)).toBe(url);
    expect(resolveHttpUrl(text, page)).toBe(url.replace('wss:', 'https:'));
  });

  it.each([
    'wss:///xmpp-websocket',
    'wss:////h.example/x',
    'wss:/xmpp-websocket',
    'wss:xmpp-websocket',
    'https:xmpp-websocket',
    '///xmpp-websocket',
    '\\\\xmpp-websocket\\x',
    '/\\xmpp-websocket',
    'wss:\\\\xmpp-websocket',
    'wss://?room=x',
    'wss://#x',
    'wss://:8443/x',
    'wss://undefined/x',
    'wss://https://h.example/x',
    'https://HTTPS//h.example/x',
    '//wss://h.example/x',
    'wss://xmpp-websocket',
    'https://http-bind/',
    'https://conference-request/v1',
    'wss://true/x',
    'wss://meet.null.example/x',
    'wss://(none)/x',
    'wss://.example.com/x',
    'wss://meet..example/x',
    'wss://${HOST}/x',
    'wss://{{ host }}/x',
    'wss://<!--# echo var="x" -->/x',
    'wss://%HOST%/x',
    'ftp://h.example/x',
    'javascript:alert(1)',
  ])('%s is none', (text) => {
    expect(resolveWebsocketUrl(text, page)).toBeUndefined();
    expect(resolveHttpUrl(text, page)).toBeUndefined();
  });
});

describe('names of hosts', () => {
  it('have something in every label', () => {
    for (const name of [
      'meet.jitsi',
      'a',
      'conference.acme_corp.example',
      'москва.example',
      'h.example.',
      '[::1]',
    ])
      expect(isHostName(name), name).toBe(true);
    for (const name of [
      '',
      '.',
      'conference.',
      'a..b',
      '.a',
      'muc.undefined.x',
      'a b',
      'a/b',
      '{{x}}',
      '[x]',
    ])
      expect(isHostName(name), name).toBe(false);
  });
});
