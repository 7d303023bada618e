const brought = new Set<string>();

/** The style comes with the script that needs it: a page that loads that script later does not carry it. */
export function bringStyle(css: string): void {
  if (brought.has(css)) return;
  brought.add(css);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
