const address = (): string => location.href.split("#")[0]!;

/**
 * Calls `moved` with the address it came from whenever a single-page site shows another address. Replacements of the
 * current one (filters, cursors) and fragments are not navigations.
 */
export const onNavigation = (moved: (from: string) => void): void => {
  let last = address();
  // A moment later, when the page has set its title.
  const look = (): void => {
    setTimeout(() => {
      const from = last;
      last = address();
      if (from !== last) moved(from);
    });
  };
  if (window.navigation) {
    navigation.addEventListener("currententrychange", (event) => {
      if (event.navigationType !== "replace") look();
    });
  } else {
    const { pushState } = history;
    history.pushState = (...args) => {
      pushState.apply(history, args);
      look();
    };
    addEventListener("popstate", look);
  }
};
