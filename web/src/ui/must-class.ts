/** What a CSS module exports: its class names and what they became. */
export type Styles = Readonly<Record<string, string>>;

/**
 * Access to a module's classes that fails at once on a name the module does not have (BK-UI-03).
 *
 * ```ts
 * const c = mustClass(styles);
 * el('li', { class: c('row', selected && 'selected') });
 * ```
 */
export function mustClass(styles: Styles): (...names: (string | false | null | undefined)[]) => string {
  return (...names) => names.filter((name): name is string => typeof name === 'string').map((name) => {
    const found = Object.hasOwn(styles, name) ? styles[name] : undefined;
    if (found === undefined) throw new Error(`no class "${name}" in this CSS module; it has: ${Object.keys(styles).join(', ')}`);
    return found;
  }).join(' ');
}
