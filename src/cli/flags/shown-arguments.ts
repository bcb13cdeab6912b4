/** The command line as others on this machine may see it: process lists show it to every user. */
import { hidden, redactText } from '../../jitsi/redact/redact.ts';

/** Flags whose values are secret, in whichever spelling. */
const secretFlag = /^--?(?:token|password|password-room)$/;
const secretAssignment = /^(--?(?:token|password|password-room)=)/;

export function shownArguments(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    if (secretFlag.test(args[index - 1] ?? '')) return hidden;
    const [assignment] = secretAssignment.exec(arg) ?? [];
    if (assignment !== undefined) return assignment + hidden;
    // Of a URL with a secret in it, nothing behind its path: what is written by hand may be escaped wrongly.
    return redactText(arg) === arg ? arg : redactText(arg.replace(/[?#].*$/s, `?${hidden}`));
  });
}
