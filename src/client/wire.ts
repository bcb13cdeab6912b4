/** The wire tap: every message both ways, with what is secret replaced. One entry is one line of a `--wire` file. */
import { redactText } from '../jitsi/redact.ts';

export interface WireEntry {
  /** ms since the epoch */
  at: number;
  channel: 'xmpp' | 'http';
  direction: 'sent' | 'received';
  /** The frame or body; for HTTP requests preceded by method and URL. Secrets are replaced by `…`. */
  text: string;
}

export function wireEntry(
  at: number,
  channel: WireEntry['channel'],
  direction: WireEntry['direction'],
  text: string,
): WireEntry {
  return { at, channel, direction, text: redactText(text) };
}
