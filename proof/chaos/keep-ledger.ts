/** Writes down what happens in a conference. */
import type { Conference, RemoteTrack } from '../../src/index.ts';
import { elements } from '../../src/xml/element.ts';
import { serialize } from '../../src/xml/serialize.ts';
import type { Absence, HeardLine, Ledger, SentLine, Trial } from './ledger.ts';

/** A ledger that is being written. */
export interface Book {
  /** What is said is written here. */
  readonly sent: SentLine[];
  look(): Ledger;
  /** What was said and heard, and what else happened until now, is not told again. */
  forget(): void;
}

export function keepLedger(conference: Conference): Book {
  const sent: SentLine[] = [];
  const heard: HeardLine[] = [];
  const bridgeHeard: string[] = [];
  const absences: Absence[] = [];
  const trials: Trial[] = [];
  const left: string[] = [];
  const heardJingle: string[] = [];
  const everSeen = new Set<string>();
  const endpointIds = [conference.endpointId];
  const objects = new Map<RemoteTrack, { object: number; frames: number }>();
  const warnings: Record<string, number> = {};
  let sessions = 0;
  let ended: string | undefined;

  const see = ({ displayName = '?' }: { displayName?: string }): void => void everSeen.add(displayName);
  for (const participant of conference.participants.values()) see(participant);
  conference.on('participantJoined', ({ participant }) => see(participant));
  conference.on('messageReceived', ({ message: { isHistory, isOwn, isPrivate, text } }) => {
    if (isOwn) return;
    heard.push({ text, kind: isPrivate ? 'private' : 'chat', isHistory, at: Date.now() });
  });
  conference.on('reconnected', ({ away, endpointId, resumed }) => {
    const to = Date.now();
    absences.push({ from: to - away, to, resumed });
    if (endpointId !== endpointIds.at(-1)) endpointIds.push(endpointId);
  });
  conference.on('reconnecting', ({ attempt, cause, nextAt }) => {
    trials.push({ attempt, cause: `${codeOf(cause)}: ${cause.message}`, at: Date.now(), nextAt });
  });
  conference.on('participantLeft', ({ participant }) => left.push(participant.id));
  conference.on('stanzaReceived', ({ stanza }) => {
    const [jingle] = elements(stanza).filter(({ name }) => name === 'jingle');
    if (!jingle) return;
    const sources = serialize(jingle).match(/(ssrc="\d+"|"s":\d+|"s":"\d+")/g) ?? [];
    heardJingle.push(
      `${Date.now()} ${jingle.attrs.action} ${jingle.attrs.sid} ${[...new Set(sources)].join(' ')}`,
    );
  });
  conference.on('sessionOffered', () => {
    sessions += 1;
  });
  conference.on('warning', ({ error }) => {
    const code = codeOf(error);
    warnings[code] = (warnings[code] ?? 0) + 1;
  });
  conference.on('ended', ({ info }) => {
    ended = `${info.reason}${info.error ? ` ${codeOf(info.error)}` : ''}`;
  });
  conference.bridge.on('messageReceived', ({ message }) => {
    if (message.colibriClass !== 'EndpointMessage') return;
    const { chaos } = (message.msgPayload ?? {}) as { chaos?: string };
    if (chaos !== undefined) bridgeHeard.push(chaos);
  });
  conference.on('trackAdded', ({ track }) => void read(track));
  for (const track of conference.tracks.values()) void read(track);

  async function read(track: RemoteTrack): Promise<void> {
    const seen = { object: objects.size + 1, frames: 0 };
    objects.set(track, seen);
    for await (const _ of track.frames()) seen.frames += 1;
  }

  return {
    sent,
    look: () => ({
      state: conference.state,
      endpointId: conference.endpointId,
      endpointIds,
      others: Object.fromEntries(
        [...conference.participants.values()].map(({ id, displayName = '?' }) => [id, displayName]),
      ),
      everSeen: [...everSeen],
      sent,
      heard,
      bridgeHeard,
      absences,
      trials,
      left,
      jingle: heardJingle,
      tracks: [...conference.tracks.values()].flatMap((track) => {
        const seen = objects.get(track);
        return seen ? [{ sourceName: track.sourceName, kind: track.kind, ...seen }] : [];
      }),
      sessions,
      warnings,
      ...(ended === undefined ? {} : { ended }),
    }),
    forget() {
      for (const list of [sent, heard, bridgeHeard, absences, trials, left, heardJingle]) list.length = 0;
      sessions = 0;
      for (const code of Object.keys(warnings)) delete warnings[code];
    },
  };
}

export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? String(error.code) : error.message;
}
