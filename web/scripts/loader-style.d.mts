/** The style sheet of the loader, with the values of its roles put in place. */
export function loaderCss(): string;
