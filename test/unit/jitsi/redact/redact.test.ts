import { describe, expect, it } from 'vitest';
import { redactText } from '../../../../src/jitsi/redact/redact.ts';
import { captureFrame, captureNames, readCapture } from '../../../support/captures.ts';

describe('redactText', () => {
  it.each([
    [
      'a token in a URL',
      'wss://h/xmpp-websocket?room=r&token=eyJh.eyJi.c-_d',
      'wss://h/xmpp-websocket?room=r&token=…',
    ],
    [
      'a token in a URL inside XML',
      `<a url='wss://h/?room=r&amp;jwt=eyJh.b'/>`,
      `<a url='wss://h/?room=r&amp;jwt=…'/>`,
    ],
    [
      'a bridge channel’s password',
      'wss://h/colibri-ws/jvb/1/2?pwd=VCVM1sZ',
      'wss://h/colibri-ws/jvb/1/2?pwd=…',
    ],
    ['a stream id in a URL', 'wss://h/x?previd=ZsegoVARAz0R&room=r', 'wss://h/x?previd=…&room=r'],
    [
      'SASL PLAIN',
      `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">AGFkYQBzZWNyZXQ=</auth>`,
      `<auth xmlns="urn:ietf:params:xml:ns:xmpp-sasl" mechanism="PLAIN">…</auth>`,
    ],
    ['a SASL response', '<response xmlns="x">cj1zZWNyZXQ=</response>', '<response xmlns="x">…</response>'],
    [
      'TURN credentials in XML, in either quotes',
      `<service password='c2Vj' username="u"/><service password = "c2Vj"/>`,
      `<service password="…" username="u"/><service password = "…"/>`,
    ],
    ['a password over two lines', `<service\npassword="a\nb" x="1"/>`, `<service\npassword="…" x="1"/>`],
    ['ICE', `<transport ufrag='cu0l' pwd='2o271q7qn6'/>`, `<transport ufrag='cu0l' pwd="…"/>`],
    [
      'TURN credentials in JSON',
      `{"type":"turn","password":"a\\"b\\\\","credential" : "c","username":"u"}`,
      `{"type":"turn","password":"…","credential" : "…","username":"u"}`,
    ],
    [
      'TURN credentials in JSON as XML text',
      `{&quot;password&quot;:&quot;a\\&quot;b\\\\&quot;,&quot;host&quot;:&quot;h&quot;}`,
      `{&quot;password&quot;:"…",&quot;host&quot;:&quot;h&quot;}`,
    ],
    [
      'the room password when joining',
      `<x xmlns='http://jabber.org/protocol/muc'><password>tea4two</password></x>`,
      `<x xmlns='http://jabber.org/protocol/muc'><password>…</password></x>`,
    ],
    [
      'the room password in a form',
      `<field var='muc#roomconfig_roomsecret' type='text-private'><value>tea4two</value></field>`,
      `<field var='muc#roomconfig_roomsecret' type='text-private'><value>…</value></field>`,
    ],
    [
      'the key that resumes a stream',
      `<enabled xmlns='x' id='ZsegoVARAz0R' max='60'/>`,
      `<enabled xmlns='x' id="…" max='60'/>`,
    ],
    ['its use', `<resume xmlns="x" previd="ZsegoVARAz0R" h="3"/>`, `<resume xmlns="x" previd="…" h="3"/>`],
    [
      'JSON inside a string of JSON',
      `{"data":"{\\"pwd\\":\\"a\\\\\\"b\\",\\"x\\":1}","token":12345}`,
      `{"data":"{\\"pwd\\":\\"…\\",\\"x\\":1}","token":…}`,
    ],
    ['JSON in XML, entities by number', `{&#34;jwt&#34; : &#34;a.b&#34;}`, `{&#34;jwt&#34; : "…"}`],
    ['a key that ends in the word', `{"roomPassword":"tea4two"}`, `{"roomPassword":"…"}`],
    ['JSON that does not end', `<a>&quot;pwd&quot;:&quot;s3cr</a>`, `<a>&quot;pwd&quot;:"…"</a>`],
    ['a CDATA section', `<password><![CDATA[a<b]]>c</password>`, `<password>…</password>`],
    [
      'a password in an element with a prefix',
      `<m:password>tea4two</m:password>`,
      `<m:password>…</m:password>`,
    ],
    ['a token in a fragment', 'https://h/room#jwt=eyJh.b&x=1', 'https://h/room#jwt=…&x=1'],
    [
      'a token in a URL in a URL',
      'https://h/go?to=wss%3A%2F%2Fh%3Ftoken%3DeyJh.b',
      'https://h/go?to=wss%3A%2F%2Fh%3Ftoken%3D…',
    ],
    ['a line of words', 'user: a, password: tea4two', 'user: a, password: …'],
    [
      'a password in SDP',
      'a=ice-ufrag:cu0l\r\na=ice-pwd:2o271q7qn6\r\n',
      'a=ice-ufrag:cu0l\r\na=ice-pwd:…\r\n',
    ],
    [
      'a parameter',
      `<parameter name='token' x="1" value='eyJh.b'/>`,
      `<parameter name='token' x="1" value="…"/>`,
    ],
    [
      'a field of a form',
      `<field var="room_password">\n<value>tea4two</value></field>`,
      `<field var="room_password">\n<value>…</value></field>`,
    ],
    [
      'a proxy’s user',
      'by http://user:tea4two@proxy:3128/ or http://a@b',
      'by http://…@proxy:3128/ or http://…@b',
    ],
    [
      'the session of a login',
      `<conference session-id="c7" ready="true"/>{"sessionId":"c7"}`,
      `<conference session-id="…" ready="true"/>{"sessionId":"…"}`,
    ],
    ['a header', `authorization: Bearer eyJh.b`, `authorization: Bearer …`],
    ['a header in JSON', `{"authorization":"Bearer eyJh.b"}`, `{"authorization":"Bearer …"}`],
  ])('hides %s', (_, text, redacted) => {
    expect(redactText(text)).toBe(redacted);
  });

  it.each([
    ['<iq id="ZsegoVARAz0R"/>'],
    ['<auth xmlns="x" mechanism="ANONYMOUS"/><success/>'],
    ['<body>the password is in the drawer, pwd too</body>'],
    ['{"passwordProtected":true,"tokens":"many"}'],
    ['https://h/config.js?room=tokens'],
  ])('leaves alone %s', (text) => {
    expect(redactText(text)).toBe(text);
  });
});

