// What a page is going to ask the server for whoever looks is asked while its script is still on its way: on a slow line that is half a
// second. The page has to ask for the very same addresses (`web/src/first.ts`).

/** The plugin for the build of a page. */
export function asksFirst(addresses) {
  return {
    name: 'brigade-asks-first',
    transformIndexHtml: {
      order: 'post',
      handler: () => addresses.map((href) => ({ tag: 'link', injectTo: 'head', attrs: { rel: 'preload', href, as: 'fetch', crossorigin: '' } })),
    },
  };
}
