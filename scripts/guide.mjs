/**
 * Turns docs/USER-GUIDE.md and its translations into what the help in the app shows, when the page is built: sections
 * with HTML and pictures, so that the page needs no Markdown and nothing from elsewhere.
 */
import { Marked } from 'marked';

/**
 * A section begins with an anchor and a heading: `<a id="images"></a>`, an empty line, `## Images`. The anchor is the
 * same in all languages and names a screen where there is one. What stands before the first is for readers of the file.
 * @param {string} markdown
 * @returns {{id: string, title: string, html: string, pictures: string[]}[]} in `html`, `@@0@@` stands for the address of
 *   the section's first picture, and so on
 */
export function readGuide(markdown) {
  return markdown
    .split(/^(?=<a id="\w+"><\/a>$)/m)
    .filter((text) => text.startsWith('<a id='))
    .map((text) => {
      const [, id, title, body] = /^<a id="(\w+)"><\/a>\n\n## (.+)\n([^]*)$/.exec(text) ?? [];
      if (!id) throw new Error(`this section of the guide has no heading: ${text.slice(0, 80)}`);
      const pictures = [];
      const marked = new Marked({
        renderer: {
          image: ({ href, text: alt }) => `<img src="@@${pictures.push(href) - 1}@@" alt="${escape(alt)}">`,
          html: () => '',
        },
      });
      return { id, title, html: marked.parse(body, { async: false }), pictures };
    });
}

/** A Vite plugin that answers the import of a guide with its sections. */
export function guide() {
  return {
    name: 'guide',
    transform(code, file) {
      if (!file.endsWith('.md')) return undefined;
      const imports = [];
      const sections = readGuide(code).map(({ id, title, html, pictures }) => {
        const names = pictures.map((href) => {
          const name = `picture${imports.length}`;
          imports.push(`import ${name} from ${JSON.stringify(`./${href}`)};`);
          return name;
        });
        const text = JSON.stringify(html).replaceAll(/@@(\d+)@@/g, (_, index) => `" + ${names[Number(index)]} + "`);
        return `{ id: ${JSON.stringify(id)}, title: ${JSON.stringify(title)}, html: ${text} }`;
      });
      return { code: `${imports.join('\n')}\nexport const sections = [${sections.join(',\n')}];\n`, map: null };
    },
  };
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
