import { remember, remembered } from '../../base/remembered';

const PUSH = 'brigade.push';

/** Who has chosen to be told in this browser while no page is open: pages leave the desktop to the service worker then. */
export const pushChosen = () => remembered(PUSH);
export const choosePush = (user: string | null) => remember(PUSH, user);
