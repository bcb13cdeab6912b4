import { describe, expect, it } from 'vitest';
import { accountOf } from '../../../src/jitsi/account.ts';
import { evaluateConfigJs } from '../../../src/jitsi/config-js/evaluate.ts';
import { resolveDeployment } from '../../../src/jitsi/deployment.ts';
import { parseMeetingAddress } from '../../../src/jitsi/meeting-address.ts';
import { text } from '../../../src/xml/element.ts';
import { MachineHarness } from '../../support/machine-harness.ts';

describe('accounts', () => {
  it('are split as Jitsi’s client does it', () => {
    expect(accountOf('alice')).toEqual({ username: 'alice' });
    expect(accountOf(' alice@X.Test ')).toEqual({ username: 'alice', domain: 'x.test' });
    expect(accountOf('alice@x.test/phone')).toEqual({ username: 'alice', domain: 'x.test' });
    expect(accountOf('Alice.B-C')).toEqual({ username: 'Alice.B-C' });
  });

  it.each([
    '',
    ' ',
    '@x.test',
    'alice@',
    'a@b@x.test',
    'a b',
    'alice@x..test',
    'alice@undefined',
    'a/b@x.test/',
  ])('%j is none', (typed) => {
    expect(() => accountOf(typed)).toThrow(expect.objectContaining({ code: 'login-invalid' }));
  });
});

describe('case 12: where an account logs in', () => {
  const config = `var config = { hosts: { domain: 'x.test', muc: 'conference.x.test', authdomain: 'auth.x.test', anonymousdomain: 'guest.x.test' }, websocket: 'wss://x.test/xmpp-websocket' };`;
  const address = parseMeetingAddress({ url: 'https://x.test/room' });

  /** Where the stream goes, for whom; what SASL is told. */
  function login(
    username: string | undefined,
    options: { source?: string; token?: string; xmppDomain?: string } = {},
  ): string[] {
    const account = username === undefined ? undefined : accountOf(username);
    const run = new MachineHarness({
      address,
      ...(account && { credentials: { mechanism: 'PLAIN', username: account.username, password: 'p' } }),
      ...(account?.domain !== undefined && { accountDomain: account.domain }),
      ...(options.token !== undefined && { token: options.token }),
      ...(options.xmppDomain !== undefined && { overrides: { xmppDomain: options.xmppDomain } }),
    });
    run.discover(options.source ?? config);
    run.input({ type: 'socket-opened' });
    run.frame(
      '<stream:features xmlns:stream="http://etherx.jabber.org/streams" xmlns="jabber:client"><mechanisms xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><mechanism>PLAIN</mechanism><mechanism>ANONYMOUS</mechanism></mechanisms></stream:features>',
    );
    const auth = run.last('auth');
    return [run.last('open').attrs.to ?? '', atob(text(auth)).split('\0')[1] ?? ''];
  }

  it('is the domain for accounts, or the one in the user name', () => {
    expect(login('alice')).toEqual(['auth.x.test', 'alice']);
    expect(login('alice@x.test')).toEqual(['x.test', 'alice']);
    expect(login('alice@other.test/phone')).toEqual(['other.test', 'alice']);
  });

  it('is the guests’ domain without an account, the main one with a token', () => {
    expect(login(undefined)).toEqual(['guest.x.test', '']);
    expect(login(undefined, { token: 'a.b.c' })).toEqual(['x.test', '']);
  });

  it('is the main domain where there is none for accounts', () => {
    const source = config.replace("authdomain: 'auth.x.test', ", '');
    expect(login('alice', { source })).toEqual(['x.test', 'alice']);
    expect(login('alice', { source: source.replace('anonymousdomain', 'other') })).toEqual([
      'x.test',
      'alice',
    ]);
  });

  it('is the domain that the caller names, unless the user name says another', () => {
    expect(login('alice', { xmppDomain: 'own.test' })).toEqual(['own.test', 'alice']);
    expect(login('alice@x.test', { xmppDomain: 'own.test' })).toEqual(['x.test', 'alice']);
  });

  it('is warned of where config.js does not tell', () => {
    const source = config.replace("'auth.x.test'", "'auth.' + navigator.product");
    const { config: read, unresolved } = evaluateConfigJs(source);
    const deployment = resolveDeployment(address, read, { unresolved, login: true });
    expect(deployment.streamDomain).toBe('x.test');
    expect(deployment.warnings).toEqual([expect.stringContaining('hosts.authdomain')]);
    expect(resolveDeployment(address, read, { unresolved }).warnings).toEqual([]);
  });
});

describe('what an account’s stream asks', () => {
  it('goes to the deployment’s own domain all the same', () => {
    const run = new MachineHarness({
      credentials: { mechanism: 'PLAIN', username: 'alice', password: 'p' },
      accountDomain: 'auth.meet.test',
    });
    run.discover();
    expect(run.machine.deployment).toMatchObject({ domain: 'meet.test', streamDomain: 'auth.meet.test' });
  });
});
