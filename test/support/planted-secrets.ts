/** Secrets that can be recognised wherever they come out again, in whatever form. */

/** What each plants: letters and digits that survive every escaping, around what does not. */
function planted(name: string): string {
  return `${name}Front7Plant&"<x>'%+/é ${name}Back9Plant`;
}

export const plantedSecrets: Readonly<
  Record<'token' | 'password' | 'proxy' | 'account' | 'turn' | 'metadata' | 'stream' | 'session', string>
> = {
  token: planted('token'),
  password: planted('roompw'),
  account: planted('account'),
  proxy: planted('proxypw'),
  turn: planted('turnpw'),
  metadata: planted('metadata'),
  stream: planted('stream'),
  session: planted('session'),
};

/** Every text above that has to be found. */
const traces = Object.values(plantedSecrets).flatMap(
  (value) => value.match(/\w+(?:Front7|Back9)Plant/g) ?? [],
);

export interface Finding {
  secret: string;
  form: string;
  around: string;
}

/** Where any of the planted secrets is in a text, and any of `more`, which are letters, digits, `+` and `/`. */
export function secretsIn(text: string, more: Iterable<string> = []): Finding[] {
  return [...traces, ...more].flatMap((secret) =>
    [...new Map(formsOf(secret).map(([form, text]) => [text, form]))].flatMap(([looksLike, form]) => {
      const at = text.indexOf(looksLike);
      return at < 0 ? [] : [{ secret, form, around: text.slice(Math.max(0, at - 150), at + 80) }];
    }),
  );
}

function formsOf(secret: string): [form: string, text: string][] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const escaped = encodeURIComponent(secret);
  const inBase64 = [0, 1, 2].flatMap((before): [string, string][] => {
    // Behind so many bytes of something else; what neighbours share is cut off.
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(4, -4);
    return [
      ['base64', text],
      ['base64url', text.replaceAll('+', '-').replaceAll('/', '_')],
    ];
  });
  return [
    ['percent-encoded', escaped],
    ['percent-encoded', escaped.replaceAll(/%[0-9A-F]{2}/g, (digits) => digits.toLowerCase())],
    ['XML with entities by number', [...bytes].map((byte) => `&#${byte};`).join('')],
    ['JSON with escapes', [...bytes].map((byte) => `\\u${byte.toString(16).padStart(4, '0')}`).join('')],
    ['hex', hex],
    ['hex', hex.replaceAll(/..(?!$)/g, '$& ')],
    ...inBase64,
    ['raw', secret],
  ];
}
