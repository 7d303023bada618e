import { el, type Attributes } from '../../ui/dom';
import { icon, type Icon } from '../../ui/icons';
import { mustClass } from '../../ui/must-class';
import styles from './button.module.css';

const c = mustClass(styles);

/** How a button looks. The label is always there; with `bare` only its icon is shown. */
export interface ButtonLook {
  label: string;
  icon?: Icon;
  kind?: 'primary' | 'quiet' | 'danger' | 'plain';
  small?: boolean;
  bare?: boolean;
}

function inside(look: ButtonLook): { class: string; label: Attributes; children: (Node | string)[] } {
  const children: (Node | string)[] = look.icon ? [icon(look.icon)] : [];
  if (!look.bare) children.push(look.label);
  return {
    class: c('button', look.kind ?? 'quiet', look.small && 'small', look.bare && 'bare'),
    label: look.bare ? { 'aria-label': look.label, title: look.label } : {},
    children,
  };
}

/** A button. It does nothing by itself: whoever makes it listens. */
export function button(look: ButtonLook, attributes: Attributes = {}): HTMLButtonElement {
  const { class: name, label, children } = inside(look);
  return el('button', { type: 'button', class: name, ...label, ...attributes }, ...children);
}

/** A link that looks like a button. */
export function linkButton(look: ButtonLook, href: string, attributes: Attributes = {}): HTMLAnchorElement {
  const { class: name, label, children } = inside(look);
  return el('a', { href, class: name, ...label, ...attributes }, ...children);
}

/** While `work` runs the button is off and says so; clicking twice does it once. */
export async function busy<T>(target: HTMLButtonElement, work: () => Promise<T>): Promise<T> {
  target.disabled = true;
  target.setAttribute('aria-busy', 'true');
  try {
    return await work();
  } finally {
    target.disabled = false;
    target.removeAttribute('aria-busy');
  }
}
