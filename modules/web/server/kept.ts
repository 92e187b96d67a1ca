import type { Composition, Request, Services } from '@tessera/core'
import { type Assets, createAssets } from '../assets.ts'
import { createRenderer, ownTemplates, type Renderer } from '../render.ts'
import { filesOf, moduleAt } from './module-files.ts'
import { templatesFor } from './overridden.ts'
import { iconsOf } from './words.ts'

/** What a process keeps per application: the files for browsers and one renderer per language. */
interface Kept {
  readonly assets: Assets
  /** Of modules, by "<module>/<file>". */
  readonly scripts: readonly string[]
  readonly renderers: Map<string, Renderer>
}
const kept = new WeakMap<Composition, Kept>()

export function assetsOf(app: Composition): Assets {
  return keptOf(app).assets
}

/** The scripts of the module whose page was asked for: nobody else pays for them. */
export function scriptsFor(app: Composition, request: Request): readonly string[] {
  const { assets, scripts } = keptOf(app)
  const module = moduleAt(app, request)
  return scripts.filter((name) => name.startsWith(`${module}/`)).map(assets.url)
}

export function rendererOf({ app, context, text }: Services): Renderer {
  const { assets, renderers } = keptOf(app)
  let renderer = renderers.get(context.locale)
  if (!renderer) {
    if (renderers.size >= 50) renderers.clear()
    renderer = createRenderer(text, assets, templatesFor(app, ownTemplates))
    renderers.set(context.locale, renderer)
  }
  return renderer
}

function keptOf(app: Composition): Kept {
  let found = kept.get(app)
  if (!found) {
    // The glyph of cells whose icon the client itself chooses.
    const { styles, scripts, icons } = filesOf(app)
    found = {
      assets: createAssets({ icons: [...iconsOf(app), ...icons, ...clientIcons], styles, scripts }),
      scripts: [...scripts.keys()],
      renderers: new Map(),
    }
    kept.set(app, found)
  }
  return found
}

const clientIcons = ['database', 'ticket', 'users', 'shield', 'history', 'circle-check']
