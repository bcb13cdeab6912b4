/** The seam between a focus and the XMPP server it stands on, be that ours or another one. */
import type { XmlElement } from '../../xml/element.ts';

/** One party's connection to an XMPP server. */
export interface StanzaLink {
  /** Full JID of the party. */
  readonly jid: string;
  /**
   * Sends a stanza. `from` may be one of the addresses the link answers for; default is `jid`.
   * @throws UsageError `link-address` when `from` is somebody else's address
   */
  send(stanza: XmlElement): void;
  /**
   * Called for each stanza addressed to the party, or to an address it answers for (`to` kept as it was). One listener:
   * a second call replaces the first.
   */
  onStanza(listener: (stanza: XmlElement) => void): void;
  /** Called once when the link is gone. */
  onClosed(listener: (reason: string) => void): void;
  close(): Promise<void>;
}
