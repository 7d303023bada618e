import type { Disposable } from '../../base/disposables';
import type { Toast } from '../../components/toast/toast';
import type { ListTopic } from '../../live/list-topic';
import type { InboxItem, Party } from '../../live/protocol.gen';

/** What is needed to tell of it. */
export interface GivenParts {
  topic: ListTopic<InboxItem>;
  me: Party;
  /** The conversation before one's eyes. */
  current: () => string | undefined;
  open: (conversation: string) => void;
  show: (toast: Toast) => void;
}

/** Whoever is given a conversation by routing is told at once. What was theirs when the page was opened is no news. */
export function tellOfGiven({ topic, me, current, open, show }: GivenParts): Disposable {
  const isMine = (item: InboxItem | undefined) => item?.assignee === me && item.routed === true && item.status === 'open';
  const mine = () => new Set(topic.values().flatMap((item) => (isMine(item) ? [item.id] : [])));
  let known = mine();
  let begun = topic.loaded;
  return topic.changed.on((id) => {
    const before = known;
    if (id === null) known = mine();
    else if (isMine(topic.get(id))) known = new Set([...known, id]);
    else if (known.has(id)) known = new Set([...known].filter((other) => other !== id));
    if (known === before) return;
    const fresh = begun ? [...known].filter((each) => !before.has(each) && each !== current()) : [];
    begun = true;
    const [one] = fresh;
    if (one === undefined) return;
    const text = fresh.length === 1 ? `${topic.get(one)?.name ?? 'A conversation'} is given to you.` : `${fresh.length} conversations are given to you.`;
    show({ text, action: { label: 'Open', run: () => open(one) } });
  });
}
