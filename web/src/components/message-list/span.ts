/** Which part of the loaded messages is in the page: from `first` up to but not including `end`. */
export interface Span {
  first: number;
  end: number;
}

/** The most messages in the page at once, and how many come or go at a time. */
export const MOST = 180;
export const STEP = 60;

/** The newest ones. */
export function tail(count: number): Span {
  return { first: Math.max(0, count - STEP), end: count };
}

/** A step further up; what is far below leaves the page. */
export function up(span: Span, by = STEP): Span {
  const first = Math.max(0, span.first - by);
  return { first, end: Math.min(span.end, first + MOST) };
}

/** A step further down; what is far above leaves the page. */
export function down(span: Span, count: number): Span {
  const end = Math.min(count, span.end + STEP);
  return { first: Math.max(span.first, end - MOST), end };
}

/** Around one message. */
export function around(index: number, count: number): Span {
  const first = Math.max(0, index - STEP / 2);
  return { first, end: Math.min(count, first + STEP) };
}
