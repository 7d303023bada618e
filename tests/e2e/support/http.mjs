// What is done over HTTP, where how it is done on a page is not what a test is about.

/** Visitors who each begin a chat with one text; the ids of their conversations, in the order of the texts. */
export async function beginChats(server, texts) {
  const begin = await visitors(server);
  const ids = [];
  for (const text of texts) ids.push(await begin(text));
  return ids;
}

/** The way to begin chats, each by a visitor of its own; with `headers`, such as where they come from. */
export async function visitors(server, headers = () => ({})) {
  const [, key] = /name="brigade-site-key" content="([^"]+)"/.exec(await (await fetch(server.url)).text());
  return async (text) => {
    const from = headers();
    const { conversation, token } = await post(`${server.url}/v1/site/conversations`, {}, { 'x-tenant-key': key, ...from });
    await post(`${server.url}/v1/conversations/${conversation}/commands`, { id: crypto.randomUUID(), type: 'send', body: { text } }, { authorization: `Bearer ${token}`, ...from });
    return conversation;
  };
}

/** Comes again as soon as a busy server says. */
async function post(url, body, headers) {
  for (;;) {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
    if (response.ok) return (await response.json()).data;
    if (response.status !== 503) throw new Error(await response.text());
    await new Promise((resolve) => setTimeout(resolve, 1_000 * Number(response.headers.get('retry-after') ?? 1)));
  }
}

/** A command as whoever is signed in on the page. `entity` is its path, such as `conversations/cnv_…`. */
export async function command(page, entity, type, body) {
  await page.evaluate(async ([path, asked]) => {
    const { data } = await (await fetch('/v1/auth/me')).json();
    const response = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json', 'x-csrf-token': data.csrf }, body: JSON.stringify(asked) });
    if (!response.ok) throw new Error(await response.text());
  }, [`/v1/${entity}/commands`, { id: crypto.randomUUID(), type, body }]);
}

/** The types of everything in a conversation's log, in order. */
export function logOf(page, conversation) {
  return page.evaluate(async (path) => (await (await fetch(path)).json()).data.entries.map(({ type }) => type), `/v1/conversations/${conversation}/log?limit=500`);
}
