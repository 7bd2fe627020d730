/** docs/USER-GUIDE.md and its translations, made into sections by scripts/guide.mjs when the page is built. */
declare module '*.md' {
  interface GuideSection {
    /** The screen that it is about, or a word of its own. */
    readonly id: string;
    readonly title: string;
    readonly html: string;
  }
  export const sections: readonly GuideSection[];
}
