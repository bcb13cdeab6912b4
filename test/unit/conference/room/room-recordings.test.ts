/**
 * The recordings of the browser client note what it told its application. Our room, fed with the same stanzas, must see the
 * same people come and go, the same messages, the same refusals and the same ends.
 */
import { describe, expect, it } from 'vitest';
import type { ConferenceEvent } from '../../../../src/conference/events.ts';
import { Room, type RoomOutcome } from '../../../../src/conference/room/room.ts';
import { child, type XmlElement } from '../../../../src/xml/element.ts';
import { parseXml } from '../../../../src/xml/parse.ts';
import { bareJid, domainOf } from '../../../../src/xmpp/jid.ts';
import { ns } from '../../../../src/xmpp/namespaces.ts';
import { captureNames, readCapture } from '../../../support/captures.ts';

/** Recordings with the browser's own events, in one room from beginning to end. */
const names = captureNames().filter((name) => /^3[234578]-/.test(name));

/** What somebody in the room notices, in one form for both clients. */
interface Story {
  entered: boolean;
  /** `+ID name role` and `-ID` */
  people: string[];
  /** `FROM: text`, with the time if it is history, `(private)` if it is */
  messages: string[];
  /** Ids of messages that were taken back. */
  retracted: string[];
  subjects: string[];
  refusals: string[];
  end: string | undefined;
}

const emptyStory = (): Story => ({
  entered: false,
  people: [],
  messages: [],
  retracted: [],
  subjects: [],
  refusals: [],
  end: undefined,
});

function ours(name: string): Story {
  const story = emptyStory();
  let room: Room | undefined;
  for (const { kind, text } of readCapture(name)) {
    if (story.end !== undefined) break; // some come back later
    if (kind !== 'sent' && kind !== 'received') continue;
    const stanza = parseXml(text);
    if (kind === 'sent') room = enteredBy(stanza) ?? room;
    else if (room && bareJid(stanza.attrs.from ?? '') === room.jid) tell(room, stanza, story);
  }
  return story;
}

/** The room that this stanza enters, if it does; the lobby does not count. */
function enteredBy(stanza: XmlElement): Room | undefined {
  const { to = '' } = stanza.attrs;
  const join = stanza.name === 'presence' ? child(stanza, 'x', ns.muc) : undefined;
  if (!join || domainOf(to).startsWith('lobby.')) return undefined;
  const room = new Room({ jid: bareJid(to), hiddenDomain: undefined });
  room.entering(to, child(join, 'password') !== undefined);
  return room;
}

function tell(room: Room, stanza: XmlElement, story: Story): void {
  const before = [...room.participants.keys()];
  const isPresence = stanza.name === 'presence';
  const outcome: RoomOutcome = isPresence ? room.presence(stanza) : { events: room.message(stanza, 0) };
  for (const { id, displayName, role } of room.participants.values()) {
    if (!before.includes(id)) story.people.push(`+${id} ${displayName} ${role}`);
  }
  for (const id of before) if (!room.participants.has(id)) story.people.push(`-${id}`);
  for (const event of outcome.events) hear(event, story);
  // The browser's application has to see for itself whose the message was.
  const [event] = outcome.events;
  const isForeign = event?.name === 'warning' && event.payload.error.code === 'retraction-foreign';
  if (isForeign) story.retracted.push(child(stanza, 'retract')?.attrs.id ?? '');
  if (outcome.entered) story.entered = true;
  if (outcome.refused) story.refusals.push(outcome.refused.code);
  if (outcome.left) {
    const { reason, actor, text } = outcome.left;
    story.end = [reason, actor, text].filter(Boolean).join(' ');
    // To somebody who leaves, the browser says that all the others do.
    if (reason === 'left') for (const id of room.participants.keys()) story.people.push(`-${id}`);
  }
}

function hear(event: ConferenceEvent, story: Story): void {
  if (event.name === 'subjectChanged') story.subjects.push(event.payload.subject);
  if (event.name === 'messageRetracted') story.retracted.push(event.payload.retraction.id);
  if (event.name !== 'messageReceived') return;
  const { from, text, isPrivate, isHistory, at } = event.payload.message;
  story.messages.push(messageLine(from, text, isPrivate, isHistory ? at : undefined));
}

function messageLine(
  from: string | undefined,
  text: string,
  isPrivate: boolean,
  at: number | undefined,
): string {
  return `${from}: ${text}${isPrivate ? ' (private)' : ''}${at === undefined ? '' : ` (${new Date(at).toISOString()})`}`;
}

const refusals: Readonly<Record<string, string>> = {
  'conference.passwordRequired': 'password',
  'conference.connectionError.membersOnly': 'lobby',
};

/** What the browser's events mean, by their names in the recordings. */
const readers: Readonly<Record<string, (value: never, story: Story) => void>> = {
  'participant-joined': ({ id, name, role }: { id: string; name: string; role: string }, story) =>
    story.people.push(`+${id} ${name} ${role}`),
  'participant-left': ({ id }: { id: string }, story) => story.people.push(`-${id}`),
  message: ({ from, text, ts }: { from: string; text: string; ts: string | null }, story) =>
    story.messages.push(messageLine(from, text, false, ts === null ? undefined : Date.parse(ts))),
  'private-message': ({ from, text }: { from: string; text: string }, story) =>
    story.messages.push(messageLine(from, text, true, undefined)),
  MESSAGE_RETRACTED: ([, id]: [string, string], story) => story.retracted.push(id),
  SUBJECT_CHANGED: ([subject]: [string], story) => {
    if (subject !== (story.subjects.at(-1) ?? '')) story.subjects.push(subject);
  },
  failed: ({ d: [code, words] }: { d: [string, string] }, story) => {
    const refusal = refusals[code];
    if (refusal !== undefined) story.refusals.push(refusal);
    else if (code === 'conference.destroyed') story.end = `destroyed ${words}`;
  },
  KICKED: ([by, words]: [{ id: string }, string], story) => {
    story.end = `kicked ${by.id} ${words}`;
  },
  joined: (_: object, story) => {
    story.entered = true;
  },
  left: (_: object, story) => {
    if (story.entered) story.end = 'left';
  },
};

function theirs(name: string): Story {
  const story = emptyStory();
  for (const { kind, text } of readCapture(name)) {
    if (story.end !== undefined) break;
    const [, event = '', json = ''] = kind === 'event' ? (/^event (\S+) (.*)$/s.exec(text) ?? []) : [];
    readers[event]?.(JSON.parse(json) as never, story);
  }
  return story;
}

describe.each(names)('%s', (name) => {
  const mine = ours(name);
  const browser = theirs(name);

  it('the same people come and go', () => {
    expect(mine.people).toEqual(browser.people);
  });

  it('the same is said', () => {
    expect(mine.messages).toEqual(browser.messages);
    expect(mine.retracted).toEqual(browser.retracted);
    expect(mine.subjects).toEqual(browser.subjects);
  });

  it('the same doors open or stay closed', () => {
    expect(mine.entered).toBe(browser.entered);
    expect(mine.refusals.map((code) => code.replace(/-.*/, ''))).toEqual(browser.refusals);
  });

  it('it ends the same way', () => {
    expect(mine.end).toBe(browser.end);
  });
});
