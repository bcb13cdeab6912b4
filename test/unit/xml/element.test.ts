import { describe, expect, it } from 'vitest';
import {
  child,
  childrenNamed,
  childText,
  elements,
  is,
  text,
  withAttrs,
  xml,
} from '../../../src/xml/element.ts';
import { parseXml } from '../../../src/xml/parse.ts';

const parent = xml(
  'urn:a',
  'list',
  { count: 2, open: true, gone: undefined },
  'one',
  xml('urn:a', 'item', { n: 1 }, 'first', xml('urn:a', 'inner', {}, 'deep')),
  undefined,
  xml('urn:b', 'item', { n: 2 }, 'second'),
  'two',
);

describe('xml', () => {
  it('writes values as text, and leaves out what is undefined', () => {
    expect(parent.attrs).toEqual({ count: '2', open: 'true' });
    expect(Object.keys(parent.attrs)).toEqual(['count', 'open']);
    expect(parent.children).toHaveLength(4);
  });
});

describe('the readers', () => {
  it('find children by name, and by namespace when one is given', () => {
    expect(child(parent, 'item')?.attrs.n).toBe('1');
    expect(child(parent, 'item', 'urn:b')?.attrs.n).toBe('2');
    expect(child(parent, 'item', 'urn:c')).toBeUndefined();
    expect(childrenNamed(parent, 'item').map(({ attrs }) => attrs.n)).toEqual(['1', '2']);
    expect(childrenNamed(parent, 'item', 'urn:a')).toHaveLength(1);
    expect(elements(parent)).toHaveLength(2);
    expect(is(parent, 'urn:a', 'list')).toBe(true);
    expect(is(parent, 'urn:b', 'list')).toBe(false);
  });

  it('read an element’s own text only', () => {
    expect(text(parent)).toBe('onetwo');
    expect(childText(parent, 'item')).toBe('first');
    expect(childText(parent, 'item', 'urn:b')).toBe('second');
    expect(childText(parent, 'nothing')).toBeUndefined();
    expect(childText(xml('', 'a', {}, xml('', 'b')), 'b')).toBe('');
  });
});

describe('withAttrs', () => {
  it('adds, replaces and removes', () => {
    const changed = withAttrs(parent, { count: 3, open: undefined, id: 'x' });
    expect(changed).toEqual({ ...parent, attrs: { count: '3', id: 'x' } });
    expect(parent.attrs.count).toBe('2');
  });

  it('keeps attributes whose names mean something to JavaScript', () => {
    const changed = withAttrs(parseXml('<a __proto__="1"/>'), { b: 2 });
    expect(Object.entries(changed.attrs)).toEqual([
      ['__proto__', '1'],
      ['b', '2'],
    ]);
  });
});
