/**
 * The deployment's `config.js`, in the style of docker-jitsi-meet: a system part in statements, with the tenant that its web
 * server puts in, then settings. The keys are those of jitsi-meet's own `config.js`.
 */

export interface ConfigJsOptions {
  /** `ws://HOST:PORT` or `wss://HOST:PORT` */
  webSocketBase: string;
  domain: string;
  /** `conference.DOMAIN` */
  mucDomain: string;
  /** Where guests log in when accounts are needed elsewhere. */
  anonymousDomain?: string;
  /** The tenant of the path, '' for none. */
  tenant: string;
  /** `http://HOST:PORT` when the conference is to be requested there, not by IQ. */
  conferenceRequestBase?: string;
}

export function buildConfigJs(options: ConfigJsOptions): string {
  const { webSocketBase, domain, mucDomain, anonymousDomain, tenant, conferenceRequestBase } = options;
  const mucPrefix = mucDomain.slice(0, -domain.length);
  const lines = [
    '/* eslint-disable no-var, no-undef, prefer-template */',
    '',
    '// Jitsi Meet configuration of a test deployment.',
    'var config = {};',
    '',
    '// Tenant.',
    `var subdir = ${literal(tenant === '' ? '' : `${tenant}/`)};`,
    `var subdomain = ${literal(tenant === '' ? '' : `${tenant}.`)};`,
    "if (subdir.startsWith('<!--')) {",
    "  subdir = '';",
    '}',
    'if (subdomain) {',
    "  subdomain = subdomain.substring(0, subdomain.length - 1).split('.').join('_').toLowerCase() + '.';",
    '}',
    '',
    '// XMPP.',
    'config.hosts = {};',
    `config.hosts.domain = ${literal(domain)};`,
    anonymousDomain === undefined ? undefined : `config.hosts.anonymousdomain = ${literal(anonymousDomain)};`,
    `config.hosts.muc = ${literal(mucPrefix)} + subdomain + ${literal(domain)};`,
    `config.hosts.focus = ${literal(`focus.${domain}`)};`,
    `config.websocket = ${literal(`${webSocketBase}/`)} + subdir + 'xmpp-websocket';`,
    conferenceRequestBase === undefined
      ? undefined
      : `config.conferenceRequestUrl = ${literal(`${conferenceRequestBase}/`)} + subdir + 'conference-request/v1';`,
    '',
    '// Media.',
    'config.resolution = 720;',
    'config.startAudioMuted = 10;',
    'config.startVideoMuted = 10;',
    'config.enableNoAudioDetection = true;',
    'config.flags = {',
    '  sourceNameSignaling: true,',
    '  receiveMultipleVideoStreams: true,',
    '  // The bridge keeps the SSRCs of the senders.',
    '  ssrcRewritingEnabled: false',
    '};',
    'config.p2p = {',
    '  // All media goes through the bridge.',
    '  enabled: false,',
    '  stunServers: []',
    '};',
    '',
    '// Interface.',
    'config.enableWelcomePage = true;',
    'config.requireDisplayName = false;',
    'config.prejoinConfig = { enabled: false };',
    'config.analytics = { disabled: true };',
    'config.disableThirdPartyRequests = true;',
  ];
  return `${lines.filter((line) => line !== undefined).join('\n')}\n`;
}

function literal(value: string): string {
  const escaped = JSON.stringify(value).slice(1, -1).replaceAll("'", "\\'").replaceAll('\\"', '"');
  return `'${escaped}'`;
}
