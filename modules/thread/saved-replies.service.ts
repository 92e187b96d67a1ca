import { fieldsAlong, labelOf, type ModelMeta, type Services, type Where } from '@tessera/core'
import type { OfferedText, SayingAbout } from '@tessera/web'
import { fillIn, fits } from './placeholders.ts'
import { SavedReply } from './saved-reply.model.ts'

declare module '@tessera/core' {
  interface Services {
    readonly savedReplies: SavedRepliesService
  }
}

/** Saved replies, filled in from the record that somebody writes about: as far as he may read both. */
export class SavedRepliesService {
  readonly #services: Services
  constructor(services: Services) {
    this.#services = services
  }

  /** Those whose name or shortcut fits what was typed, a shortcut first and then by name; accents and case do not matter. */
  async offered(about: SayingAbout, q = '', most = 8): Promise<readonly OfferedText[]> {
    const words = folded(q.trim().slice(0, 100))
    const named = (await this.#names(about.internal)).filter(
      ({ name, shortcut }) => folded(name).includes(words) || folded(shortcut ?? '').startsWith(words),
    )
    const byShortcut = named.filter(({ shortcut }) => words !== '' && folded(shortcut ?? '') === words)
    const found = [...new Set([...byShortcut, ...named])]
    const texts: OfferedText[] = []
    // Some may be for records of another kind: those are left out once their texts are known.
    for (let at = 0; at < found.length && texts.length < most; at += most)
      texts.push(
        ...(await this.#filled(
          about,
          found.slice(at, at + most).map(({ id }) => id),
        )),
      )
    return texts.slice(0, most)
  }

  /** One that is offered; undefined where there is none such. */
  async one(about: SayingAbout, reply: string): Promise<OfferedText | undefined> {
    return (await this.#filled(about, [reply]))[0]
  }

  async #names(internal: boolean) {
    const { context, app, records } = this.#services
    const found: Pick<SavedReply, 'id' | 'name' | 'shortcut'>[] = []
    if (!context.caller.ability.possible('read', app.models.of(SavedReply))) return found
    for (let cursor: string | null | undefined; cursor !== null && found.length < mostNames; ) {
      const page = await records.query(SavedReply, {
        fields: ['name', 'shortcut'],
        where: this.#usable(internal),
        order: { name: 'asc' },
        limit: 200,
        ...(cursor && { cursor }),
      })
      found.push(...page.rows)
      cursor = page.next
    }
    return found
  }

  /** In the order of the ids, in the language of whoever will read it. */
  async #filled({ model, id, internal }: SayingAbout, ids: readonly string[]): Promise<readonly OfferedText[]> {
    if (ids.length === 0 || !this.#services.context.caller.ability.possible('read', this.#services.app.models.of(SavedReply))) return []
    const language = internal ? undefined : await this.#languageOf(model, id)
    const reader = language === undefined ? this.#services : this.#services.inLanguage(language)
    const where: Where<SavedReply> = { $and: [{ id: { $in: [...ids] } }, this.#usable(internal)] }
    const { rows } = await reader.records.query(SavedReply, { fields: ['name', 'body'], where, limit: 200 })
    const its = ids.flatMap((each) => rows.find((row) => row.id === each && fits(row.body, model)) ?? [])
    const texts = await fillIn(
      its.map(({ body }) => body),
      model,
      id,
      reader,
    )
    return its.map(({ id: reply, name }, at) => {
      const { text, empty } = texts[at]!
      return { id: reply, name, text, empty: empty.map((path) => this.#called(model, path)) }
    })
  }

  /** Also for whoever may read everything: what a colleague keeps for himself, or is for another team, is not offered to him. */
  #usable(internal: boolean): Where<SavedReply> {
    const { me, id } = this.#services.context.caller
    const teams = (me.teamIds ?? []) as readonly string[]
    const offeredTo: Where<SavedReply>[] = [
      { shared: true, team: null },
      { shared: true, team: { $in: [...teams] } },
      { createdBy: id ?? '' },
    ]
    return { $and: [{ $or: offeredTo }, { $or: [{ kind: null }, { kind: internal ? 'note' : 'public' }] }] }
  }

  /** "Assignee › Name", in the words of whoever writes. */
  #called(model: ModelMeta, path: string): string {
    return fieldsAlong(model, path.split('.'))
      .map((field) => labelOf(field, this.#services.text))
      .join(' › ')
  }

  /** The language of whom the record says that it speaks to, where the application speaks it. */
  async #languageOf(model: ModelMeta, id: string): Promise<string | undefined> {
    const { app, context, records } = this.#services
    const speaker = model.fields.get(app.screens(model).form.conversation?.speaker ?? '')
    const field = speaker?.kind === 'one' ? speaker.target.fields.get('language') : undefined
    if (!speaker || !field || [speaker, field].some((each) => context.caller.ability.field('read', each) === false)) return undefined
    const path = `${speaker.name}.language`
    const { rows } = await records.query(model.handle, { fields: [path] as never, where: { id } as never, limit: 1 })
    const row = rows[0] as unknown as Readonly<Record<string, { readonly language?: string | null } | null>> | undefined
    const language = row?.[speaker.name]?.language?.split('-')[0]?.toLowerCase() ?? ''
    return app.texts.has(language) ? language : undefined
  }
}

/** As many as anybody has. */
const mostNames = 1_000

/** Without accents and signs of vowels, in small letters. */
function folded(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}
