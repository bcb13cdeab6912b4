/** What a hostile server floods a client with: from a number, which is another each time, to a frame. */

function attribute(frame, name) {
  return new RegExp(` ${name}="([^"]*)"`).exec(frame)[1];
}

const asText = (value) =>
  JSON.stringify(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
/** No letter is said twice, as it would cost no memory. */
const long = (number, length) => `${number} `.repeat(length / (String(number).length + 1));

/** A presence of somebody else. */
const from = (presence, nick, more = '') =>
  presence
    .replace(
      ` from="${attribute(presence, 'from')}"`,
      ` from="${attribute(presence, 'from').replace(/\/.*/, `/${nick}`)}"`,
    )
    .replace('</presence>', `${more}</presence>`);

const jingle = (offer, action, number, content) =>
  `<iq xmlns="jabber:client" type="set" id="s${number}" to="${attribute(offer, 'to')}" from="${attribute(offer, 'from')}">` +
  `<jingle xmlns="urn:xmpp:jingle:1" action="${action}" sid="${attribute(offer, 'sid')}">${content}</jingle></iq>`;

const sources = (offer, action, number, ssrcs) => {
  const list = ssrcs.map(
    (ssrc) =>
      `<source xmlns="urn:xmpp:jingle:apps:rtp:ssma:0" ssrc="${ssrc}" name="x${ssrc}-a0"><parameter name="msid" value="a${ssrc} b"/></source>`,
  );
  return jingle(
    offer,
    action,
    number,
    `<content creator="initiator" name="audio"><description xmlns="urn:xmpp:jingle:apps:rtp:1" media="audio">${list.join('')}</description></content>`,
  );
};

const transport = (offer, number, attributes, candidates) =>
  jingle(
    offer,
    'transport-info',
    number,
    `<content creator="initiator" name="audio"><transport xmlns="urn:xmpp:jingle:transports:ice-udp:1" ${attributes}>${candidates
      .map(
        (port) =>
          `<candidate foundation="${port % 9_999}" component="1" protocol="udp" priority="1" ip="127.0.${(port >> 16) & 255}.1" port="${port % 65_536}" type="host" id="c${port}" generation="0" network="1"/>`,
      )
      .join('')}</transport></content>`,
  );

/** As many numbers in each as a deployment may have. */
const several = (number) => Array.from({ length: 100 }, (_, index) => 1 + number * 100 + index);

const message = (offer, number, content, nick = 'abcd1234') =>
  `<message xmlns="jabber:client" type="groupchat" id="m${number}" from="${attribute(offer, 'from').replace(/\/.*/, nick === '' ? '' : `/${nick}`)}" to="${attribute(offer, 'to')}">${content}</message>`;

/** By what was heard before. */
export const xmppFloods = {
  offers:
    ({ offer }) =>
    (number) =>
      offer
        .replace(` id="${attribute(offer, 'id')}"`, ` id="o${number}"`)
        .replace(` sid="${attribute(offer, 'sid')}"`, ` sid="s${number}"`),
  'sources that come and go':
    ({ offer }) =>
    (number) =>
      sources(offer, number % 2 === 1 ? 'source-add' : 'source-remove', number, [
        7_000_000 + ((number + 1) >> 1),
      ]),
  'sources that stay':
    ({ offer }) =>
    (number) =>
      sources(offer, 'source-add', number, several(number)),
  candidates:
    ({ offer }) =>
    (number) =>
      transport(offer, number, '', several(number)),
  'ICE restarts':
    ({ offer }) =>
    (number) =>
      transport(
        offer,
        number,
        `ufrag="u${number}" pwd="${String(number).padStart(24, 'p')}" xmlns:j="x" ice-generation="${number}"`,
        several(number),
      ),
  chat:
    ({ offer }) =>
    (number) =>
      message(offer, number, `<body>line ${number}</body>`),
  'long chat':
    ({ offer }) =>
    (number) =>
      message(offer, number, `<body>${long(number, 200_000)}</body>`),
  retractions:
    ({ offer }) =>
    (number) =>
      message(offer, number, `<retract xmlns="urn:xmpp:message-retract:1" id="${number}"/><body>x</body>`),
  subjects:
    ({ offer }) =>
    (number) =>
      message(offer, number, `<subject>${long(number, 50_000)}</subject>`),
  'changed settings':
    ({ offer }) =>
    (number) =>
      message(offer, number, '<x xmlns="http://jabber.org/protocol/muc#user"><status code="104"/></x>', ''),
  metadata:
    ({ offer }) =>
    (number) => {
      const services = several(number).map((each) => ({
        type: 'turn',
        host: `h${each}.test`,
        port: '1',
        username: 'u',
        password: `credential ${each}`,
      }));
      const json = asText({ type: 'room_metadata', metadata: { services } });
      return `<message xmlns="jabber:client" from="metadata.meet.jitsi" to="${attribute(offer, 'to')}"><json-message xmlns="http://jitsi.org/jitmeet">${json}</json-message></message>`;
    },
  'participants that stay':
    ({ presence }) =>
    (number) =>
      from(presence, `n${number}`),
  'large participants':
    ({ presence }) =>
    (number) =>
      from(
        presence,
        `n${number}`,
        `<jitsi_participant_x xmlns="jabber:client">${long(number, 100_000)}</jitsi_participant_x>`,
      ),
  'participants that come and go':
    ({ presence }) =>
    (number) => {
      const somebody = from(presence, `n${(number + 1) >> 1}`);
      return number % 2 === 1 ? somebody : somebody.replace('<presence ', '<presence type="unavailable" ');
    },
  'changing properties':
    ({ presence }) =>
    (number) =>
      from(
        presence,
        'abcd1234',
        `<jitsi_participant_p${number} xmlns="jabber:client">${long(number, 10_000)}</jitsi_participant_p${number}>`,
      ),
  'announced sources':
    ({ presence }) =>
    (number) => {
      const info = Object.fromEntries(
        several(number).map((each) => [`n${number}-a${each}`, { muted: false }]),
      );
      return from(
        presence.replace(/<SourceInfo.*?<\/SourceInfo>/s, ''),
        `n${number}`,
        `<SourceInfo xmlns="jabber:client">${asText(info)}</SourceInfo>`,
      );
    },
  queries:
    ({ offer }) =>
    (number) =>
      `<iq xmlns="jabber:client" type="get" id="q${number}" to="${attribute(offer, 'to')}" from="${attribute(offer, 'from')}"><query xmlns="http://jabber.org/protocol/disco#info"/></iq>`,
  acknowledgements: () => () => '<r xmlns="urn:xmpp:sm:3"/>',
};

const bridge = (message) => JSON.stringify(message);

export const bridgeFloods = {
  'bridge messages': (number) =>
    bridge({
      colibriClass: 'EndpointMessage',
      from: `e${number}`,
      to: '',
      msgPayload: { x: long(number, 10_000) },
    }),
  'source maps': (number) =>
    bridge({
      colibriClass: number % 2 === 0 ? 'VideoSourcesMap' : 'AudioSourcesMap',
      mappedSources: several(number).map((ssrc) => ({
        source: `o${ssrc}-v0`,
        owner: `o${ssrc}`,
        ssrc,
        rtx: 1e9 + ssrc,
        videoType: 'CAMERA',
      })),
    }),
  'forwarded sources': (number) =>
    bridge({
      colibriClass: 'ForwardedSources',
      forwardedSources: several(number).map((each) => `f${each}-v0`),
    }),
  speakers: (number) =>
    bridge({
      colibriClass: 'DominantSpeakerEndpointChangeEvent',
      dominantSpeakerEndpoint: `d${number}`,
      previousSpeakers: several(number).map(String),
    }),
  connectivity: (number) =>
    bridge({
      colibriClass: 'EndpointConnectivityStatusChangeEvent',
      endpoint: `c${number}`,
      active: number % 2 === 0 ? 'true' : 'false',
    }),
  statistics: (number) =>
    bridge({ colibriClass: 'EndpointStats', from: `s${number}`, bitrate: { upload: number } }),
  constraints: (number) =>
    bridge({ colibriClass: 'SenderSourceConstraints', sourceName: `c${number}-v0`, maxHeight: number }),
  'bridge messages that nobody knows': (number) =>
    bridge({ colibriClass: `X${number}`, x: long(number, 10_000) }),
  'bridge messages that make no sense': (number) =>
    `{"colibriClass":"EndpointMessage","from":${number},"x":[`,
};
