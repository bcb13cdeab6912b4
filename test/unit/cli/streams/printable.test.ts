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
    ['a\u061cb\u200bc\u200ed\u200fe\u00adf\ufeffg', String.raw`a\u061cb\u200bc\u200ed\u200fe\xadf\ufeffg`],
    ['\u{e0001}\u{e0041}\u{e007f}', String.raw`\u{e0001}\u{e0041}\u{e007f}`],
    ['al\u200dice bo\u200cb \u2060\u2062\u180e', String.raw`al\u200dice bo\u200cb \u2060\u2062\u180e`],
    ['\u3164\u115f\uffa0\u034f\ufff9', String.raw`\u3164\u115f\uffa0\u034f\ufff9`],
    // What people need, where they need it.
    ['می‌خواهم क्‍ष', 'می‌خواهم क्‍ष'],
    ['☎️ ❤️‍🔥 👩🏽‍🚀 1️⃣ ☺︎ 葛󠄀', '☎️ ❤️‍🔥 👩🏽‍🚀 1️⃣ ☺︎ 葛󠄀'],
    ['a\ufe0f 1\ufe0f ☎\ufe0f\ufe0f ☎\ufe0f\ufe01', String.raw`a\ufe0f 1\ufe0f ☎️\ufe0f ☎️\ufe01`],
  ])('%j', (text, wanted) => {
    expect(printable(text)).toBe(wanted);
  });
});

describe('JSON for a terminal', () => {
  it('means the same, without control characters', () => {
    const value = { text: 'a\u001b\u007f\u009b\u2028\u202e\nb', list: ['\u0085\u200b\u{e0041}'] };
    for (const indent of [undefined, 2]) {
      const json = printableJson(value, indent);
      expect(JSON.parse(json)).toEqual(value);
      // oxlint-disable-next-line no-control-regex
      const shown = /[\u0000-\u001f\u007f-\u009f\u2028\u202e\u200b\u{e0041}]/u;
      expect(json.replaceAll('\n', '')).not.toMatch(shown);
    }
    expect(printableJson(value).split('\n')).toHaveLength(1);
  });
});
