/**
 * What is left of us in the room from before a connection broke: the server keeps a lost occupant for up to a minute (signalling dossier 2.5),
 * and its real JID, public in Jitsi's rooms, says whose it is.
 */

/** As many losses in a row as may be in the room at once. */
const remembered = 16;

export class Ghosts {
  /** Real JIDs that were ours, oldest first. */
  readonly #real = new Set<string>();
  /** Likewise occupant JIDs. */
  readonly #occupants = new Set<string>();

  add(realJid: string, occupantJid: string): void {
    note(this.#real, realJid);
    note(this.#occupants, occupantJid);
  }

  /** Whether an occupant is one. @param realJid where the room says it: nobody else can have it */
  has(realJid: string | undefined, occupantJid: string): boolean {
    return realJid === undefined ? this.#occupants.has(occupantJid) : this.#real.has(realJid);
  }

  /** Whether we had this occupant JID: what it said was ours. */
  wasOurs(occupantJid: string): boolean {
    return this.#occupants.has(occupantJid);
  }
}

function note(kept: Set<string>, jid: string): void {
  if (jid === '') return;
  // The youngest is last.
  kept.delete(jid);
  kept.add(jid);
  const [oldest] = kept;
  if (kept.size > remembered && oldest !== undefined) kept.delete(oldest);
}
