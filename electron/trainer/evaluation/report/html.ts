/** Markup that is safe to put into a page: everything that came from outside has been escaped. */
export interface Html {
  readonly markup: string;
}

export type HtmlValue = Html | string | number | undefined | readonly Html[];

/**
 * Tag for templates: strings and numbers are escaped, Html goes in as it is, lists are joined, undefined is nothing.
 * Safe in text and in quoted attributes.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { markup: parts.reduce((text, part, index) => text + part + toMarkup(values[index]), '') };
}

/** Marks text of our own (a style sheet) as needing no escapes. Never pass anything that comes from a project. */
export function trusted(markup: string): Html {
  return { markup };
}

function toMarkup(value: HtmlValue): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return escape(value);
  if (typeof value === 'number') return String(value);
  if ('markup' in value) return value.markup;
  return value.map((one) => one.markup).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
