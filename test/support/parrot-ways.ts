/** Where a deployment may say a secret back to us: every place that ends in an error, a reason, a log. */
import { isOurJoin, type Ways, xmlText } from './parrot.ts';

/** The part of the token that fits into a WebSocket's close frame. */
const short = (words: string): string =>
  Buffer.from(words).subarray(0, 120).toString('utf8').replace(/�+$/, '');
const headerText = (words: string): string => words.replaceAll(/[^\u0020-\u007e]/g, '');
const refusal = (words: string): string =>
  `HTTP/1.1 403 ${headerText(words)}\r\nContent-Length: ${Buffer.byteLength(words)}\r\n\r\n${words}`;
const isXmpp = (path: string): boolean => path.includes('/xmpp-websocket');
const stanzaError = (words: string): string =>
  `<error type="cancel"><not-allowed xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/><text xmlns="urn:ietf:params:xml:ns:xmpp-stanzas">${xmlText(words)}</text></error>`;
const attribute = (frame: string, name: string): string =>
  new RegExp(` ${name}="([^"]*)"`).exec(frame)?.[1] ?? '';
const instead = (of: RegExp, by: (words: string, frame: string) => string): Ways => ({
  frame: (frame, words) => (of.test(frame) ? by(words(), frame) : undefined),
});
const ourPresence = (change: (frame: string, words: string) => string): Ways => ({
  frame: (frame, words) => (isOurJoin(frame) ? [frame, change(frame, words())] : undefined),
});
/** `config.js` and nothing else. */
const configJs = (write: (words: string) => string): Ways => ({
  http(path, response, words) {
    if (!path.includes('/config.js')) return false;
    response.end(write(words()));
    return true;
  },
});
const unavailable = (frame: string, user: string): string =>
  `<presence xmlns="jabber:client" type="unavailable" from="${attribute(frame, 'from')}" to="${attribute(frame, 'to')}"><x xmlns="http://jabber.org/protocol/muc#user">${user}</x></presence>`;

