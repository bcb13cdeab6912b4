/** Binary digits, grouped as one likes, as hexadecimal ones; filled up with zeros to bytes. */
export function bits(text: string): string {
  const digits = text.replaceAll(' ', '');
  return BigInt(`0b1${digits.padEnd(Math.ceil(digits.length / 8) * 8, '0')}`)
    .toString(16)
    .slice(1);
}
