/** Crockford's base 32, as the server writes ids. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

/** An id of our own making, such as `lbl_…`: a version 7 UUID, so that ids sort by when they were made. */
export function freshEntityId(prefix: string, now = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let at = 0; at < 6; at += 1) bytes[at] = Math.floor(now / 2 ** (8 * (5 - at))) % 256;
  bytes[6] = (bytes[6]! % 16) + 0x70;
  bytes[8] = (bytes[8]! % 64) + 0x80;
  let rest = bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n);
  let text = '';
  for (let digit = 0; digit < 26; digit += 1) {
    text = DIGITS[Number(rest % 32n)]! + text;
    rest /= 32n;
  }
  return `${prefix}_${text}`;
}
