import { put, setAttributes, type Attributes, type Child } from '../../../ui/dom';

const NAMESPACE = 'http://www.w3.org/2000/svg';

/** Makes an element of a drawing. Colours come from classes: the policy of our pages allows no style of an element's own. */
export function svg<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): SVGElementTagNameMap[K] {
  const element = document.createElementNS(NAMESPACE, tag);
  setAttributes(element, attributes);
  put(element, ...children);
  return element;
}
