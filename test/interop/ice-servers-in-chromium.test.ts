/** Whether a browser takes the STUN and TURN servers that come of lists with faults in them. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IceServer, iceServersFrom } from '../../src/jitsi/ice-servers.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { type ExternalService, parseExternalServices } from '../../src/xmpp/extdisco.ts';
import { launchBrowser } from '../support/browser.ts';
import { caseFile } from '../unit/jitsi/config-js/fixture.ts';

let browser: Browser;
let page: Page;
beforeAll(async () => {
  browser = await launchBrowser();
  page = await browser.newPage();
});
afterAll(() => browser.close());

/** What the browser says of the list; '' when it takes it. */
function complaint(iceServers: readonly IceServer[]): Promise<string> {
  const configuration = JSON.stringify({ iceServers });
  return page.evaluate<string>(
    `(() => { try { new RTCPeerConnection(${configuration}).close(); return ''; } catch (error) { return String(error); } })()`,
  );
}

const turn = (more: Partial<ExternalService>): ExternalService => ({
  type: 'turn',
  host: 't.example',
  port: '3478',
  transport: 'udp',
  username: 'u',
  password: 'p',
  ...more,
});

describe('a peer connection of Chromium', () => {
  it('takes what is left of case 07', async () => {
    const services = parseExternalServices(parseXml(caseFile('07-ice-services/services.xml')));
    const servers = iceServersFrom(services);
    expect(servers.length).toBeGreaterThan(0);
    expect(await complaint(servers)).toBe('');
  });

  it.each<[string, ExternalService]>([
    ['upper case', turn({ type: 'TURN', transport: 'TCP' })],
    ['spaces', turn({ type: ' turns ', host: ' t.example ', port: ' 443 ', transport: ' tcp ' })],
    ['no port', { type: 'stun', host: 's.example' }],
    ['STUN over TLS', { type: 'stuns', host: 's.example', port: ' ' }],
    ['zeros', turn({ port: '0443' })],
    ['UDP for TURN over TLS', turn({ type: 'turns' })],
    ['IPv6 without brackets', turn({ host: '2001:db8::1' })],
    ['IPv6 with brackets', turn({ host: '[2001:DB8::1]', port: '' })],
    ['the port behind the host', turn({ host: 't.example:5349', port: '' })],
    ['another script', turn({ host: 'münchen.example' })],
    ['a long user name', turn({ username: 'u'.repeat(508) })],
    ['credentials of STUN', { type: 'stun', host: 's.example', username: 'u', password: 'p' }],
  ])('takes a service with %s', async (_, service) => {
    const servers = iceServersFrom([service]);
    expect(servers).toHaveLength(1);
    expect(await complaint(servers)).toBe('');
  });

  it.each<[string, IceServer]>([
    ['no port behind the colon', { urls: 'stun:s.x.test:' }],
    ['an unknown transport', { urls: 'turn:t.x.test?transport=ssltcp', username: 'u', credential: 'p' }],
    ['port 0', { urls: 'turn:t.x.test:0', username: 'u', credential: 'p' }],
    ['TURN without a password', { urls: 'turn:t.x.test', username: 'u' }],
  ])('refuses, without us, %s', async (_, server) => {
    expect(await complaint([server])).not.toBe('');
  });
});
