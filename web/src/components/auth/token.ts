/** The one-time token of a mail's link, taken out of the address bar so that it is not left in the history or shown to others. */
export function takeToken(): string | undefined {
  // The link opened once more in this tab changes only what is after the #: begin again with the new token.
  addEventListener('hashchange', () => location.reload(), { once: true });
  const inQuery = new URLSearchParams(location.search).get('token');
  const inHash = new URLSearchParams(location.hash.slice(1)).get('token');
  const token = inHash ?? inQuery ?? undefined;
  if (token !== undefined) history.replaceState(null, '', location.pathname);
  return token;
}
