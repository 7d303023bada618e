import type { AccountLine } from '../../api/accounts';
import { LIFECYCLE } from '../../components/account/next';
import type { Party } from '../../live/protocol.gen';

/** How somebody is called, where that is known. */
export type NameOf = (who: Party) => string | undefined;

/** What a line of an account's log says, in words; nothing for what nobody has to know. */
export function lineText(line: AccountLine, nameOf: NameOf): string | undefined {
  const by = line.by === 'system' ? 'Brigade' : nameOf(line.by) ?? 'Somebody who has left';
  switch (line.type) {
    case 'opened': return 'The account was opened.';
    case 'member_added': return `${line.body.name} came to the account.`;
    case 'member_removed': return `${by} took ${nameOf(line.body.user) ?? 'somebody'} out of the account.`;
    case 'manager_set': {
      if (line.body.manager === null) return `${by} left the account without an account manager.`;
      const manager = nameOf(line.body.manager) ?? 'somebody who has left';
      return line.by === 'system' ? `${manager} became the account manager.` : line.by === line.body.manager ? `${by} took the account on.` : `${by} made ${manager} the account manager.`;
    }
    case 'advanced': {
      const way = `from “${LIFECYCLE[line.body.from]}” to “${LIFECYCLE[line.body.to]}”`;
      const how = line.body.onboarding === 'assisted' ? ', assisted' : '';
      return line.by === 'system' ? `It came ${way}${how}.` : `${by} took it ${way}${how}.`;
    }
    case 'renamed': return `${by} called it ${line.body.name}.`;
    case 'conversation_linked': return 'A conversation came to the account.';
    case 'conversation_unlinked': return 'A conversation was taken back from the account.';
    case 'hidden': return undefined;
  }
}
