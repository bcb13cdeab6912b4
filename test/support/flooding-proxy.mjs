/**
 * A hostile server, for tests, in a process of its own: what stands between a client and the sandbox at the URL given, until the
 * client has accepted a session. From then on nobody is heard any more; the client gets floods of what KIND says, as fast as it reads: by
 * XMPP, or by the bridge's WebSocket. Writes its URL, a line when it floods, then how many MB it has written, one line each.
 */
import { createServer } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { bridgeFloods, xmppFloods } from './floods.mjs';

const [, , target, kind] = process.argv;
const server = createServer((request, response) => void answer(request, response));
const sockets = new WebSocketServer({ server, handleProtocols: () => 'xmpp' });
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}`;
console.log(url);

const text = (data) => data.toString('utf8');
const here = (words) => words.replaceAll(target.replace('http', 'ws'), url.replace('http', 'ws'));

async function answer(request, response) {
  const original = await fetch(target + request.url);
  response.end(here(await original.text()));
}

sockets.on('connection', (client, request) => {
  const isBridge = request.url.startsWith('/colibri-ws');
  const upstream = new WebSocket(target.replace('http', 'ws') + request.url, isBridge ? [] : 'xmpp');
  const waiting = [];
  const heard = {};
  let isFlooding = false;
  const begin = (next) => {
    isFlooding = true;
    console.log('flooding');
    flood(client, next);
  };
  client.on('message', (data) => {
    const frame = text(data);
    if (isFlooding) return;
    if (upstream.readyState === WebSocket.OPEN) upstream.send(frame);
    else waiting.push(frame);
    if (isBridge && kind in bridgeFloods) begin(bridgeFloods[kind]);
    if (kind in xmppFloods && frame.includes('action="session-accept"')) begin(xmppFloods[kind](heard));
  });
  upstream.on('open', () => waiting.forEach((frame) => upstream.send(frame)));
  upstream.on('message', (data) => {
    const frame = here(text(data));
    if (frame.includes('action="session-initiate"')) heard.offer = frame;
    if (frame.startsWith('<presence') && !frame.includes('code="110"') && !frame.includes('/focus"'))
      heard.presence = frame;
    if (!isFlooding) client.send(frame);
  });
  client.on('error', () => {}).on('close', () => upstream.close());
  upstream.on('error', () => {});
});

/** @param next the frame of a number, from 1 on */
function flood(client, next) {
  let number = 0;
  let written = 0;
  let told = 0;
  const more = () => {
    if (client.readyState !== WebSocket.OPEN) return;
    while (client.bufferedAmount < 4_000_000) {
      const frame = next((number += 1));
      written += frame.length;
      client.send(frame);
    }
    for (; told < Math.floor((written - client.bufferedAmount) / 1e6); told += 1) console.log('MB');
    setImmediate(more);
  };
  more();
}
