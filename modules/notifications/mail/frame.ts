/** The mail around what a template says: one card, the organisation above, why somebody gets it below. */

/** Whole MJML around the parts that a template gives. */
export function framed(parts: string, language: string): string {
  const direction = directionOf(language)
  const start = direction === 'rtl' ? 'right' : 'left'
  return `<mjml lang="${language}" dir="${direction}">
  <mj-head>
    <mj-title>{{subject}}</mj-title>
    <mj-attributes>
      <mj-all font-family="-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans Arabic', sans-serif" />
      <mj-text align="${start}" font-size="15px" line-height="1.55" color="#1f2430" padding="4px 28px" />
      <mj-button align="${start}" background-color="#2f5bd7" color="#ffffff" border-radius="6px" font-size="15px" font-weight="600" inner-padding="11px 20px" padding="12px 28px 20px" />
      <mj-column direction="${direction}" />
      <mj-section direction="${direction}" />
    </mj-attributes>
    <mj-style>
      blockquote { margin: 12px 0; padding: 2px 14px; border-inline-start: 3px solid #c9d1e6; color: #3b4356; }
      a { color: #2f5bd7; }
    </mj-style>
  </mj-head>
  <mj-body background-color="#f3f4f7">
    <mj-section padding="24px 0 8px"><mj-column><mj-text font-size="14px" font-weight="600" color="#5a6274">{{organisation}}</mj-text></mj-column></mj-section>
    <mj-section background-color="#ffffff" border-radius="8px" padding="18px 0 10px"><mj-column>${parts}<mj-text padding="0 28px">{{#if files}}<p>{{files}}{{#if url}} <a href="{{url}}">{{url}}</a>{{/if}}</p>{{/if}}</mj-text></mj-column></mj-section>
    <mj-section padding="8px 0 24px"><mj-column><mj-text font-size="13px" color="#5a6274">{{footer}}</mj-text></mj-column></mj-section>
  </mj-body>
</mjml>`
}

/** In which direction a language is read. */
function directionOf(language: string): 'ltr' | 'rtl' {
  return /^(ar|fa|he|ur|ps|yi|dv|ckb)\b/.test(language) ? 'rtl' : 'ltr'
}
