import { html, type Reply, type Request, type Services, type UserError } from '@tessera/core'
import { useSpriteAt } from '../icons.ts'
import type { NavItem, Toast } from '../screens.ts'
import { done, show } from './answer.ts'
import { refusedProof } from './confirm.ts'
import { cookies } from './cookies.ts'
import { rendering } from './developer.ts'
import { signInPage } from './entrance.ts'
import { assetsOf, rendererOf, scriptsFor } from './kept.ts'
import { templatesFor } from './overridden.ts'
import { placesOf } from './places.ts'
import { readerOf } from './reader.ts'
import { frameOf, shellOf } from './shell.ts'

/** Renders a module's template: safe HTML, for `screens.page` and `screens.open`. */
export type Render = (name: string, model: object, services: Services) => string

/**
 * The templates of a module: `templates(new URL('templates/', import.meta.url))`. Every `.hbs` of the folder is a template and a
 * partial; the helpers are those of `helpers.ts`, such as `t`, `icon`, `glyph`, `avatar`, `link`.
 */
export function templates(folder: URL): Render {
  return (name, model, services) => {
    const { app, text } = services
    const { url } = assetsOf(app)
    useSpriteAt(url('icons.svg'))
    return rendering(services, (used) =>
      templatesFor(app, folder)(name, model, { t: text, asset: url, words: '', screen: name, scripts: [], ...used }),
    )
  }
}

/** What a page of a module says for itself. */
export interface OwnPage {
  /** The heading and the window's title. */
  readonly title: string
  /** Safe HTML, as `templates` renders it. */
  readonly content: string
}

/** Frames around the pages that modules have beside the generated screens. */
export class ScreensService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** A page among the staff's screens: sidebar, bar with the title, below it the content. `at` is the menu's path to mark. */
  async page(request: Request, { title, content, at = request.path }: OwnPage & { readonly at?: string }): Promise<Reply> {
    const shell = await shellOf(readerOf(this.#services), request, at.slice(1))
    return show(this.#services, request, 'content', { shell, title, breadcrumbs: [], content }, {}, scriptsFor(this.#services.app, request))
  }

  /**
   * A document without the staff's frame: for customers, for a card to rate, for everybody. The content is all of the page, so it has
   * its own `<main id="main">`; a foot with theme and language stands below it.
   */
  open(request: Request, { title, content, look = 'portal' }: OwnPage & { readonly look?: 'portal' }): Reply {
    const shell = frameOf(readerOf(this.#services), request)
    const body = rendererOf(this.#services).page(
      'open',
      { shell, title, content, look, styles: this.#services.client.openStyles() },
      scriptsFor(this.#services.app, request),
    )
    return html(body, { cookies: shell.toast ? { [cookies.toast]: null } : {} })
  }

  /** The sign-in page, with the sentence that tells somebody why a way in did not let him in. `next` is where he wanted to go. */
  signIn(request: Request, error: UserError, next = '/'): Promise<Reply> {
    return signInPage(this.#services, request, { email: '', error, next })
  }

  /** Asks again to show that it is oneself, with the sentence that tells why another way came to nothing. */
  confirm(request: Request, error: UserError): Promise<Reply> {
    return refusedProof(this.#services, request, error)
  }

  /** Where the sidebar leads in some modules: what of it this user sees. */
  places(modules: readonly string[]): readonly NavItem[] {
    return placesOf(readerOf(this.#services), modules)
  }

  /** After a POST: to another page of this application, with a word on what happened. */
  done(request: Request, path: string, toast?: Toast): Reply {
    return done(request, path, toast)
  }
}
