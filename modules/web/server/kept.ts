import type { Composition, Services } from '@tessera/core'
import { type Assets, createAssets } from '../assets.ts'
import { createRenderer, type Renderer } from '../render.ts'
import { iconsOf } from './words.ts'

/** What a process keeps per application: the files for browsers and one renderer per language. */
interface Kept {
  readonly assets: Assets
  readonly renderers: Map<string, Renderer>
}
const kept = new WeakMap<Composition, Kept>()

export function assetsOf(app: Composition): Assets {
  return keptOf(app).assets
}

export function rendererOf({ app, context, text }: Services): Renderer {
  const { assets, renderers } = keptOf(app)
  let renderer = renderers.get(context.locale)
  if (!renderer) {
    if (renderers.size >= 50) renderers.clear()
    renderer = createRenderer(text, assets)
    renderers.set(context.locale, renderer)
  }
  return renderer
}

function keptOf(app: Composition): Kept {
  let found = kept.get(app)
  if (!found) {
    // The glyph of cells whose icon the client itself chooses.
    found = { assets: createAssets({ icons: [...iconsOf(app), ...clientIcons] }), renderers: new Map() }
    kept.set(app, found)
  }
  return found
}

const clientIcons = ['database', 'ticket', 'users', 'shield', 'history', 'circle-check']
