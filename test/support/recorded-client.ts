/**
 * Plays the clients of a recorded conversation against a server under test: sends what they sent when everything that had come
 * before in the recording has come here too, and pairs what the server says with what the real one said.
 */
import { WebSocket } from 'ws';
import { child, elements, type XmlElement } from '../../src/xml/element.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { serialize } from '../../src/xml/serialize.ts';
import { type CaptureEntry, readCapture } from './captures.ts';
import { elementDifferences } from './element-diff.ts';
import { stepOf } from './replay.ts';
import { waitFor } from './wait.ts';

export interface RecordedParticipant {
  /** Name of the recording. */
  capture: string;
  /** Seconds between the start of the first recording and of this one. */
  offset: number;
  url: string;
  /** disco#info features, for a server that asks where the real one had them cached. */
  features: readonly string[];
}

export interface Comparison {
  participant: string;
  /** What kind of element it is, and from whom. */
  step: string;
  differences: string[];
}

export interface Played {
  compared: Comparison[];
  /** Said by the real server only, and by the one under test only. */
  missing: string[];
  extra: string[];
}

/** Acknowledgements count what each side sent, which differs; they are tested by themselves. */
const counted = new Set(['r', 'a']);

/** What a received element is: its kind and its sender. */
function receivedStep(element: XmlElement): string {
  const { from = '' } = element.attrs;
  return `${from} ${stepOf({ ...element, attrs: { ...element.attrs, to: '' } }).replace(/ {2,}/g, ' ')}`.trim();
}

class Player {
  readonly name: string;
  readonly entries: CaptureEntry[];
  readonly #features: readonly string[];
  readonly #socket: WebSocket;
  readonly inbox: XmlElement[] = [];
  /** What the recorded server called things, and what they are called here. */
  readonly #names: Map<string, string>;

  constructor({ capture, offset, url, features }: RecordedParticipant, names: Map<string, string>) {
    this.#names = names;
    this.name = capture.split('.')[1] ?? capture;
    this.entries = readCapture(capture).map((entry) => ({ ...entry, at: entry.at + offset }));
    this.#features = features;
    this.#socket = new WebSocket(url, 'xmpp', { perMessageDeflate: false });
    this.#socket.on('message', (data: Buffer) => this.#receive(parseXml(data.toString('utf8'))));
  }

