import { expect, it } from 'vitest';
import { p256 } from '../../../../../src/rtc/werift/native/p256.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** RFC 5903, 8.1 */
const i = hex('c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433');
const gi = hex(
  '04dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811805271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3',
);
const gr = hex(
  '04d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab',
);
const secret = 'd6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de';

it('has the key and the secret of RFC 5903', () => {
  expect(Buffer.from(p256.getPublicKey(i, false)).equals(gi)).toBe(true);
  expect(Buffer.from(p256.getSharedSecret(i, gr)).subarray(1).toString('hex')).toBe(secret);
});

it('makes keys of 32 bytes', () => {
  for (let count = 0; count < 600; count++) expect(p256.utils.randomPrivateKey()).toHaveLength(32);
});

it('takes no point that is not on the curve', () => {
  const off = gr.slice();
  off[64] = (off[64] ?? 0) ^ 1;
  expect(() => p256.getSharedSecret(i, off)).toThrow();
});
