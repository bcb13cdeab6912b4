/**
 * Takes secrets out of what is logged: tokens and passwords in URLs, SASL credentials, room passwords, TURN credentials,
 * bridge channel passwords. Works on any text, so that nothing depends on a message being well-formed.
 */

const hidden = '…';

/** What follows the secret's name, what the secret itself looks like. */
const rules: readonly [pattern: RegExp, replacement: string][] = [
  // URL queries: ?token=…, &jwt=…, ?pwd=…, &previd=…
  [/([?&;](?:token|jwt|pwd|password|previd|access_token)=)[^&#\s"'<>]+/gi, `$1${hidden}`],
  // SASL: the initial response of PLAIN, responses of other mechanisms
  [/(<(?:auth|response)\b[^>]*>)[^<]+/gi, `$1${hidden}`],
  // Attributes: TURN services, ICE (pwd of a transport), stream resumption
  [/(\s(?:password|pwd|previd|credential)=)(?:"[^"]*"|'[^']*')/gi, `$1"${hidden}"`],
  // The id of an <enabled/> resumes the stream.
  [/(<enabled\b[^>]*\sid=)(?:"[^"]*"|'[^']*')/gi, `$1"${hidden}"`],
  // The room's password when joining
  [/(<password\b[^>]*>)[^<]*/gi, `$1${hidden}`],
  // The room's password in a form
  [/(muc#roomconfig_roomsecret["'][^>]*>\s*<value[^>]*>)[^<]*/gi, `$1${hidden}`],
  // JSON, plain or escaped as XML text
  [
    /((?:"|&quot;)(?:password|credential|token|pwd|jwt)(?:"|&quot;)\s*:\s*)(?:"(?:[^"\\]|\\.)*"|&quot;.*?&quot;)/gi,
    `$1"${hidden}"`,
  ],
  // Authorization headers
  [/(authorization["']?\s*[:=]\s*["']?(?:bearer|basic)\s+)[^\s"']+/gi, `$1${hidden}`],
];

export function redactText(text: string): string {
  return rules.reduce((redacted, [pattern, replacement]) => redacted.replace(pattern, replacement), text);
}
