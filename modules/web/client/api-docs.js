/** Starts the vendored reader of the API's document; it asks nobody but this server. */
const place = document.getElementById('api-docs')
const theme = place.dataset.theme
const isDark = theme === 'dark' || (theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches)

window.Scalar.createApiReference(place, {
  url: '/api/openapi.json',
  theme: 'default',
  darkMode: isDark,
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: 'never',
  hideClientButton: true,
  persistAuth: false,
})
