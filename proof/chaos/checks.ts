/** What has to be true after a fault, whatever it was: judged from what everybody wrote down. */
import type { HeardLine, Ledger, SentLine } from './ledger.ts';

/** The one who spoke, and the one who should have heard. */
export interface Pair {
  name: string;
  speaker: Ledger;
  listener: Ledger;
}

export interface LineCounts {
  confirmed: number;
  /** Refused to be confirmed: nobody knows whether they arrived. */
  unconfirmed: number;
  /** Confirmed to the speaker, while the listener was away without resuming, and older than what the room remembers. */
  missed: number;
}

/** What a promise may reject with when the connection is lost: never sent, or nobody knows. */
const neverSent = new Set(['not-connected', 'participant-unknown', 'participant-gone']);
const unknown = new Set(['message-not-confirmed']);

/** ms before a loss is noticed, in which what was sent to somebody may be lost with the server's memory of it. */
const unnoticed = 30_000;

/** @param before texts that were heard in earlier rounds */
export function checkLines(
  { name, speaker, listener }: Pair,
  before: ReadonlySet<string>,
): {
  counts: LineCounts;
  problems: string[];
} {
  const counts: LineCounts = { confirmed: 0, unconfirmed: 0, missed: 0 };
  const problems: string[] = [];
  const heard = new Map<string, HeardLine[]>();
  for (const line of listener.heard) heard.set(line.text, [...(heard.get(line.text) ?? []), line]);
  for (const [text, lines] of heard) {
    const times = lines.length + (before.has(text) ? 1 : 0);
    if (times > 1) problems.push(`"${text}" of ${name} was heard ${times} times`);
    if (!before.has(text) && !speaker.sent.some((line) => line.text === text))
      problems.push(`"${text}" was heard, and ${name} has never said it`);
  }
  for (const line of speaker.sent) {
    const isHeard = heard.has(line.text);
    if (line.outcome === 'confirmed') {
      counts.confirmed += 1;
      if (isHeard) continue;
      if (wasAway(listener, line)) counts.missed += 1;
      else problems.push(`"${line.text}" of ${name} was confirmed and never heard`);
    } else if (unknown.has(line.outcome)) counts.unconfirmed += 1;
    else if (neverSent.has(line.outcome)) {
      if (isHeard) problems.push(`"${line.text}" of ${name} was refused (${line.outcome}), and heard`);
    } else problems.push(`"${line.text}" of ${name}: ${line.outcome}`);
  }
  inOrder(name, listener.heard, problems);
  return { counts, problems };
}

/** Lines that came as they were said come in the order in which they were said. */
function inOrder(name: string, heard: readonly HeardLine[], problems: string[]): void {
  for (const kind of ['chat', 'private'] as const) {
    const numbers = heard
      .filter((line) => line.kind === kind)
      .flatMap(({ text }) => /^\w+ \w+ (\d+)$/.exec(text)?.[1] ?? [])
      .map(Number);
    const late = numbers.findIndex((number, index) => index > 0 && number <= (numbers[index - 1] ?? 0));
    if (late > 0) problems.push(`${kind} ${numbers[late]} of ${name} came after ${numbers[late - 1]}`);
  }
}

/** Not resumed: what the server had for somebody is gone, but for what the room remembers. */
function wasAway({ absences }: Ledger, { at }: SentLine): boolean {
  return absences.some(({ from, to, resumed }) => !resumed && at >= from - unnoticed && at <= to);
}

/** Who is there: each sees the other and nobody else, and nobody was ever told of but the other. */
export function checkPresence(
  names: readonly [string, string],
  ledgers: readonly [Ledger, Ledger],
): string[] {
  return [0, 1].flatMap((own) => {
    const [ledger, other] = [ledgers[own] as Ledger, ledgers[1 - own] as Ledger];
    const [name, otherName] = [names[own] as string, names[1 - own] as string];
    const problems: string[] = [];
    if (ledger.ended !== undefined) problems.push(`${name}'s conference ended: ${ledger.ended}`);
    if (ledger.state !== 'joined') problems.push(`${name} is ${ledger.state}`);
    const others = Object.entries(ledger.others);
    if (others.length !== 1 || others[0]?.[0] !== other.endpointId || others[0]?.[1] !== otherName)
      problems.push(`${name} sees ${JSON.stringify(ledger.others)}, and ${otherName} is ${other.endpointId}`);
    const strangers = ledger.everSeen.filter((seen) => seen !== otherName);
    if (strangers.length > 0) problems.push(`${name} was told of ${strangers.join(', ')}`);
    return problems;
  });
}

/** The other's audio and video, in the same objects as before, unless the other has left meanwhile or has another id now. */
export function checkTracks(name: string, before: Ledger, after: Ledger, peer: Ledger): string[] {
  const problems: string[] = [];
  const kinds = after.tracks.map(({ kind }) => kind).sort();
  if (kinds.join() !== 'audio,video') problems.push(`${name} has the tracks ${kinds.join() || 'none'}`);
  for (const track of after.tracks) {
    if (!track.sourceName.startsWith(peer.endpointId))
      problems.push(`${name} has a track of ${track.sourceName}`);
    const earlier = before.tracks.find(({ sourceName }) => sourceName === track.sourceName);
    // Whoever was away when we came back has left, and come again.
    const isSame = !after.left.includes(peer.endpointId);
    if (earlier && isSame && earlier.object !== track.object)
      problems.push(`${name} has another object for ${track.sourceName} than before`);
  }
  return problems;
}

/** @param occupants endpoint ids that the server has in the room */
export function checkRoom(occupants: readonly string[], ledgers: readonly Ledger[]): string[] {
  const expected = ledgers.map(({ endpointId }) => endpointId);
  const ghosts = new Set(ledgers.flatMap(({ endpointIds }) => endpointIds));
  return [
    ...expected.filter((id) => !occupants.includes(id)).map((id) => `${id} is not in the room`),
    ...occupants.filter((id) => !ghosts.has(id)).map((id) => `${id} is in the room, and nobody's`),
  ];
}
