import { describe, expect, it } from 'vitest';
import { printable, printableJson } from '../../../../src/cli/streams/printable.ts';

describe('text for a terminal', () => {
  it.each([
    ['plain text, ümläute, 日本語 and 👩‍👩‍👧', 'plain text, ümläute, 日本語 and 👩‍👩‍👧'],
    ['\u001b[31mred\u0007', String.raw`\x1b[31mred\x07`],
    ['\u009b2J\u007f', String.raw`\x9b2J\x7f`],
    ['a\r\nbob: forged\nx', 'a ⏎ bob: forged ⏎ x'],
    ['over\rwritten\u2028\u2029', 'over ⏎ written ⏎  ⏎ '],
    ['tab\there', 'tab here'],
    ['\u202eevil\u2066', String.raw`\u202eevil\u2066`],
  ])('%j', (text, wanted) => {
    expect(printable(text)).toBe(wanted);
  });
});

describe('JSON for a terminal', () => {
  it('means the same, without control characters', () => {
    const value = { text: 'a\u001b\u007f\u009b\u2028\u202e\nb', list: ['\u0085'] };
    for (const indent of [undefined, 2]) {
      const json = printableJson(value, indent);
      expect(JSON.parse(json)).toEqual(value);
      // oxlint-disable-next-line no-control-regex
      expect(json.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
    }
    expect(printableJson(value).split('\n')).toHaveLength(1);
  });
});
