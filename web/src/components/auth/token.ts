/** The one-time token of a mail's link, taken out of the address bar so that it is not left in the history or shown to others. */
export function takeToken(): string | undefined {
  const inQuery = new URLSearchParams(location.search).get('token');
  const inHash = new URLSearchParams(location.hash.slice(1)).get('token');
  const token = inHash ?? inQuery ?? undefined;
  if (token !== undefined) history.replaceState(null, '', location.pathname);
  return token;
}