export const parrotWays: Readonly<Record<string, Ways>> = {
  'not at all': {},
  'a page for config.js': {
    http(_path, response, words) {
      response.writeHead(500, headerText(words())).end(words());
      return true;
    },
  },
  'a redirect': {
    http(_path, response, words) {
      response
        .writeHead(302, {
          location: `http://127.0.0.1:1/${encodeURIComponent(words())}?token=${encodeURIComponent(words())}`,
        })
        .end();
      return true;
    },
  },
  'a redirect to no address': {
    http(_path, response, words) {
      response.writeHead(302, { location: `gopher://${encodeURIComponent(words())}` }).end();
      return true;
    },
  },
  'no HTTP': {
    http(_path, response, words) {
      response.socket?.end(`HTTP/1.1 OK ${words()}\r\n\r\n`);
      return true;
    },
  },
  'a broken config.js': configJs((words) => `var config = { "${words}\n`),
  'addresses in config.js': configJs(
    (words) =>
      `var config = { hosts: { domain: ${JSON.stringify(words)}, muc: ${JSON.stringify(words)} }, websocket: ${JSON.stringify(`wss://${words}/`)} };`,
  ),
  'a page for the WebSocket': {
    upgrade(path, socket, words) {
      if (!isXmpp(path)) return false;
      socket.end(refusal(words()));
      return true;
    },
  },
  'no HTTP for the WebSocket': {
    upgrade(path, socket, words) {
      if (!isXmpp(path)) return false;
      socket.end(`HTTP/1.1 ${words()}\r\n\r\n`);
      return true;
    },
  },
  'the end of the WebSocket': {
    heard(frame, words, client) {
      if (frame.includes('type="groupchat"') || frame.includes('please:echo'))
        client.close(4000, short(words()));
      return undefined;
    },
  },
  'an error of the stream': instead(
    /^<presence[^>]*>.*code="110"/s,
    (words) =>
      `<stream:error xmlns:stream="http://etherx.jabber.org/streams"><conflict xmlns="urn:ietf:params:xml:ns:xmpp-streams"/><text xmlns="urn:ietf:params:xml:ns:xmpp-streams">${xmlText(words)}</text></stream:error>`,
  ),
  'a refused login': instead(
    /^<success/,
    (words) =>
      `<failure xmlns="urn:ietf:params:xml:ns:xmpp-sasl"><not-authorized/><text>${xmlText(words)}</text></failure>`,
  ),
  'XML that is none': instead(/^<success/, (words) => `<success ${words}`),
  'a refused conference': instead(
    /^<iq[^>]*>.*<conference/s,
    (words, frame) =>
      `<iq xmlns="jabber:client" type="error" id="${attribute(frame, 'id')}" from="${attribute(frame, 'from')}" to="${attribute(frame, 'to')}">${stanzaError(words)}</iq>`,
  ),
  'a refused room': instead(
    /^<presence[^>]*>.*code="110"/s,
    (words, frame) =>
      `<presence xmlns="jabber:client" type="error" from="${attribute(frame, 'from')}" to="${attribute(frame, 'to')}">${stanzaError(words)}</presence>`,
  ),
  'a kick': ourPresence((frame, words) =>
    unavailable(
      frame,
      `<item affiliation="none" role="none"><actor nick="focus"/><reason>${xmlText(words)}</reason></item><status code="307"/><status code="110"/>`,
    ),
  ),
  'the end of the room': ourPresence((frame, words) =>
    unavailable(
      frame,
      `<item affiliation="none" role="none"/><destroy jid="${xmlText(words)}"><reason>${xmlText(words)}</reason></destroy><status code="110"/>`,
    ),
  ),
  'refused requests': {
    heard(frame, words) {
      if (!frame.includes('please:echo') && !frame.includes('action="session-accept"')) return undefined;
      return `<iq xmlns="jabber:client" type="error" id="${attribute(frame, 'id')}" from="${attribute(frame, 'to')}">${stanzaError(words())}</iq>`;
    },
  },
  'a refused message': {
    heard(frame, words) {
      if (!frame.includes('type="groupchat"')) return undefined;
      return `<message xmlns="jabber:client" type="error" id="${attribute(frame, 'id')}" from="${attribute(frame, 'to')}">${stanzaError(words())}</message>`;
    },
  },
  'the end of the session': {
    frame(frame, words) {
      if (!frame.includes('action="session-initiate"')) return undefined;
      const sid = attribute(frame, 'sid');
      const head = `<iq xmlns="jabber:client" type="set" id="parrot" from="${attribute(frame, 'from')}" to="${attribute(frame, 'to')}">`;
      const end = `<jingle xmlns="urn:xmpp:jingle:1" action="session-terminate" sid="${sid}"><reason><general-error/><text>${xmlText(words())}</text></reason></jingle></iq>`;
      return [frame, head + end];
    },
  },
  'an offer that makes no sense': {
    frame: (frame, words) =>
      frame.includes('action="session-initiate"')
        ? frame.replaceAll(
            /(<(?:payload-type|candidate|fingerprint)[^>]* )(id|ip|hash)="[^"]*"/g,
            `$1$2="${xmlText(words())}"`,
          )
        : undefined,
  },
  'a page for the bridge’s WebSocket': {
    upgrade(path, socket, words) {
      if (isXmpp(path)) return false;
      socket.end(refusal(words()));
      return true;
    },
  },
  'messages of the bridge': {
    frame: (frame, words) =>
      frame.includes('"ServerHello"')
        ? [
            frame,
            `{"colibriClass":${JSON.stringify(words())}}`,
            `{"colibriClass":"EndpointMessage","from":1,"x":${JSON.stringify(words())}`,
          ]
        : undefined,
  },
  'the end of the bridge’s WebSocket': {
    heard(frame, words, client) {
      if (frame.startsWith('{')) client.close(4000, short(words()));
      return undefined;
    },
  },
};
