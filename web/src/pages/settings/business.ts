import { changeTenant, tenantSettings } from '../../api/settings';
import { field } from '../../components/field/field';
import type { Session } from '../../session/start';
import type { Child } from '../../ui/dom';
import { card, loaded, saveForm } from './parts';

/** The business itself. */
export function businessSection({ owned }: Session): Child[] {
  return [card('Business', loaded(owned, 'Loading', tenantSettings, (tenant) => {
    const name = field({ label: 'Name', name: 'name', hint: 'What customers see in the chat and in mails.' }, { maxlength: 200, value: tenant.name });
    return saveForm(owned, { fields: { name }, save: async () => void (await changeTenant({ name: name.input.value.trim() })) });
  }))];
}
