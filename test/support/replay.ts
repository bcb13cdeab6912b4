/**
 * Replays a recorded conversation through the conference machine in virtual time: what the real server sent is fed in, what
 * our client sends on the way is collected and paired with what the recorded client sent at that place.
 *
 * Ids of requests differ between the two clients, so answers are matched by what was asked and get our id.
 */
import type { ConferenceEvent } from '../../src/conference/events.ts';
import type { CloseInfo, ConferenceEffect, ConferenceInput } from '../../src/conference/io.ts';
import { HostMemory } from '../../src/conference/host-memory.ts';
import { ConferenceMachine } from '../../src/conference/machine.ts';
import type { ConferenceOptions } from '../../src/conference/options.ts';
import { defaultFeatures } from '../../src/jitsi/features.ts';
import { findJingle, parseJingle } from '../../src/jingle/jingle.ts';
import type { JingleMessage } from '../../src/jingle/model.ts';
import type { SessionCommand } from '../../src/jingle/session-io.ts';
import { childText, elements, type XmlElement } from '../../src/xml/element.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { serialize } from '../../src/xml/serialize.ts';
import { type CaptureEntry, readCapture } from './captures.ts';
import { elementDifferences } from './element-diff.ts';
import { seededRandom } from './random.ts';

export interface Replay {
  machine: ConferenceMachine;
  /** What our client sent, in order, stream management left out. */
  sent: XmlElement[];
  /** For each of them: how many elements the recorded client had sent by then. */
  sentAfter: number[];
  /** What the recorded client sent, likewise. */
  recorded: XmlElement[];
  events: ConferenceEvent[];
  effects: ConferenceEffect[];
  ended: CloseInfo | undefined;
  /** Of the session commands, in order; the command's kind and a number are its id. */
  outcomes: Extract<ConferenceEffect, { type: 'answer' }>[];
  eventsNamed<Name extends ConferenceEvent['name']>(
    name: Name,
  ): Extract<ConferenceEvent, { name: Name }>['payload'][];
}

/** The step a sent element is: what is asked of whom. Two clients' requests with the same step mean the same. */
export function stepOf(element: XmlElement): string {
  const { type = '', to = '' } = element.attrs;
  if (element.name !== 'iq') return `${element.name} ${type} ${to}`;
  const payload = elements(element)[0];
  const action = payload?.attrs.action ?? '';
  return `iq ${type} ${to} ${payload?.ns ?? ''} ${payload?.name ?? ''} ${action}`.trim();
}

const counted = new Set(['r', 'a', 'enable']);

export function replay(
  name: string,
  options: Partial<ConferenceOptions> & { config: string; room: string; withSessions?: boolean },
): Replay {
  const { config, room, withSessions = false, ...others } = options;
  const entries = readCapture(name);
  const machine = new ConferenceMachine(
    {
      address: { origin: 'https://meet.jitsi.test:28443', tenant: '', roomName: room, room },
      overrides: {},
      credentials: { mechanism: 'ANONYMOUS' },
      displayName: 'alice',
      features: defaultFeatures,
      peerFeatures: [],
      codecs: ['vp8', 'vp9', 'h264', 'av1'],
      properties: {},
      statsId: 'Paula-Xb8',
      machineUid: '055adbd0b7114dbaadc17484eb7174b6',
      offers: 'offer',
      streamManagement: true,
      transport: 'auto',
      // As the recorded client did.
      pipelining: false,
      useKnownConfig: true,
      memory: new HostMemory(),
      joinTimeout: 60_000,
      chat: { whenDisconnected: 'queue', limit: 100, maxAge: 600_000 },
      ...others,
    },
    seededRandom(1),
  );
  const result: Replay = {
    machine,
    sent: [],
    sentAfter: [],
    recorded: [],
    events: [],
    effects: [],
    ended: undefined,
    outcomes: [],
    eventsNamed: (wanted) =>
      result.events.flatMap((event) => (event.name === wanted ? [event.payload as never] : [])),
  };
  /** Our ids by step, oldest first, and the recorded client's step by its id. */
  const ours = new Map<string, string[]>();
  const theirs = new Map<string, string>();
  const pings: XmlElement[] = [];
  const start = 1_790_000_000_000;

  const feed = (input: ConferenceInput, at: number): void => {
    for (const effect of machine.handle(input, start + at * 1000)) {
      result.effects.push(effect);
      if (effect.type === 'event') result.events.push(effect.event);
      if (effect.type === 'ended') result.ended = effect.info;
      if (effect.type === 'answer') result.outcomes.push(effect);
      if (effect.type !== 'send-frame') continue;
      const element = parseXml(serialize(effect.element));
      if (counted.has(element.name)) continue;
      result.sent.push(element);
      result.sentAfter.push(result.recorded.length);
      if (element.attrs.type === 'get' || element.attrs.type === 'set') {
        const step = stepOf(element);
        ours.set(step, [...(ours.get(step) ?? []), element.attrs.id ?? '']);
        if (elements(element)[0]?.name === 'ping') pings.push(element);
      }
    }
    // Recorded clients pinged at other times, or not at all.
    for (let ping = pings.shift(); ping; ping = pings.shift()) {
      const { id, to } = ping.attrs;
      feed(
        { type: 'socket-frame', text: `<iq xmlns="jabber:client" type="result" id="${id}" from="${to}"/>` },
        at,
      );
    }
  };

  feed({ type: 'start' }, 0);
  feed({ type: 'http-response', purpose: 'config', status: 200, body: config }, 0);
  feed({ type: 'socket-opened' }, 0);
  for (const entry of entries) {
    runTimers(machine, feed, start, entry.at);
    if (entry.kind === 'sent') noteSent(entry, result, theirs, feed, withSessions);
    if (entry.kind === 'received') receive(entry, theirs, ours, feed);
  }
  return result;
}

