import { contrast, faintness, paletteOf } from './colours';

/** What is to be said of a colour while it is chosen: whether it can be made out, what is written on it, and what the dark makes of it. */
export function verdictOf(color: string | undefined): string {
  if (color === undefined) return 'This is not a colour yet.';
  const faint = faintness(color);
  if (faint) return `On white this colour has a contrast of ${faint.ratio} to 1, and it takes ${faint.needed} to 1 to make it out.`;
  const { light, dark } = paletteOf(color);
  const text = light.on === '#000000' ? 'Black' : 'White';
  const inTheDark = dark.accent === color ? 'In the dark it stays as it is.' : `In the dark it is lighter, ${dark.accent}, so that it can be made out there.`;
  return `Good: ${down(contrast(color, '#ffffff'))} to 1 on white. ${text} text on it has ${down(contrast(color, light.on))} to 1. ${inTheDark}`;
}

function down(ratio: number): string {
  return (Math.floor(ratio * 10) / 10).toLocaleString('en');
}
