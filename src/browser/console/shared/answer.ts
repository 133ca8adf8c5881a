/**
 * What answers a form has the focus as the page opens, by `autofocus` alone. Browsers leave that out where the address leads into the
 * page, and older ones know it of fields only.
 */
export function openAtAnswer(page: Document): void {
  const answer = page.querySelector<HTMLElement>("[autofocus]");
  if (answer && page.activeElement === page.body) answer.focus();
}
