import { factorState, renewCodes, turnOff, type FactorState } from '../../api/second-factor';
import { changeTenant, tenantSettings } from '../../api/settings';
import { staff } from '../../api/tenant';
import { openDialog } from '../../components/dialog/dialog';
import { formDialog } from '../../components/dialog/form-dialog';
import { button } from '../../components/button/button';
import { choiceField, field } from '../../components/field/field';
import { anyCodeField } from '../../components/second-factor/code-field';
import { recoveryCodes } from '../../components/second-factor/recovery-codes';
import { setUp } from '../../components/second-factor/set-up';
import { dayText, timeElement } from '../../components/time-text/time-text';
import type { Own } from '../../session/start';
import { el, fill, type Child } from '../../ui/dom';
import { c, card, loaded, saveForm } from './parts';

/** One's own two-step sign-in. */
export function twoStepCard(session: Own): HTMLElement {
  return card('Two-step sign-in', loaded(session.owned, 'Loading', factorState, (state, again) => {
    const box = el('div', { class: c('form') });
    fill(box, ...(state.on ? whenOn(session, state, box, again) : whenOff(session, box, again)));
    return box;
  }));
}

function whenOff({ owned, who }: Own, box: HTMLElement, again: () => void): Child[] {
  const begin = button({ label: 'Turn on two-step sign-in', kind: 'primary' });
  owned.listen(begin, 'click', () => {
    const cancel = button({ label: 'Cancel', small: true });
    owned.listen(cancel, 'click', again);
    // Once it is on there is nothing to cancel.
    const steps = setUp(who.user.email, { on: () => cancel.hidden = true, done: again });
    fill(box, steps, el('div', { class: c('foot') }, cancel));
  });
  return [
    el('p', {}, 'Signing in then takes a code of an app on your phone as well. Whoever learns your password still cannot sign in.'),
    el('div', { class: c('foot') }, begin),
  ];
}

function whenOn(session: Own, state: FactorState, box: HTMLElement, again: () => void): Child[] {
  const { owned, who } = session;
  const renew = button({ label: 'Make new recovery codes', small: true });
  owned.listen(renew, 'click', () => void askBoth(session, {
    title: 'Make new recovery codes', text: 'The ones you have stop working.', submit: 'Make new codes',
    run: async (password, code) => {
      const codes = await renewCodes(password, code);
      fill(box, recoveryCodes(codes, who.user.email, again));
    },
  }));
  const off = button({ label: 'Turn off', kind: 'plain', small: true });
  owned.listen(off, 'click', () => void askBoth(session, {
    title: 'Turn off two-step sign-in?', submit: 'Turn it off',
    text: state.required ? 'Your business asks for it: you have to set it up again at once to go on.' : 'Your password alone signs you in then. You are signed out everywhere else.',
    run: async (password, code) => {
      await turnOff(password, code);
      if (state.required) location.reload();
      else again();
    },
  }));
  const left = state.recovery_codes;
  return [
    el('p', {}, 'It is on. Signing in takes your password and a code of your app.'),
    el('p', { class: c('soft') }, 'Turned on: ', timeElement(state.since ?? '', dayText), '. ', left === 0 ? 'You have no recovery codes left. Make new ones.' : left === 1 ? '1 recovery code is left.' : `${left} recovery codes are left.`),
    el('div', { class: c('foot') }, renew, off),
  ];
}

/** Asks for password and code before something is done to the second step. */
function askBoth({ who }: Own, parts: { title: string; text: string; submit: string; run: (password: string, code: string) => Promise<void> }): Promise<boolean> {
  const password = field({ label: 'Your password', name: 'password' }, { type: 'password', autocomplete: 'current-password', required: true });
  const code = anyCodeField();
  const address = el('input', { type: 'email', name: 'email', value: who.user.email, autocomplete: 'username', readonly: true, hidden: true });
  return formDialog({
    title: parts.title, fields: { password, code }, submit: parts.submit,
    inside: [el('p', {}, parts.text), address, password.root, code.root],
    save: () => parts.run(password.input.value, code.input.value),
  });
}

const ASKED = [{ value: 'no', label: 'Everybody decides for themself' }, { value: 'yes', label: 'Everybody who works here must use it' }];

/** Whether the business asks two-step sign-in of everybody who works for it. */
export function askedOfAllCard({ owned }: Own): HTMLElement {
  return card('Two-step sign-in of the team', loaded(owned, 'Loading', tenantSettings, (tenant) => {
    const asked = choiceField({ label: 'Who must use it', name: 'second_factor_required', hint: 'Customers are not concerned.' }, ASKED);
    asked.input.value = tenant.second_factor_required ? 'yes' : 'no';
    let before = asked.input.value;
    return saveForm(owned, {
      fields: { second_factor_required: asked },
      save: async () => {
        const wanted = asked.input.value;
        if (wanted === 'yes' && before === 'no' && !(await sureToAsk())) {
          asked.input.value = before;
          return '';
        }
        await changeTenant({ second_factor_required: wanted === 'yes' });
        before = wanted;
        return 'Saved.';
      },
    });
  }));
}

async function sureToAsk(): Promise<boolean> {
  const without = (await staff()).members.filter((member) => !member.second_factor).length;
  if (without === 0) return true;
  const who = without === 1 ? 'One person does not use it yet.' : `${without} people do not use it yet.`;
  return openDialog({
    title: 'Ask it of everybody?', submit: { label: 'Ask it of everybody' }, cancel: 'Not yet',
    body: [el('p', {}, `${who} Until they have set it up, they reach nothing else here.`)],
  });
}
