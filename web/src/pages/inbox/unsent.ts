import type { Disposable } from '../../base/disposables';
import type { CommandQueue } from '../../live/queue';
import type { Toast } from '../../components/toast/toast';

/** What is needed to tell of it. */
export interface UnsentParts {
  queue: CommandQueue;
  /** The conversation before one's eyes, which says itself what was not sent. */
  current: () => string | undefined;
  nameOf: (conversation: string) => string | undefined;
  open: (conversation: string) => void;
  show: (toast: Toast) => void;
}

/** Who sends and goes on to another conversation is told when the message could not be sent: it waits where it was written. */
export function tellOfUnsent({ queue, current, nameOf, open, show }: UnsentParts): Disposable {
  const told = new Set<string>();
  return queue.changed.on((topic) => {
    const id = topic.slice(topic.indexOf(':') + 1);
    for (const pending of queue.of(topic)) {
      if (pending.state !== 'failed') told.delete(pending.id);
      else if ((pending.type === 'send' || pending.type === 'note') && !told.has(pending.id)) {
        told.add(pending.id);
        if (id === current()) continue;
        const text = `What you wrote to ${nameOf(id) ?? 'this customer'} was not sent. ${pending.problem?.message ?? ''}`.trim();
        show({ text, danger: true, action: { label: 'Show', run: () => open(id) } });
      }
    }
  });
}
