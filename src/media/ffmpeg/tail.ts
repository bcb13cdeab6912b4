/** The last that a program said, as text that can be shown. */

/** bytes */
const most = 8 * 1024;

export class Tail {
  #bytes: Uint8Array = new Uint8Array(0);

  add(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes.subarray(-most)]).subarray(-most);
  }

  /** On one line: what it quotes may come from outside, and move a terminal's cursor. */
  get text(): string {
    return new TextDecoder()
      .decode(this.#bytes)
      .split(/\r?\n/)
      .map((line) => line.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ').trim())
      .filter((line) => line !== '')
      .join('; ');
  }
}
