/**
 * Takes secrets out of what is logged: tokens and passwords in URLs, SASL credentials, room passwords, TURN credentials,
 * bridge channel passwords. Works on any text, so that nothing depends on a message being well-formed.
 */

const hidden = '…';

/**
 * What precedes the secret, what the secret itself looks like. No rule looks past the next `<`, so that the work grows with
 * the text's length and no faster, whatever somebody sends us.
 */
const rules: readonly [pattern: RegExp, replacement: string][] = [
  // URL queries: ?token=…, &jwt=…, ?pwd=…, &previd=…
  [/([?&;](?:token|jwt|pwd|password|previd|access_token)=)[^&#\s"'<>]+/gi, `$1${hidden}`],
  // SASL: the initial response of PLAIN, responses of other mechanisms
  [/(<(?:auth|response)\b[^<>]*>)[^<]+/gi, `$1${hidden}`],
  // Attributes: TURN services, ICE (pwd of a transport), stream resumption
  [/(\s(?:password|pwd|previd|credential)\s*=\s*)(?:"[^"]*"|'[^']*')/gi, `$1"${hidden}"`],
  // The id of an <enabled/> resumes the stream.
  [/(<enabled\b[^<>]*\sid\s*=\s*)(?:"[^"]*"|'[^']*')/gi, `$1"${hidden}"`],
  // The room's password when joining
  [/(<password\b[^<>]*>)[^<]*/gi, `$1${hidden}`],
  // The room's password in a form
  [/(muc#roomconfig_roomsecret["'][^<>]{0,500}>\s{0,50}<value\b[^<>]*>)[^<]*/gi, `$1${hidden}`],
  // JSON, plain or escaped as XML text
  [
    /((?:"|&quot;)(?:password|credential|token|pwd|jwt)(?:"|&quot;)\s*:\s*)(?:"(?:[^"\\]|\\.)*"|&quot;(?:\\&quot;|\\.|(?!&quot;)[^\\])*&quot;)/gi,
    `$1"${hidden}"`,
  ],
  // Authorization headers
  [/(authorization["']?\s*[:=]\s*["']?(?:bearer|basic)\s+)[^\s"']+/gi, `$1${hidden}`],
];

export function redactText(text: string): string {
  return rules.reduce((redacted, [pattern, replacement]) => redacted.replace(pattern, replacement), text);
}
