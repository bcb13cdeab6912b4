/**
 * A hostile server, for tests, in a process of its own: what stands between a client and the sandbox at the URL given, until the
 * client has accepted a session. From then on nobody is heard any more; the client gets floods of what KIND says, as fast as it reads.
 * Writes its URL, then a line when it floods.
 */
import { createServer } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';

const [, , target, kind] = process.argv;
const server = createServer((request, response) => void answer(request, response));
const sockets = new WebSocketServer({ server, handleProtocols: () => 'xmpp' });
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}`;
console.log(url);

async function answer(request, response) {
  const original = await fetch(target + request.url);
  response.end((await original.text()).replaceAll(target.replace('http', 'ws'), url.replace('http', 'ws')));
}

const text = (data) => data.toString('utf8');

sockets.on('connection', (client, request) => {
  const upstream = new WebSocket(target.replace('http', 'ws') + request.url, 'xmpp');
  const waiting = [];
  let offer;
  let presence;
  let isFlooding = false;
  client.on('message', (data) => {
    const frame = text(data);
    if (isFlooding) return;
    if (upstream.readyState === WebSocket.OPEN) upstream.send(frame);
    else waiting.push(frame);
    if (!frame.includes('action="session-accept"')) return;
    isFlooding = true;
    console.log('flooding');
    flood(client, offer, presence);
  });
  upstream.on('open', () => waiting.forEach((frame) => upstream.send(frame)));
  upstream.on('message', (data) => {
    const frame = text(data);
    if (frame.includes('action="session-initiate"')) offer = frame;
    if (frame.startsWith('<presence') && !frame.includes('code="110"') && !frame.includes('/focus"'))
      presence = frame;
    if (!isFlooding) client.send(frame);
  });
  client.on('error', () => {}).on('close', () => upstream.close());
  upstream.on('error', () => {});
});

function flood(client, offer, presence) {
  const { makes } = kinds[kind](offer, presence);
  let number = 0;
  const more = () => {
    if (client.readyState !== WebSocket.OPEN) return;
    while (client.bufferedAmount < 4_000_000)
      for (let many = 0; many < 50; many += 1) client.send(makes((number += 1)));
    setImmediate(more);
  };
  more();
}

function attribute(frame, name) {
  return new RegExp(` ${name}="([^"]*)"`).exec(frame)[1];
}

const kinds = {
  offers: (offer) => ({
    makes: (number) =>
      offer
        .replace(` id="${attribute(offer, 'id')}"`, ` id="o${number}"`)
        .replace(` sid="${attribute(offer, 'sid')}"`, ` sid="s${number}"`),
  }),
  sources: (offer) => ({
    makes: (number) => {
      const action = number % 2 === 1 ? 'source-add' : 'source-remove';
      const source =
        `<source xmlns="urn:xmpp:jingle:apps:rtp:ssma:0" ssrc="${7_000_000 + ((number + 1) >> 1)}" name="x${number}-a0">` +
        `<parameter name="msid" value="a b"/></source>`;
      return (
        `<iq xmlns="jabber:client" type="set" id="s${number}" to="${attribute(offer, 'to')}" from="${attribute(offer, 'from')}">` +
        `<jingle xmlns="urn:xmpp:jingle:1" action="${action}" sid="${attribute(offer, 'sid')}"><content creator="initiator" name="audio">` +
        `<description xmlns="urn:xmpp:jingle:apps:rtp:1" media="audio">${source}</description></content></jingle></iq>`
      );
    },
  }),
  chat: (offer) => ({
    makes: (number) =>
      `<message xmlns="jabber:client" type="groupchat" id="m${number}" from="${attribute(offer, 'from').replace(/\/.*/, '/abcd1234')}" to="${attribute(offer, 'to')}"><body>line ${number}</body></message>`,
  }),
  presence: (offer, presence) => ({
    makes: (number) =>
      presence.replace(
        ` from="${attribute(presence, 'from')}"`,
        ` from="${attribute(presence, 'from').replace(/\/.*/, `/n${number % 50_000}`)}"`,
      ),
  }),
  queries: (offer) => ({
    makes: (number) =>
      `<iq xmlns="jabber:client" type="get" id="q${number}" to="${attribute(offer, 'to')}" from="${attribute(offer, 'from')}"><query xmlns="http://jabber.org/protocol/disco#info"/></iq>`,
  }),
};
