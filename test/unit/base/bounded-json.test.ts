import { describe, expect, it } from 'vitest';
import { parseBoundedJson } from '../../../src/base/bounded-json.ts';

const lists = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('JSON from outside', () => {
  it('may be a thousand levels deep', () => {
    const text = lists(1_000);
    expect(JSON.stringify(parseBoundedJson(text))).toBe(text);
    expect(() => parseBoundedJson(lists(1_001))).toThrow(SyntaxError);
    expect(() => parseBoundedJson('{"a":'.repeat(1_001) + '1' + '}'.repeat(1_001))).toThrow(SyntaxError);
  });

  it('may have any number of brackets beside each other, and in texts', () => {
    const beside = `[${Array<string>(5_000).fill('[{}]').join(',')}]`;
    expect(parseBoundedJson(beside)).toHaveLength(5_000);
    const text = `${'['.repeat(5_000)}\\"${'{"'.repeat(5_000)}`;
    expect(parseBoundedJson(JSON.stringify([text]))).toEqual([text]);
  });
});
