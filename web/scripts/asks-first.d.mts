import type { Plugin } from 'vite';

/** The plugin for the build of a page: asked for together with its script. */
export function asksFirst(addresses: readonly string[]): Plugin;
