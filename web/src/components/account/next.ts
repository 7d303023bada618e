import type { AccountState } from '../../live/protocol.gen';

type Lifecycle = AccountState['lifecycle'];

/** The names of the lifecycle's states, as the staff says them. */
export const LIFECYCLE: Record<Lifecycle, string> = {
  visitor: 'Visitor', conversation: 'In conversation', onboarding: 'Onboarding', pack_purchase: 'Buys a pack',
  subscription_applied: 'Subscription applied', weekly_ordering: 'Orders weekly', consumption: 'Enjoys the meals', paused: 'Paused',
  reactivated: 'Active again', cancelled: 'Cancelled',
};

/** What comes one after the other in a life without detours. */
export const STRAIGHT: readonly Lifecycle[] = ['visitor', 'conversation', 'onboarding', 'pack_purchase', 'subscription_applied', 'weekly_ordering', 'consumption'];

/** Why one of the steps that come next is not open yet; the server refuses it for the same (BK-LIFE-10, -12). */
export function closedBecause({ manager, conversations }: Pick<AccountState, 'manager' | 'conversations'>, to: Lifecycle): string | undefined {
  if (to === 'conversation' && conversations.length === 0) return 'There is no conversation with them yet.';
  if (to === 'onboarding' && manager === null) return 'Nobody looks after them yet. Choose the account manager first.';
  return undefined;
}

/** The steps that can be taken now. */
export function openSteps(account: AccountState): Lifecycle[] {
  return account.next.filter((to) => closedBecause(account, to) === undefined);
}

/** Why the client's next step is not open yet, and who opens it, as it is said to them. */
export function whatOpensNext({ lifecycle, manager }: Pick<AccountState, 'lifecycle' | 'manager'>, managerName: string | undefined): string {
  const who = managerName ?? 'Your account manager';
  switch (lifecycle) {
    case 'visitor': return 'It begins with a conversation. Write to us here.';
    case 'conversation': return manager === null ? 'It opens when somebody of the team looks after you. Write to us here, and somebody will.' : `${who} opens it, when you have talked about what you need.`;
    case 'onboarding': return `It opens when everything is set up. ${who} tells you here.`;
    case 'pack_purchase': return 'It opens with your first pack: a subscription follows a pack.';
    case 'subscription_applied':
    case 'reactivated': return 'It opens with the first week that you order.';
    case 'weekly_ordering': return 'Your meals come with the week that you ordered.';
    case 'consumption': return 'The next week can be ordered.';
    case 'paused': return 'Your subscription rests. Write to us here when it is to go on.';
    case 'cancelled': return 'Your subscription has ended. You can begin again with a pack.';
  }
}
