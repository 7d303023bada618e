import { field, type Field } from '../field/field';

/** For the six digits of an app: phones offer a keyboard of digits, and to fill them in. */
export function codeField(label = 'Code of your app'): Field {
  return field({ label, name: 'code', hint: 'The six digits it shows now.' },
    { inputmode: 'numeric', autocomplete: 'one-time-code', required: true, maxlength: 40, spellcheck: 'false', autocapitalize: 'off' });
}

/** For one of the codes that were kept for when the app is gone. */
export function recoveryField(): Field {
  return field({ label: 'Recovery code', name: 'code', hint: 'One of those you kept. It works once.' },
    { autocomplete: 'off', required: true, maxlength: 60, spellcheck: 'false', autocapitalize: 'characters' });
}

/** For either of them. */
export function anyCodeField(): Field {
  return field({ label: 'Code', name: 'code', hint: 'The six digits of your app, or a recovery code.' },
    { autocomplete: 'one-time-code', required: true, maxlength: 60, spellcheck: 'false', autocapitalize: 'off' });
}
