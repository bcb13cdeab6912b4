import { describe, expect, it } from 'vitest';
import { xml } from '../../../src/xml/element.ts';
import { parseXml } from '../../../src/xml/parse.ts';
import { serialize } from '../../../src/xml/serialize.ts';

const streams = 'http://etherx.jabber.org/streams';

describe('serialize', () => {
  it('writes a literal xmlns on every element whose namespace is not its parent’s', () => {
    const presence = xml(
      'jabber:client',
      'presence',
      { to: 'room@muc/nick' },
      xml(
        'http://jabber.org/protocol/muc',
        'x',
        {},
        xml('http://jabber.org/protocol/muc', 'password', {}, 'p'),
      ),
      xml('jabber:client', 'stats-id', {}, 'Ada'),
      xml('', 'bare'),
    );
    expect(serialize(presence)).toBe(
      '<presence xmlns="jabber:client" to="room@muc/nick">' +
        '<x xmlns="http://jabber.org/protocol/muc"><password>p</password></x>' +
        '<stats-id>Ada</stats-id><bare xmlns=""/></presence>',
    );
  });

  it('repeats a namespace that an element in between interrupted', () => {
    const element = xml('urn:a', 'a', {}, xml('urn:b', 'b', {}, xml('urn:a', 'c')));
    expect(serialize(element)).toBe('<a xmlns="urn:a"><b xmlns="urn:b"><c xmlns="urn:a"/></b></a>');
  });

  it('leaves out the namespace that is in scope already', () => {
    expect(serialize(xml('urn:a', 'a'), 'urn:a')).toBe('<a/>');
    expect(serialize(xml('', 'a'))).toBe('<a/>');
    expect(serialize(xml('', 'a'), 'urn:a')).toBe('<a xmlns=""/>');
  });

  it('gives stream-level elements their prefix, and their children the namespace in full', () => {
    const features = xml(streams, 'features', {}, xml('urn:b', 'bind', {}, xml('urn:b', 'required')));
    expect(serialize(features)).toBe(
      `<stream:features xmlns:stream="${streams}"><bind xmlns="urn:b"><required/></bind></stream:features>`,
    );
    expect(parseXml(serialize(features))).toEqual(features);
    // The prefix leaves the namespace in scope alone.
    expect(serialize(xml(streams, 'features', {}, xml('urn:a', 'a')), 'urn:a')).toContain('<a/>');
  });

  it('escapes what XML would change or not allow', () => {
    const element = xml('', 'a', { b: `"<&>'\n\t\r` }, `"<&>'\n\t\r]]>`);
    expect(serialize(element)).toBe(
      `<a b="&quot;&lt;&amp;&gt;'&#10;&#9;&#13;">"&lt;&amp;&gt;'\n\t&#13;]]&gt;</a>`,
    );
    expect(parseXml(serialize(element))).toEqual(element);
  });

  it('drops characters that no XML can hold, which a server would end the stream for', () => {
    const element = xml('', 'a', { b: 'x\u0000y\ufffe' }, 'a\ud800b\udc00c\u001b😀\uffff');
    expect(serialize(element)).toBe('<a b="xy">abc😀</a>');
  });

  it('declares a prefix for attributes of other namespaces', () => {
    const element = xml('urn:a', 'a', { '{urn:b}x': '1', '{urn:{c}}y': '2', 'xml:lang': 'en' });
    expect(serialize(element)).toBe(
      '<a xmlns="urn:a" xmlns:ns1="urn:b" ns1:x="1" xmlns:ns2="urn:{c}" ns2:y="2" xml:lang="en"/>',
    );
    expect(parseXml(serialize(element))).toEqual(element);
  });

  it('writes attribute names that mean something to JavaScript', () => {
    const text = '<a __proto__="1" constructor="2"/>';
    expect(serialize(parseXml(text))).toBe(text);
  });
});
