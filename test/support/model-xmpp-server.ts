/**
 * An XMPP server as XEP-0198 describes it, small enough to be believed: it logs anybody in, counts, keeps what was not acknowledged, and resumes. It
 * shares no code with the stream machine or the sandbox but the XML parser.
 */
import { child, text, type XmlElement } from '../../src/xml/element.ts';
import { parseXml } from '../../src/xml/parse.ts';

const framing = 'urn:ietf:params:xml:ns:xmpp-framing';
const sasl = 'urn:ietf:params:xml:ns:xmpp-sasl';
const bindNs = 'urn:ietf:params:xml:ns:xmpp-bind';
const sm = 'urn:xmpp:sm:3';

const features = (content: string): string =>
  `<stream:features xmlns:stream="http://etherx.jabber.org/streams">${content}</stream:features>`;

/** A stream of the server's, which outlives its sockets. */
export interface ModelStream {
  id: string;
  jid: string;
  /** Bodies of the messages that it took, in order. */
  heard: string[];
  /** Stanzas that it took. */
  handled: number;
  /** Stanzas that the client has acknowledged. */
  acknowledged: number;
  /** Sent after these. */
  kept: string[];
  socket: ModelSocket | undefined;
  /** How often it was. */
  resumed: number;
}

export interface ModelServerOptions {
  streamManagement?: boolean;
  /** Attributes of `<enabled/>` besides `id`. */
  enabled?: string;
}

export class ModelXmppServer {
  readonly streams: ModelStream[] = [];
  options: ModelServerOptions;

  constructor(options: ModelServerOptions = {}) {
    this.options = options;
  }

  /** @param write takes what the server sends on this socket */
  connect(write: (frame: string) => void): ModelSocket {
    return new ModelSocket(this, write);
  }

  /** The newest. */
  get stream(): ModelStream {
    const last = this.streams.at(-1);
    if (!last) throw new Error('nobody has logged in');
    return last;
  }

  /** Says something to the client, now or when it comes back. */
  say(body: string, stream: ModelStream = this.stream): void {
    const stanza = `<message xmlns="jabber:client" from="meet.test" to="${stream.jid}"><body>${body}</body></message>`;
    stream.kept.push(stanza);
    stream.socket?.write(stanza);
    if (stream.kept.length % 3 === 0) stream.socket?.write(`<r xmlns="${sm}"/>`);
  }

  /** The server has forgotten the stream, but for its count, perhaps. */
  forget(stream: ModelStream = this.stream, tellsHandled: boolean = true): void {
    stream.id = `${stream.id}-${tellsHandled ? 'expired' : 'forgotten'}`;
  }
}

export class ModelSocket {
  readonly write: (frame: string) => void;
  readonly #server: ModelXmppServer;
  #isAuthenticated = false;
  #isCounting = false;
  #stream: ModelStream | undefined;

  constructor(server: ModelXmppServer, write: (frame: string) => void) {
    this.#server = server;
    this.write = write;
  }

  /** The socket is gone, as the server sees it. */
  lost(): void {
    if (this.#stream?.socket === this) this.#stream.socket = undefined;
  }

  receive(frame: string): void {
    const element = parseXml(frame);
    const { attrs } = element;
    switch (element.name) {
      case 'open':
        this.write(`<open xmlns="${framing}" from="meet.test" id="s" version="1.0"/>`);
        return this.write(features(this.#offered()));
      case 'auth':
        this.#isAuthenticated = true;
        return this.write(`<success xmlns="${sasl}"/>`);
      case 'enable':
        this.#isCounting = true;
        return this.write(`<enabled xmlns="${sm}" id="${this.#stream?.id}" ${this.#enabled()}/>`);
      case 'resume':
        return this.#resume(attrs.previd, Number(attrs.h));
      case 'r':
        return this.write(`<a xmlns="${sm}" h="${this.#stream?.handled}"/>`);
      case 'a':
        return this.#acknowledge(Number(attrs.h));
      case 'iq':
      case 'message':
      case 'presence':
        return this.#stanza(element);
      default:
        throw new Error(`the client sent ${frame}`);
    }
  }

  #enabled(): string {
    return this.#server.options.enabled ?? 'resume="true" max="60"';
  }

  #offered(): string {
    if (!this.#isAuthenticated)
      return `<mechanisms xmlns="${sasl}"><mechanism>ANONYMOUS</mechanism></mechanisms>`;
    const managed = this.#server.options.streamManagement === false ? '' : `<sm xmlns="${sm}"/>`;
    return `<bind xmlns="${bindNs}"/>${managed}`;
  }

  #stanza(stanza: XmlElement): void {
    if (child(stanza, 'bind', bindNs)) return this.#bind(stanza.attrs.id ?? '');
    const stream = this.#stream;
    if (!stream) throw new Error('a stanza came before there was a stream');
    if (this.#isCounting) stream.handled += 1;
    const body = child(stanza, 'body', 'jabber:client');
    if (body) stream.heard.push(text(body));
    if (stanza.attrs.type === 'get' || stanza.attrs.type === 'set') {
      const { id, to } = stanza.attrs;
      const answer = `<iq xmlns="jabber:client" type="result" id="${id}" from="${to}" to="${stream.jid}"/>`;
      stream.kept.push(answer);
      this.write(answer);
    }
  }

  #bind(id: string): void {
    const number = this.#server.streams.length + 1;
    const stream: ModelStream = {
      id: `stream-${number}`,
      jid: `user${number}@meet.test/r`,
      heard: [],
      handled: 0,
      acknowledged: 0,
      kept: [],
      socket: this,
      resumed: 0,
    };
    this.#server.streams.push(stream);
    this.#stream = stream;
    this.write(
      `<iq xmlns="jabber:client" type="result" id="${id}"><bind xmlns="${bindNs}"><jid>${stream.jid}</jid></bind></iq>`,
    );
  }

  #resume(id: string | undefined, h: number): void {
    const stream = this.#server.streams.find((one) => one.id === id);
    if (!stream) {
      const known = this.#server.streams.find((one) => one.id === `${id}-expired`);
      const handled = known ? ` h="${known.handled}"` : '';
      return this.write(
        `<failed xmlns="${sm}"${handled}><item-not-found xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></failed>`,
      );
    }
    this.#stream = stream;
    stream.socket = this;
    stream.resumed += 1;
    this.#isCounting = true;
    this.#acknowledge(h);
    this.write(`<resumed xmlns="${sm}" previd="${id}" h="${stream.handled}"/>`);
    for (const stanza of stream.kept) this.write(stanza);
  }

  #acknowledge(h: number): void {
    const stream = this.#stream;
    if (!stream) throw new Error('an acknowledgement came before there was a stream');
    const count = h - stream.acknowledged;
    if (!(count >= 0 && count <= stream.kept.length)) throw new Error(`the client acknowledged h=${h}`);
    stream.acknowledged = h;
    stream.kept.splice(0, count);
  }
}
