import type { AcceptedPlugin } from 'postcss';
import type { Plugin } from 'vite';

/** The plugin for its style sheet: what is not there when it is first drawn is done without. */
export const fontsAtOnce: AcceptedPlugin;

/** The plugin for the build of the page whose letters are asked for first. */
export function fontsFirst(): Plugin;
