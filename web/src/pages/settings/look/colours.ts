// What the server makes of a colour (`domain/src/tenant/look.rs`), for the preview: both are held to `look.cases.json`.

type Rgb = readonly [number, number, number];

/** The colours for one ground: what is pressed, the same under the pointer, text on both, a breath of it, and text on that. */
export interface Shades { accent: string; hover: string; on: string; soft: string; on_soft: string }

/** Why a colour is refused. */
export interface Faint { ratio: number; needed: number; nearest: string }

const PART = 3;
const SOME = 38;
const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
const LIGHT = { against: WHITE, surface: WHITE, text: '#161f1b' };
const DARK = { against: [0x1e, 0x29, 0x24] as Rgb, surface: [0x16, 0x1f, 0x1b] as Rgb, text: '#e9efec' };

/** The colour as it is kept, of what somebody has typed or pasted. */
export function tidy(text: string): string | undefined {
  const digits = text.trim().toLowerCase().replace(/^#?/, '#');
  return /^#[0-9a-f]{6}$/.test(digits) ? digits : undefined;
}

/** How different two colours are in brightness: 1 to 21. */
export function contrast(one: string, other: string): number {
  return between(channels(one), channels(other));
}

/** Why it would be refused; `undefined` when people can make it out. */
export function faintness(color: string): Faint | undefined {
  const nearest = towards(channels(color), BLACK, LIGHT.against);
  if (hex(nearest) === color) return undefined;
  return { ratio: Math.floor(contrast(color, '#ffffff') * 100) / 100, needed: PART, nearest: hex(nearest) };
}

/** What is drawn with it, in the light and in the dark. */
export function paletteOf(color: string): { light: Shades; dark: Shades } {
  const accent = channels(color);
  return { light: shades(towards(accent, BLACK, LIGHT.against), LIGHT), dark: shades(towards(accent, WHITE, DARK.against), DARK) };
}

function shades(accent: Rgb, ground: typeof DARK | typeof LIGHT): Shades {
  const [on, away] = between(accent, WHITE) >= between(accent, BLACK) ? [WHITE, BLACK] : [BLACK, WHITE];
  const moved = mixed(accent, away, SOME);
  const hover = between(moved, ground.against) >= PART ? moved : accent;
  return { accent: hex(accent), hover: hex(hover), on: hex(on), soft: hex(mixed(ground.surface, accent, SOME)), on_soft: ground.text };
}

function towards(color: Rgb, end: Rgb, ground: Rgb): Rgb {
  for (let parts = 0; parts <= 256; parts += 1) {
    const step = mixed(color, end, parts);
    if (between(step, ground) >= PART) return step;
  }
  return end;
}

function mixed(color: Rgb, other: Rgb, parts: number): Rgb {
  return [0, 1, 2].map((at) => Math.floor((color[at]! * (256 - parts) + other[at]! * parts + 128) / 256)) as unknown as Rgb;
}

function between(one: Rgb, other: Rgb): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(color: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as unknown as Rgb;
}

function hex(color: Rgb): string {
  return `#${color.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
}
