import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/base/errors.ts';
import { type MeetingAddressInput, parseMeetingAddress } from '../../../src/jitsi/meeting-address.ts';

function errorOf(input: MeetingAddressInput): UsageError {
  try {
    parseMeetingAddress(input);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`${JSON.stringify(input)} was accepted`);
}

describe('host and room', () => {
  it.each([
    ['meet.example.com', 'https://meet.example.com', ''],
    ['MEET.example.com', 'https://meet.example.com', ''],
    [' meet.example.com ', 'https://meet.example.com', ''],
    ['meet.example.com:8443', 'https://meet.example.com:8443', ''],
    ['meet.example.com:443', 'https://meet.example.com', ''],
    ['localhost:8080', 'https://localhost:8080', ''],
    ['[::1]:8443', 'https://[::1]:8443', ''],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080', ''],
    ['HTTPS://meet.example.com', 'https://meet.example.com', ''],
    ['https://meet.example.com/', 'https://meet.example.com', ''],
    ['https://meet.example.com/Acme', 'https://meet.example.com', 'Acme'],
    ['meet.example.com/acme', 'https://meet.example.com', 'acme'],
    ['https://meet.example.com/acme/emea/', 'https://meet.example.com', 'acme/emea'],
    ["https://meet.example.com/ac'me", 'https://meet.example.com', 'acme'],
  ])('%s', (host, origin, tenant) => {
    expect(parseMeetingAddress({ host, room: 'Stand Up' })).toEqual({
      origin,
      tenant,
      roomName: 'Stand Up',
      room: 'stand%20up',
    });
  });

  it('takes a host with a path and no room for a meeting URL', () => {
    expect(parseMeetingAddress({ host: 'https://meet.example.com/acme/standup' })).toEqual({
      origin: 'https://meet.example.com',
      tenant: 'acme',
      roomName: 'standup',
      room: 'standup',
    });
  });
});

describe('a pasted meeting URL', () => {
  it.each([
    ['https://meet.example.com/standup', 'https://meet.example.com', '', 'standup', 'standup'],
    ['meet.example.com/standup', 'https://meet.example.com', '', 'standup', 'standup'],
    ['//meet.example.com/standup', 'https://meet.example.com', '', 'standup', 'standup'],
    ['meet.example.com:8443/standup/', 'https://meet.example.com:8443', '', 'standup', 'standup'],
    ['http://[::1]:8080/a/b/C', 'http://[::1]:8080', 'a/b', 'C', 'c'],
    ['https://meet.example.com/F%C3%AAte%201', 'https://meet.example.com', '', 'Fête 1', 'f%c3%aate%201'],
    ['https://meet.example.com/Fête 1', 'https://meet.example.com', '', 'Fête 1', 'f%c3%aate%201'],
    ['https://meet.example.com/100%', 'https://meet.example.com', '', '100%', '100%25'],
    ['https://meet.example.com//acme//standup', 'https://meet.example.com', 'acme', 'standup', 'standup'],
  ])('%s', (url, origin, tenant, roomName, room) => {
    expect(parseMeetingAddress({ url })).toEqual({ origin, tenant, roomName, room });
  });

  it('finds the token in the query and in the fragment, which wins', () => {
    const at = 'https://meet.example.com/standup';
    expect(parseMeetingAddress({ url: `${at}?jwt=aaa.bbb.ccc#config.startSilent=true` }).token).toBe(
      'aaa.bbb.ccc',
    );
    expect(parseMeetingAddress({ url: `${at}?jwt=old#jwt=new` }).token).toBe('new');
    expect(parseMeetingAddress({ url: `${at}#config.x=1&jwt=%22quoted%22` }).token).toBe('quoted');
    expect(parseMeetingAddress({ host: `${at}?jwt=t`, room: 'other' }).token).toBe('t');
    expect(parseMeetingAddress({ url: `${at}?jwt=` })).not.toHaveProperty('token');
  });

  it('keeps query and fragment for config.js to read, without what may be secret', () => {
    const at = 'https://meet.example.com/acme/standup';
    expect(parseMeetingAddress({ url: `${at}?lang=de&x#config.startSilent=true` })).toEqual({
      origin: 'https://meet.example.com',
      tenant: 'acme',
      roomName: 'standup',
      room: 'standup',
      search: '?lang=de&x',
      hash: '#config.startSilent=true',
    });
    const secrets =
      'jwt=S&%6Awt=S&token=S&access_token=S&pwd=S&roomPassword=S&config.password=S&clientSecret=S';
    const address = parseMeetingAddress({ url: `${at}?a=1&${secrets}&b=2#${secrets}` });
    expect(address).toMatchObject({ search: '?a=1&b=2', token: 'S' });
    expect(address).not.toHaveProperty('hash');
  });

  it('may leave the room to the room option', () => {
    expect(parseMeetingAddress({ url: 'https://meet.example.com', room: 'standup' }).room).toBe('standup');
  });
});

describe('refused addresses', () => {
  it.each<[string, MeetingAddressInput, string]>([
    ['nothing', {}, 'host-missing'],
    ['an empty host', { host: ' ', room: 'a' }, 'host-missing'],
    ['a host that is none', { host: 'not a host', room: 'a' }, 'host-invalid'],
    ['a port that is none', { host: 'meet.example.com:99999', room: 'a' }, 'host-invalid'],
    ['an unclosed address', { host: '[::1', room: 'a' }, 'host-invalid'],
    ['another scheme', { host: 'ftp://meet.example.com', room: 'a' }, 'host-invalid'],
    ['a WebSocket as page', { url: 'wss://meet.example.com/standup' }, 'url-invalid'],
    ['a URL that is none', { url: 'https://' }, 'url-invalid'],
    ['a user name', { url: 'https://joe:secret@meet.example.com/standup' }, 'url-invalid'],
    ['no room', { host: 'meet.example.com' }, 'room-missing'],
    ['an empty room', { host: 'meet.example.com', room: '  ' }, 'room-missing'],
    ['a URL without room', { url: 'standup' }, 'room-missing'],
    ['a room of removed characters', { host: 'meet.example.com', room: '?!' }, 'room-name-empty'],
    ['two hosts', { host: 'a.example', url: 'https://b.example/standup' }, 'address-conflict'],
    ['two rooms', { url: 'https://a.example/standup', room: 'other' }, 'address-conflict'],
  ])('%s', (_name, input, code) => {
    expect(errorOf(input)).toMatchObject({ code, kind: 'usage' });
  });

  it('says what to do, and never shows a token or password', () => {
    const url = (rest: string): MeetingAddressInput => ({ url: rest });
    expect(errorOf({ host: 'meet.example.com' }).message).toContain('https://meet.example.com/standup');
    for (const input of [
      url('https://meet.example.com?jwt=SECRET'),
      url('https://meet.example.com:99999/standup?jwt=SECRET'),
      url('https://meet.example.com:99999/standup#jwt=SECRET'),
      url('wss://meet.example.com/standup?jwt=SECRET'),
      url('https://joe:SECRET@meet.example.com:99999/standup'),
      url('https://joe:SECRET@meet.example.com/standup'),
      url('https://joe:SECRET/x?y#SECRET@meet.example.com:99999/standup'),
      { ...url('https://meet.example.com/standup?jwt=SECRET'), room: 'x' },
    ]) {
      const error = errorOf(input);
      expect(`${error.message} ${String(error.cause)}`).not.toContain('SECRET');
      expect(error.message).toContain('meet.example.com');
    }
  });
});
