/** The wire tap: every message both ways, with what is secret replaced. One entry is one line of a `--wire` file. */

export interface WireEntry {
  /** ms since the epoch */
  at: number;
  channel: 'xmpp' | 'http' | 'bridge';
  direction: 'sent' | 'received';
  /**
   * The frame or body; for HTTP requests preceded by method and URL. Secrets are replaced by `…`. Of a bridge message at most the first
   * 4096 bytes, with what is missing in brackets.
   */
  text: string;
}

/** Bytes of a bridge message that are shown: more is somebody's data. */
const bridgeTextLimit = 4_096;

/** The text of a message on the bridge's channel, where nothing is secret. */
export function bridgeWireText(message: string | Uint8Array): string {
  const size = message.length;
  const shown = typeof message === 'string' ? message : Buffer.from(message.buffer, message.byteOffset, size);
  if (size <= bridgeTextLimit) return shown.toString();
  const start =
    typeof shown === 'string' ? shown.slice(0, bridgeTextLimit) : shown.toString('utf8', 0, bridgeTextLimit);
  return `${start} (and ${size - bridgeTextLimit} more)`;
}
