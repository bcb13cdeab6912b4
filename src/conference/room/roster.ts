/** Who is in the room: occupants' presences in, changes out. Work per presence does not depend on how many are there. */
import { defined } from '../../base/defined.ts';
import { type PresenceState, parsePresence } from '../../jitsi/participant-presence.ts';
import type { XmlElement } from '../../xml/element.ts';
import { domainOf, resourceOf } from '../../xmpp/jid.ts';
import type { MucAffiliation, MucItem, MucRole } from '../../xmpp/muc.ts';
import { Occupants } from './occupants.ts';

/** What is not said in the room, but seen at the bridge. */
export interface Observed {
  /** They speak now, as `speakingChanged` tells. Never of ourselves. */
  talking: boolean;
  /** The bridge has not heard from them for some seconds: `inactive`. */
  connection: 'active' | 'inactive';
}

/** A participant as the room knows it. Immutable: a change makes a new one. */
export interface Participant extends PresenceState, Observed {
  /** Endpoint id: the nick of the occupant JID, the id at the bridge, the start of source names. */
  id: string;
  occupantJid: string;
  /** Real JID. */
  jid?: string;
  role: MucRole;
  affiliation: MucAffiliation;
  /** A recorder, transcriber or the like that interfaces do not show. */
  isHidden: boolean;
}

export interface ParticipantJoined {
  type: 'joined';
  participant: Participant;
}

export interface ParticipantChanged {
  type: 'changed';
  participant: Participant;
  previous: Participant;
  changed: (keyof Participant)[];
}

export type RosterChange =
  | ParticipantJoined
  | ParticipantChanged
  /** There is more than is kept; said once in a stay. */
  | { type: 'refused' };

export class Roster {
  readonly #participants = new Occupants<Participant>();
  /** While we enter: who the room says is there. */
  #entering: Occupants<Participant> | undefined;
  readonly #hiddenDomain: string | undefined;
  #isTooLarge = false;
  #hasRefused = false;

  /** @param hiddenDomain real JIDs on this domain are hidden participants (`hiddenDomain` of config.js) */
  constructor(hiddenDomain: string | undefined) {
    this.#hiddenDomain = hiddenDomain;
  }

  get participants(): ReadonlyMap<string, Participant> {
    return this.#participants.all;
  }

  get(id: string): Participant | undefined {
    return this.#entering?.get(id) ?? this.#participants.get(id);
  }

  /** We are about to enter: the room will tell who is there. Until {@link settle} those of our last stay remain visible. */
  begin(): void {
    this.#entering = new Occupants<Participant>();
    this.#isTooLarge = false;
    this.#hasRefused = false;
  }

  /** We are in: what is different from our last stay. */
  settle(): { gone: Participant[]; changes: RosterChange[] } {
    const present = this.#entering?.all ?? new Map<string, Participant>();
    this.#entering = undefined;
    const gone = [...this.participants.values()].filter(({ id }) => !present.has(id));
    for (const { id } of gone) this.#participants.remove(id);
    const changes = [...present.values()].flatMap((participant) => this.#note(this.#seen(participant)) ?? []);
    const refused = this.#isTooLarge ? this.#refused() : undefined;
    return { gone, changes: refused ? [...changes, refused] : changes };
  }

  /** Notes an available presence; undefined when it says nothing new. */
  update(presence: XmlElement, item: MucItem): RosterChange | undefined {
    const participant = this.read(presence, item);
    if (!this.#entering) return this.#note(this.#seen(participant));
    this.#isTooLarge ||= !this.#entering.keep(participant);
    return undefined;
  }

  /** Something was seen of somebody; undefined when it is nothing new, or they are not there. */
  observed(id: string, change: Partial<Observed>): RosterChange | undefined {
    const participant = this.#participants.get(id);
    return participant && this.#note({ ...participant, ...change });
  }

  remove(id: string): Participant | undefined {
    return (this.#entering ?? this.#participants).remove(id);
  }

  /** A presence says nothing of what is seen. */
  #seen(participant: Participant): Participant {
    return { ...participant, ...observedOf(this.#participants.get(participant.id)) };
  }

  #note(participant: Participant): RosterChange | undefined {
    const previous = this.#participants.get(participant.id);
    if (!previous) {
      return this.#participants.keep(participant) ? { type: 'joined', participant } : this.#refused();
    }
    const changed = changedFields(previous, participant);
    if (changed.length === 0) return undefined;
    // What is not taken is as if it had not been said: the state before is kept.
    if (!this.#participants.keep(participant)) return this.#refused();
    return { type: 'changed', participant, previous, changed };
  }

  #refused(): RosterChange | undefined {
    if (this.#hasRefused) return undefined;
    this.#hasRefused = true;
    return { type: 'refused' };
  }

  /** The state a presence describes, without noting it. */
  read(presence: XmlElement, item: MucItem): Participant {
    const occupantJid = presence.attrs.from ?? '';
    const id = resourceOf(occupantJid);
    return defined({
      ...parsePresence(presence, id),
      ...observedOf(undefined),
      id,
      occupantJid,
      jid: item.jid,
      role: item.role,
      affiliation: item.affiliation,
      isHidden:
        this.#hiddenDomain !== undefined &&
        item.jid !== undefined &&
        domainOf(item.jid) === this.#hiddenDomain,
    }) as Participant;
  }
}

/** What was seen of somebody last. */
export function observedOf(participant: Observed | undefined): Observed {
  return { talking: participant?.talking ?? false, connection: participant?.connection ?? 'active' };
}

/** The fields whose values differ; structured ones are compared by what they hold. */
export function changedFields(before: Participant, after: Participant): (keyof Participant)[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof Participant)[]);
  return [...keys].filter((key) => !sameValue(before[key], after[key]));
}

function sameValue(a: unknown, b: unknown): boolean {
  return (
    a === b || (typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b))
  );
}
