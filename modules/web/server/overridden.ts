import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Composition } from '@tessera/core'
import { type Override, type Rendering, templatesIn } from '../render.ts'

/** The templates of a folder, those in their place that the installed modules put there. Compiled once for whoever asks. */
export function templatesFor(app: Composition, folder: URL): Rendering {
  return overriddenIn(app).get(folder.href) ?? unchanged(folder)
}

/** By the address of the folder: only of modules whose templates others override. */
type Overridden = ReadonlyMap<string, Rendering>
const kept = new WeakMap<Composition, Overridden>()

function overriddenIn(app: Composition): Overridden {
  let found = kept.get(app)
  if (!found) {
    const changed = Map.groupBy(
      app.templates.filter(({ layers }) => layers.length > 1),
      ({ layers: [own] }) => pathToFileURL(`${dirname(own.file)}/`).href,
    )
    found = new Map(
      [...changed].map(([folder, templates]) => {
        const overrides = templates.flatMap(({ owner, name, layers: [, ...others] }) =>
          others.map(({ file }): Override => ({ of: `${owner}/${name}`, file })),
        )
        return [folder, templatesIn(new URL(folder), overrides)]
      }),
    )
    kept.set(app, found)
  }
  return found
}

const compiled = new Map<string, Rendering>()

function unchanged(folder: URL): Rendering {
  const found = compiled.get(folder.href) ?? templatesIn(folder)
  compiled.set(folder.href, found)
  return found
}
