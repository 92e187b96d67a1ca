/**
 * What an author says of his module: Markdown that may come from anywhere, as HTML that can do nothing. Raw HTML is shown as it was written,
 * an image is its description, and only addresses outside are links, since the other files of the module have no page.
 */
import MarkdownIt from 'markdown-it'

/** `labels` name what scrolls, for those who hear it. Headings begin with the third, below those of the page. */
export function readmeHtml(markdown: string, labels: ReadmeLabels): string {
  return engine.render(markdown, { labels })
}

interface ReadmeLabels {
  readonly table: string
  readonly code: string
}

type Token = ReturnType<(typeof engine)['parse']>[number]
type Rule = NonNullable<(typeof engine.renderer.rules)[string]>

const firstHeading = 3
const lastHeading = 6

const engine = new MarkdownIt({ html: false, linkify: true })
// Only what is written as an address is one: "README.md" is a file, not a site in Moldova.
engine.linkify.set({ fuzzyLink: false, fuzzyEmail: false })
engine.core.ruler.push('harmless', ({ tokens }) => {
  shiftHeadings(tokens)
  for (const token of tokens) {
    if (token.children) token.children = outsideLinks(token.children)
    if (token.type === 'th_open' || token.type === 'td_open') alignByClass(token)
  }
})

const { escapeHtml } = engine.utils
/** Focusable, so that it scrolls by the keyboard too. */
const scrolling = (label: string) => `<div class="apps-scroll" tabindex="0" role="group" aria-label="${escapeHtml(label)}">`
const labelsOf = (env: unknown) => (env as { readonly labels: ReadmeLabels }).labels
const code: Rule = (tokens, at, _options, env) =>
  `${scrolling(labelsOf(env).code)}<pre>${escapeHtml(tokens[at]?.content ?? '')}</pre></div>\n`
Object.assign(engine.renderer.rules, {
  table_open: (_tokens, _at, _options, env) => `${scrolling(labelsOf(env).table)}<table>`,
  table_close: () => '</table></div>\n',
  fence: code,
  code_block: code,
  image: (tokens, at, options, env) => escapeHtml(engine.renderer.renderInlineAsText(tokens[at]?.children ?? [], options, env)),
} satisfies Record<string, Rule>)

/** The highest that there is becomes the first, and none is left out between two. */
function shiftHeadings(tokens: readonly Token[]): void {
  const levels = tokens.flatMap(({ type, tag }) => (type === 'heading_open' ? [levelOf(tag)] : []))
  const shift = firstHeading - Math.min(...levels)
  let level = firstHeading - 1
  for (const token of tokens) {
    if (token.type === 'heading_open') level = Math.min(levelOf(token.tag) + shift, level + 1, lastHeading)
    if (token.type.startsWith('heading_')) token.tag = `h${level}`
  }
}

const levelOf = (tag: string): number => Number(tag.slice(1))

/** Links do not nest, so that each end belongs to the last beginning. */
function outsideLinks(tokens: readonly Token[]): Token[] {
  let isOutside = false
  return tokens.filter((token) => {
    if (token.type === 'link_open') {
      isOutside = /^(https?:\/\/|mailto:)/i.test(String(token.attrGet('href')))
      token.attrSet('rel', 'noopener')
      token.attrSet('class', 'link')
    }
    return isOutside || (token.type !== 'link_open' && token.type !== 'link_close')
  })
}

/** The policy of our pages takes no inline style. */
function alignByClass(token: Token): void {
  const isAtEnd = String(token.attrGet('style')).includes('right')
  token.attrs = isAtEnd ? [['class', 'end']] : null
}