describe('the recordings, redacted', () => {
  const entries = captureNames().flatMap((name) => readCapture(name));

  /** Everything that `patterns` find in all lines. */
  function secrets(...patterns: readonly RegExp[]): Set<string> {
    const found = entries.flatMap(({ text }) =>
      patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, secret]) => secret ?? '')),
    );
    return new Set(found.filter((secret) => secret !== ''));
  }

  it.each([
    ['TURN passwords', /&quot;password&quot;:&quot;([^&]+)&quot;/g, 50],
    ['TURN passwords in XEP-0215', /<service [^>]*password='([^']+)'/g, 1],
    ['ICE passwords', /<transport [^>]*pwd=["']([^"']+)["']/g, 100],
    ['passwords of bridge channels', /\?pwd=([\w-]+)/g, 30],
    ['stream resumption keys', /<enabled [^>]*id='([^']+)'/g, 50],
  ])('have no %s', (_, pattern, least) => {
    const hidden = secrets(pattern);
    expect(hidden.size).toBeGreaterThanOrEqual(least);
    const text = entries
      .filter(({ kind }) => kind !== 'event' && kind !== 'comment')
      .map((entry) => redactText(entry.text))
      .join('\n');
    expect([...hidden].filter((secret) => text.includes(secret))).toEqual([]);
  });

  it('have no room passwords', () => {
    const frames = [
      captureFrame('09-moderation.alice', 'sent', 'roomsecret', 's3cret'),
      captureFrame('09-moderation.carol', 'sent', '<password>s3cret'),
      captureFrame('34-doors.alice', 'sent', 'roomsecret', 'tea4two'),
    ];
    for (const frame of frames) expect(redactText(frame)).not.toMatch(/s3cret|tea4two/);
  });
});
