import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/base/errors.ts';
import { backendSafeRoomName, decodeSegment, tenantLabel } from '../../../src/jitsi/room-name.ts';

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return error instanceof UsageError ? error.code : String(error);
  }
  return undefined;
}

describe('backendSafeRoomName', () => {
  it.each([
    ['standup', 'standup'],
    ['StandUp', 'standup'],
    // the example of jitsi-meet's rule: lower-case hex
    ['Fête 1', 'f%c3%aate%201'],
    ['F%C3%AAte%201', 'f%c3%aate%201'],
    ['f%c3%aate%201', 'f%c3%aate%201'],
    // decomposed e + circumflex meets the composed one (NFKC)
    ['Fe\u0302te', 'f%c3%aate'],
    ['ﬁnal', 'final'],
    ['ROOM１', 'room1'],
    // removed before decoding
    [`a:b?c#d[e]f@g!h$i&j'k(l)m*n+o,p;q=r>s<t/u"v`, 'abcdefghijklmnopqrstuv'],
    // kept when they came percent-encoded, as in browsers
    ['a%26b', 'a%26b'],
    ['100%', '100%25'],
    ['50%zz', '50%25zz'],
    ['a-b_c.d~e', 'a-b_c.d~e'],
    ['Ünïcödé-会議', '%c3%bcn%c3%afc%c3%b6d%c3%a9-%e4%bc%9a%e8%ad%b0'],
  ])('%s → %s', (room, safe) => {
    expect(backendSafeRoomName(room)).toBe(safe);
  });

  it('gives everybody the same room, whatever form the name came in', () => {
    for (const form of [
      'Équipe Été',
      'équipe été',
      '%C3%89quipe%20%C3%89t%C3%A9',
      'E\u0301quipe E\u0301te\u0301',
    ]) {
      expect(backendSafeRoomName(form)).toBe('%c3%a9quipe%20%c3%a9t%c3%a9');
    }
  });

  it('refuses what is no name', () => {
    expect(codeOf(() => backendSafeRoomName(''))).toBe('room-name-empty');
    expect(codeOf(() => backendSafeRoomName('?#/'))).toBe('room-name-empty');
    expect(codeOf(() => backendSafeRoomName('a\ud800'))).toBe('room-name-invalid');
    expect(codeOf(() => backendSafeRoomName('é'.repeat(171)))).toBe('room-name-too-long');
    expect(backendSafeRoomName('é'.repeat(170))).toHaveLength(1020);
  });
});

describe('tenantLabel', () => {
  it.each([
    ['acme', 'acme'],
    ['Acme', 'acme'],
    ['acme.corp.example', 'acme_corp_example'],
    // nginx rewrites /a/b/config.js to /b/config.js, then takes the tenant from that
    ['outer/Inner.x', 'inner_x'],
    ['', ''],
  ])('%s → %s', (tenant, label) => {
    expect(tenantLabel(tenant)).toBe(label);
  });
});

describe('decodeSegment', () => {
  it('leaves alone what is not percent-encoded', () => {
    expect(decodeSegment('F%C3%AAte%201')).toBe('Fête 1');
    expect(decodeSegment('100%')).toBe('100%');
  });
});
