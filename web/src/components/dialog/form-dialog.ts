import { asApiError } from '../../api/refused';
import type { Child } from '../../ui/dom';
import { clearProblems, problemSummary, showProblem, type AnyField } from '../field/field';
import { openDialog } from './dialog';

/** A form over the page. */
export interface FormDialogLook {
  title: string;
  /** By the names that refusals use. */
  fields: Record<string, AnyField>;
  /** What is shown, when it is more than the fields one below the other. */
  inside?: Child[];
  submit: string;
  wide?: boolean;
  /** Says what is wrong before anything is sent; nothing wrong lets it go on. */
  check?: () => boolean;
  save: () => Promise<unknown>;
}

/** Opens a form; resolves to whether it was saved. A refusal is shown beside its field, and everything typed stays. */
export function formDialog(look: FormDialogLook): Promise<boolean> {
  const summary = problemSummary();
  return openDialog({
    title: look.title,
    body: [summary.root, ...(look.inside ?? Object.values(look.fields).map(({ root }) => root))],
    submit: { label: look.submit },
    ...(look.wide ? { wide: true } : {}),
    run: async () => {
      clearProblems(look.fields, summary);
      if (look.check && !look.check()) return false;
      try {
        await look.save();
        return true;
      } catch (error) {
        showProblem(asApiError(error), look.fields, summary);
        return false;
      }
    },
  });
}