function runTimers(
  machine: ConferenceMachine,
  feed: (input: ConferenceInput, at: number) => void,
  start: number,
  until: number,
): void {
  for (
    let next = machine.nextTimeout();
    next !== undefined && next <= start + until * 1000;
    next = machine.nextTimeout()
  ) {
    feed({ type: 'tick' }, (next - start) / 1000);
  }
}

/** Does what the recorded user did, when it is something that our client does only because a user wants it. */
function noteSent(
  entry: CaptureEntry,
  result: Replay,
  theirs: Map<string, string>,
  feed: (input: ConferenceInput, at: number) => void,
  withSessions: boolean,
): void {
  const element = parseXml(entry.text);
  if (counted.has(element.name)) return;
  result.recorded.push(element);
  if (element.attrs.type === 'get' || element.attrs.type === 'set')
    theirs.set(element.attrs.id ?? '', stepOf(element));
  const hand = childText(element, 'jitsi_participant_raisedHand');
  const nick = childText(element, 'nick');
  if (element.name === 'presence' && element.attrs.type === 'unavailable' && element.attrs.to !== undefined)
    feed({ type: 'leave' }, entry.at);
  else if (element.name === 'presence') {
    const change = {
      ...(hand === undefined ? {} : { handRaisedAt: Number(hand) }),
      ...(nick === undefined ? {} : { displayName: nick }),
    };
    feed({ type: 'update-presence', change }, entry.at);
  } else if (element.name === 'message' && element.attrs.type === 'groupchat')
    feed({ type: 'send', stanza: element }, entry.at);
  const jingle = withSessions && element.attrs.type === 'set' ? findJingle(element) : undefined;
  if (!jingle) return;
  const message = parseJingle(jingle);
  const command = commandOf(message);
  const id = `${command.type} ${result.recorded.length}`;
  feed({ type: 'session-command', sid: message.sid, id, command }, entry.at);
}

/** What the recorded user wanted when its client sent this. */
function commandOf(message: JingleMessage): SessionCommand {
  const { sources } = message;
  const transport = message.contents.find((content) => content.transport)?.transport;
  switch (message.action) {
    case 'session-accept':
      return { type: 'accept', message };
    case 'source-add':
      return { type: 'add-sources', sources };
    case 'source-remove':
      return { type: 'remove-sources', sources };
    case 'session-terminate':
      return message.bridgeSession?.restart
        ? { type: 'restart' }
        : { type: 'terminate', reason: message.reason ?? { condition: 'success' } };
    case 'session-info':
      return { type: 'restart-ice' };
    case 'transport-info':
      if (transport) return { type: 'trickle', transport };
      break;
    default:
  }
  throw new Error(`the recorded client sent ${message.action}, which is no command`);
}

function receive(
  entry: CaptureEntry,
  theirs: Map<string, string>,
  ours: Map<string, string[]>,
  feed: (input: ConferenceInput, at: number) => void,
): void {
  let element: XmlElement;
  try {
    element = parseXml(entry.text);
  } catch {
    feed({ type: 'socket-frame', text: entry.text }, entry.at);
    return;
  }
  // Counts what the recorded client sent, not what ours did.
  if (element.name === 'a') return;
  const isAnswer =
    element.name === 'iq' && (element.attrs.type === 'result' || element.attrs.type === 'error');
  if (!isAnswer) return feed({ type: 'socket-frame', text: entry.text }, entry.at);
  const step = theirs.get(element.attrs.id ?? '');
  const id = step === undefined ? undefined : ours.get(step)?.shift();
  // An answer to something that we never ask.
  if (id === undefined) return;
  feed({ type: 'socket-frame', text: serialize({ ...element, attrs: { ...element.attrs, id } }) }, entry.at);
}

/** Pairs what both clients sent by step: with what the recorded client just did, else with the first that is left. */
export function pairSteps(run: Replay): {
  differences: string[];
  onlyOurs: string[];
  onlyTheirs: string[];
} {
  const left = new Set(run.recorded);
  const differences: string[] = [];
  const onlyOurs: string[] = [];
  for (const [index, ours] of run.sent.entries()) {
    const latest = run.recorded[(run.sentAfter[index] ?? 0) - 1];
    const isSame = (theirs: XmlElement | undefined): boolean =>
      theirs !== undefined && left.has(theirs) && stepOf(theirs) === stepOf(ours);
    const theirs = isSame(latest) ? latest : [...left].find(isSame);
    if (!theirs) {
      onlyOurs.push(stepOf(ours));
      continue;
    }
    left.delete(theirs);
    const isRequest = ours.attrs.type === 'get' || ours.attrs.type === 'set';
    for (const difference of elementDifferences(ours, theirs)) {
      differences.push(isRequest ? difference.replace(/^iq@id: .*/, 'iq@id: OURS ≠ THEIRS') : difference);
    }
  }
  return { differences, onlyOurs, onlyTheirs: [...left].map(stepOf) };
}
