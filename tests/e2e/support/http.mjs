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
  const meet = await customers(server, headers);
  return async (text) => {
    const customer = await meet();
    await customer.say(text);
    return customer.conversation;
  };
}

/** The way to have visitors who go on talking: each has begun a chat, and `say` says one thing more. */
export async function customers(server, headers = () => ({})) {
  const [, key] = /name="brigade-site-key" content="([^"]+)"/.exec(await (await fetch(server.url)).text());
  return async () => {
    const from = headers();
    const { conversation, token } = await post(`${server.url}/v1/site/conversations`, {}, { 'x-tenant-key': key, ...from });
    const path = `${server.url}/v1/conversations/${conversation}/commands`;
    return { conversation, say: (text) => post(path, { id: crypto.randomUUID(), type: 'send', body: { text } }, { authorization: `Bearer ${token}`, ...from }) };
  };
}

/** Comes again as soon as a busy server says, and while there is none: what was asked has the same id then, and is done once. */
async function post(url, body, headers) {
  for (let without = 0; ;) {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }).catch((error) => {
      if (!('id' in body) || (without += 1) > 300) throw error;
    });
    if (response?.ok) return (await response.json()).data;
    if (response && response.status !== 503) throw new Error(await response.text());
    await new Promise((resolve) => setTimeout(resolve, response ? 1_000 * Number(response.headers.get('retry-after') ?? 1) : 100));
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

/** Signs somebody in on a page that stays where it is: they are there for nobody yet. */
export async function signInUnseen(page, { email, password }) {
  await page.goto('/sign-in');
  await page.evaluate(async (body) => {
    const response = await fetch('/v1/auth/sign-in', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(await response.text());
  }, { email, password });
}

/** What `GET` of a path answers whoever is signed in on the page. */
export function read(page, path) {
  return page.evaluate(async (from) => {
    const response = await fetch(from);
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()).data;
  }, path);
}