  async opened(): Promise<void> {
    await new Promise((resolve, reject) => this.#socket.once('open', resolve).once('error', reject));
  }

  /** @param isCut the recording is not played to its end: nobody else closes */
  async closed(isCut: boolean): Promise<void> {
    if (isCut) this.#socket.terminate();
    if (this.#socket.readyState !== WebSocket.CLOSED)
      await new Promise((resolve) => this.#socket.once('close', resolve));
  }

  send(text: string): void {
    // As text: some recorded frames are no XML.
    if (/^<[ra] /.test(text)) return;
    this.#socket.send(this.#here(text));
  }

  /** The element that answers to the recorded one, compared with it. */
  async expect(text: string): Promise<Comparison | undefined> {
    const recorded = parseXml(text);
    if (counted.has(recorded.name)) return undefined;
    const step = receivedStep(recorded);
    const fits = (element: XmlElement): boolean =>
      receivedStep(this.#there(element)) === step && this.#answers(element, recorded);
    const options = {
      what: `${step} for ${this.name}`,
      timeout: 30_000,
      explain: () => this.inbox.map(receivedStep).join('\n'),
    };
    const element = await waitFor(() => this.inbox.find(fits), options);
    this.inbox.splice(this.inbox.indexOf(element), 1);
    this.#learn(recorded, element);
    return { participant: this.name, step, differences: elementDifferences(this.#there(element), recorded) };
  }

  /** Answers to our requests carry the id that was asked with. */
  #answers(element: XmlElement, recorded: XmlElement): boolean {
    const { type, id } = recorded.attrs;
    return recorded.name !== 'iq' || (type !== 'result' && type !== 'error') || element.attrs.id === id;
  }

  #receive(element: XmlElement): void {
    const query = elements(element)[0];
    if (
      element.name === 'iq' &&
      element.attrs.type === 'get' &&
      query?.ns === 'http://jabber.org/protocol/disco#info'
    ) {
      const { from = '', id = '' } = element.attrs;
      const features = this.#features.map((feature) => `<feature var="${feature}"/>`).join('');
      this.#socket.send(
        `<iq xmlns="jabber:client" type="result" id="${id}" to="${from}"><query xmlns="http://jabber.org/protocol/disco#info">${features}</query></iq>`,
      );
      return;
    }
    if (!counted.has(element.name)) this.inbox.push(element);
  }

  /** Names that a server chooses: addresses it binds, ids of its requests, session ids. */
  #learn(recorded: XmlElement, element: XmlElement): void {
    const isRequest =
      recorded.name === 'iq' && (recorded.attrs.type === 'get' || recorded.attrs.type === 'set');
    if (isRequest) this.#name(recorded.attrs.id, element.attrs.id);
    const jid = (root: XmlElement): string | undefined => {
      const bind = child(root, 'bind');
      const text = bind && elements(bind)[0]?.children[0];
      return typeof text === 'string' ? text : undefined;
    };
    this.#name(jid(recorded), jid(element));
    const [theirs, ours] = [elements(recorded)[0], elements(element)[0]];
    if (theirs?.name === 'jingle' && ours) {
      this.#name(theirs.attrs.sid, ours.attrs.sid);
      this.#name(child(theirs, 'bridge-session')?.attrs.id, child(ours, 'bridge-session')?.attrs.id);
    }
    // A message may come before the bind result; it is addressed to the new address already.
    if (recorded.name === 'message' && !recorded.attrs.type) this.#name(recorded.attrs.to, element.attrs.to);
  }

  #name(recorded: string | undefined, here: string | undefined): void {
    if (recorded !== undefined && here !== undefined) this.#names.set(recorded, here);
  }

  #here(text: string): string {
    return [...this.#names].reduce((result, [recorded, here]) => result.replaceAll(recorded, here), text);
  }

  #there(element: XmlElement): XmlElement {
    const text = [...this.#names].reduce(
      (result, [recorded, here]) => result.replaceAll(here, recorded),
      serialize(element),
    );
    return parseXml(text);
  }
}

export interface PlayOptions {
  /** What is to be done at events of the recordings, by their text. */
  events?: Readonly<Record<string, () => void>>;
  /** Seconds of the first recording after which to stop. */
  until?: number;
}

/**
 * Plays the recordings together, in the order of their times.
 */
export async function playRecordings(
  participants: readonly RecordedParticipant[],
  options: PlayOptions = {},
): Promise<Played> {
  const { events = {}, until = Number.POSITIVE_INFINITY } = options;
  const players: Player[] = [];
  const names = new Map<string, string>();
  const played: Played = { compared: [], missing: [], extra: [] };
  const timeline = participants
    .flatMap((participant, index) =>
      readCapture(participant.capture).map((entry) => ({ index, entry, at: entry.at + participant.offset })),
    )
    .filter(({ entry }) => entry.kind === 'sent' || entry.kind === 'received' || entry.text in events)
    .filter(({ at }) => at < until)
    .sort((a, b) => a.at - b.at);
  for (const { index, entry } of timeline) {
    if (entry.kind === 'event') {
      events[entry.text]?.();
      continue;
    }
    let player = players[index];
    if (!player) {
      const participant = participants[index];
      if (!participant) throw new Error(`no participant ${index}`);
      player = players[index] = new Player(participant, names);
      await player.opened();
    }
    if (entry.kind === 'sent') {
      player.send(entry.text);
      continue;
    }
    try {
      const comparison = await player.expect(entry.text);
      if (comparison) played.compared.push(comparison);
    } catch (error) {
      played.missing.push(`${player.name}: ${(error as Error).message}`);
    }
  }
  for (const player of players) {
    await player.closed(options.until !== undefined);
    played.extra.push(...player.inbox.map((element) => `${player.name}: ${receivedStep(element)}`));
  }
  return played;
}
