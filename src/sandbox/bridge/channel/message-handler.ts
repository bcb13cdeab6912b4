/** What the bridge does with a message of one of its endpoints (jitsi-videobridge `EndpointMessageTransport.java`). */
import { serverHello } from './bridge-message.ts';
import type { Channel } from './channel.ts';
import { type ClientMessage, readClientMessage, VoidMessage } from './client-message.ts';
import type { LocalEndpoint } from '../endpoint.ts';
import { stringMember, withSender } from './envelope.ts';
import type { Journal } from '../journal.ts';
import { JsonFault, type JsonMember, scanObject } from './json-scanner.ts';

/** Who gets the messages that are relayed. */
export interface Relay {
  find(endpointId: string): LocalEndpoint | undefined;
  /** All but `sender`. */
  others(sender: LocalEndpoint): readonly LocalEndpoint[];
  /** Those who want to know how `sender` fares. */
  wantingStats(sender: LocalEndpoint): readonly LocalEndpoint[];
}

/** Reads a message, and handles it when its turn comes. What cannot be read is dropped without an answer. */
export function handleMessage(
  sender: LocalEndpoint,
  text: Buffer,
  channel: Channel,
  relay: Relay,
  journal: Journal,
): void {
  try {
    const handle = read(sender, text, channel, relay, journal);
    if (!sender.queue.add(handle)) journal.drop(sender.id, 'queue-full', 'too many wait', text);
  } catch (error) {
    if (error instanceof JsonFault) journal.drop(sender.id, 'invalid-json', error.message, text);
    else if (error instanceof VoidMessage) journal.drop(sender.id, 'invalid-message', error.message, text);
    else throw error;
  }
}

/** @throws JsonFault, VoidMessage */
function read(
  sender: LocalEndpoint,
  text: Buffer,
  channel: Channel,
  relay: Relay,
  journal: Journal,
): () => void {
  const members = scanObject(text);
  const colibriClass = stringMember(text, members, 'colibriClass');
  switch (colibriClass) {
    case undefined:
      throw new VoidMessage('there is no colibriClass');
    case 'EndpointMessage': {
      const to = stringMember(text, members, 'to');
      if (to === undefined) throw new VoidMessage('there is no "to"');
      checkFrom(text, members);
      return () => relayMessage(sender, to, text, members, channel, relay, journal);
    }
    case 'EndpointStats':
      checkFrom(text, members);
      return () => relayStats(sender, text, members, relay, journal);
    default: {
      const message = readClientMessage(colibriClass, JSON.parse(text.toString('utf8')) as object);
      return () => apply(sender, message, channel);
    }
  }
}

/** It will be written over; a value that could not be one voids the message all the same. */
function checkFrom(text: Buffer, members: readonly JsonMember[]): void {
  const from = members.find(({ key }) => key === 'from');
  const first = from && text[from.valueStart];
  if (first === 0x7b || first === 0x5b) throw new VoidMessage('from is not a string');
}

function relayMessage(
  sender: LocalEndpoint,
  to: string,
  text: Buffer,
  members: readonly JsonMember[],
  channel: Channel,
  relay: Relay,
  journal: Journal,
): void {
  if (sender.isVisitor) return journal.drop(sender.id, 'visitor', 'EndpointMessage', text);
  const isBroadcast = to.trim() === '';
  const receiver = isBroadcast ? undefined : relay.find(to);
  if (!isBroadcast && !receiver) return journal.drop(sender.id, 'unknown-receiver', `to ${to}`, text);
  const message = withSender(text, members, ['colibriClass', 'to'], sender.from);
  for (const each of receiver ? [receiver] : relay.others(sender)) each.send(message, undefined, channel);
}

function relayStats(
  sender: LocalEndpoint,
  text: Buffer,
  members: readonly JsonMember[],
  relay: Relay,
  journal: Journal,
): void {
  if (sender.isVisitor) return journal.drop(sender.id, 'visitor', 'EndpointStats', text);
  const message = withSender(text, members, ['colibriClass'], sender.from);
  for (const each of relay.wantingStats(sender)) each.send(message);
}

function apply(sender: LocalEndpoint, message: ClientMessage, channel: Channel): void {
  switch (message.type) {
    case 'hello':
      // Over the channel that it came through: it asks whether that one works.
      return sender.send(serverHello(), channel);
    case 'lastN':
      return sender.setLastN(message.lastN);
    case 'constraints':
      return sender.setConstraints(message.constraints);
    case 'audio':
      return sender.setAudioSubscription(message.subscription);
    case 'videoType':
      return sender.setVideoType(message.source ?? `${sender.id}-v0`, message.videoType);
    default:
      message satisfies never;
  }
}
