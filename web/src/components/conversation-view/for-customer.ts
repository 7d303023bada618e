import { Disposables, type Disposable } from '../../base/disposables';
import { FeedbackCard } from '../feedback/feedback';
import { StoppedNote } from '../stopped/stopped';
import { TranscriptTool } from '../transcript/transcript';
import type { ConversationParts } from './conversation-view';

/** What only customers see, above the composer. */
export function forCustomer(composer: HTMLElement, parts: ConversationParts): Disposable {
  const owned = new Disposables();
  owned.add(new StoppedNote(composer, parts.live));
  owned.add(new TranscriptTool(composer, parts));
  owned.add(new FeedbackCard(composer, parts));
  return owned;
}
