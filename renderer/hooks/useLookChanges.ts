import { useEffect, useState } from 'react';

/** Attributes of the document that the style sheets choose the colours by. */
const attributes = ['data-mantine-color-scheme', 'data-contrast'];

/** Counts changes of the look that have reached the style sheets: for what is drawn on a canvas, which must read them. */
export function useLookChanges(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const observer = new MutationObserver(() => setChanges((count) => count + 1));
    observer.observe(document.documentElement, { attributeFilter: attributes });
    return () => observer.disconnect();
  }, []);
  return changes;
}
