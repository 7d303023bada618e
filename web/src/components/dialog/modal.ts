import type { Disposables } from '../../base/disposables';

/**
 * Shows a dialog over the page; resolves when it is closed, and what it owned is gone then. The focus goes back to where it was.
 * (`<dialog>` keeps the focus inside and the rest of the page inert.)
 */
export function showModal(dialog: HTMLDialogElement, owned: Disposables): Promise<void> {
  const before = document.activeElement;
  const field = before instanceof HTMLTextAreaElement || before instanceof HTMLInputElement ? before : undefined;
  const [from, to] = [field?.selectionStart ?? null, field?.selectionEnd ?? null];
  return new Promise((resolve) => {
    owned.listen(dialog, 'close', () => {
      owned.dispose();
      dialog.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      // Where the field was inert Chrome forgets where one wrote in it, and takes no letter before that is said again.
      if (from !== null) field?.setSelectionRange(from, to);
      resolve();
    });
    // Keys of the page behind are not for the dialog; one that is closed holds the focus until the page is drawn again.
    owned.listen(dialog, 'keydown', (event) => {
      if (dialog.open) event.stopPropagation();
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
