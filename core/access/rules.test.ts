/** What somebody may do and see is one decision: in SQL, in memory, and as one reads the rules aloud. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { conditionsOn, rulesOfBoth, special } from '../../test/fixtures/records-rules.ts'
import { asking, Firm, Item, Mark, runs, storedWorld, type Thing } from '../../test/fixtures/records-world.ts'
import type { Clause } from '../model/conditions.ts'
import { conditionOn, matches } from '../model/matches.ts'
import type { ModelMeta } from '../model/meta.ts'
import { queryRows, type Reading } from '../records/read.ts'
import { Statement } from '../records/statement.ts'
import { type Ability, abilityOf } from './ability.ts'
import type { Rule } from './role.ts'

const stored = storedWorld(2, 40)
const { people, model: meta } = stored
const rules = () => rulesOfBoth(people)

/** The rules read aloud: the last one that speaks of the verb, the field and the record decides; without one, no. */
function decided(all: readonly Rule[], verb: string, model: ModelMeta, thing: Thing, field?: string): boolean {
  const speaks = (rule: Rule) =>
    rule.model === model.handle &&
    rule.verbs.includes(verb) &&
    (rule.fields === undefined || (field === undefined ? !rule.cannot : rule.fields.includes(field))) &&
    (rule.where === undefined || matches(conditionOn(model, rule.where), thing, asking(people)))
  const last = all.findLast(speaks)
  return last !== undefined && !last.cannot
}

describe('A list of rules gives one decision', () => {
  test('on each record and on each field of it, in SQL, in memory and read aloud', async () => {
    await fc.assert(
      fc.asyncProperty(rules(), fc.constantFrom('read', 'update', 'delete'), async (all, verb) => {
        const ability = abilityOf([special], all, stored.app.composition.models)
        for (const [model, things] of stored.things()) {
          const names = [undefined, 'name', ...(model.name === 'item' ? ['units', 'firm', 'marks'] : [])]
          const statement = new Statement({ ability, asking: asking(people), locale: 'en' })
          const row = statement.condition(ability.records(verb, model), model, 't', 'trusted')
          const columns = names.map((name, at) => {
            const clause = name === undefined ? true : ability.field(verb, model.fields.get(name)!)
            const sql = typeof clause === 'boolean' ? String(clause) : statement.condition(clause, model, 't', 'trusted')
            return `((${row}) is true and (${sql}) is true) as c${at}`
          })
          const rows = await stored.app.connection.run(`select t.id, ${columns.join(', ')} from "${model.table}" t`, statement.values)
          const inSql = new Map(rows.map((each) => [each.id, names.map((_, at) => each[`c${at}`])]))
          for (const thing of things) {
            const aloud = names.map((name) => decided(all, verb, model, thing, name))
            expect(inSql.get(thing.id)).toEqual(aloud)
            expect(names.map((name) => ability.permits(verb, model, thing, asking(people), name))).toEqual(aloud)
            expect(ability.possible(verb, model) || !aloud.includes(true)).toBe(true)
          }
        }
      }),
      runs(250, 2500),
    )
  })
})

/** The world as one caller sees it. */
function seenBy(ability: Ability) {
  const may = (model: ModelMeta, thing: Thing, field?: string) =>
    (field === 'id' && ability.permits('read', model, thing, asking(people))) ||
    ability.permits('read', model, thing, asking(people), field)
  const one = (model: ModelMeta, thing: Thing, name: string): Thing | null => {
    const field = model.fields.get(name)
    const related = may(model, thing, name) ? (thing[name] as Thing | null) : null
    return related && field?.kind === 'one' && may(field.target, related) ? related : null
  }
  const many = (model: ModelMeta, thing: Thing, name: string): readonly Thing[] => {
    const field = model.fields.get(name)
    if (field?.kind !== 'many' || !may(model, thing, name)) return []
    return (thing[name] as readonly Thing[]).filter((each) => may(field.target, each))
  }
  /** A filter that somebody asks for; a hidden field counts on no record. */
  const fits = (clause: Clause, model: ModelMeta, thing: Thing): boolean => {
    if ('all' in clause) return clause.all.every((each) => fits(each, model, thing))
    if ('any' in clause) return clause.any.some((each) => fits(each, model, thing))
    if ('not' in clause) return !fits(clause.not, model, thing)
    const [head = '', ...rest] = 'some' in clause ? clause.some : clause.path
    const field = model.fields.get(head)!
    if (field.kind !== 'scalar' && rest.length > 0) {
      if (!may(model, thing, head)) return false
      const related = one(model, thing, head)
      if ('some' in clause) return related !== null && fits({ ...clause, some: rest }, field.target, related)
      return related
        ? fits({ ...clause, path: rest }, field.target, related)
        : matches({ ...clause, path: ['nothing'] }, {}, asking(people))
    }
    if ('some' in clause) return many(model, thing, head).some((each) => field.kind === 'many' && fits(clause.of, field.target, each))
    const value =
      field.kind === 'one'
        ? one(model, thing, head)
        : head === 'firmCity'
          ? cityOf(thing)
          : head === 'childCount'
            ? people.items.filter((each) => each.parent === thing && may(model, each)).length
            : thing[head]
    return may(model, thing, head) && matches({ ...clause, path: ['value'] }, { value }, asking(people))
  }
  const cityOf = (item: Thing): unknown => {
    const related = one(meta(Item), item, 'firm')
    return related && may(meta(Firm), related, 'city') ? related.city : null
  }
  return { may, one, many, fits, cityOf }
}
const readingOf = (ability: Ability): Reading => ({
  run: (text, values) => stored.app.connection.run(text, values),
  asker: { ability, asking: asking(people), locale: 'en' },
  zone: 'UTC',
  screens: stored.app.composition.screens,
})

describe('Somebody with any rules', () => {
  test('finds by a filter the records that fit as he sees them, and sees of them what the rules let him', async () => {
    let shown = 0
    await fc.assert(
      fc.asyncProperty(rules(), conditionsOn({ ...people }).item, async (all, where) => {
        const ability = abilityOf([special], all, stored.app.composition.models)
        const model = meta(Item)
        const view = seenBy(ability)
        const fields = ['name', 'units', 'firm', 'firm.city', 'firm.parent.name', 'marks', 'children', 'firmCity', 'shout'].filter(
          (path) => {
            let at: ModelMeta | undefined = model
            return path.split('.').every((step) => {
              const field = at?.fields.get(step)
              at = field?.kind === 'one' ? field.target : undefined
              return field && ability.field('read', field) !== false
            })
          },
        )
        const clause = conditionOn(model, where)
        const asked = queryRows(readingOf(ability), model, { fields, where, limit: 200 })
        const { rows } = await asked.catch((error: { status?: number }) => {
          // A filter by a field that he may read on no record is refused as unknown.
          if (error.status !== 400) throw error
          return { rows: undefined }
        })
        if (rows === undefined) return
        // What is asked again may be answered by a statement that was kept.
        expect((await queryRows(readingOf(ability), model, { fields, where, limit: 200 })).rows).toEqual(rows)
        const expected = people.items.filter((item) => view.may(model, item) && view.fits(clause, model, item))
        expect(rows.map(({ id }) => id).sort()).toEqual(expected.map(({ id }) => id).sort())
        shown += rows.length
        const label = (target: ModelMeta, thing: Thing) =>
          view.may(target, thing, 'name') ? thing.name : target.name === 'item' ? null : ''
        for (const row of rows) {
          const item = people.items.find(({ id }) => id === row.id)!
          const scalar = (name: string) => (view.may(model, item, name) ? item[name] : null)
          const firm = view.one(model, item, 'firm')
          const parent = firm && view.one(meta(Firm), firm, 'parent')
          const related = (name: string, target: ModelMeta) =>
            view.many(model, item, name).map((each) => ({ id: each.id, label: label(target, each) }))
          const whole: Record<string, unknown> = {
            name: scalar('name'),
            units: scalar('units'),
            firm: firm && {
              id: firm.id,
              label: label(meta(Firm), firm),
              ...(fields.includes('firm.city') ? { city: view.may(meta(Firm), firm, 'city') ? firm.city : null } : {}),
              ...(fields.includes('firm.parent.name')
                ? {
                    parent: parent && {
                      id: parent.id,
                      label: label(meta(Firm), parent),
                      name: view.may(meta(Firm), parent, 'name') ? parent.name : null,
                    },
                  }
                : {}),
            },
            marks: related('marks', meta(Mark)),
            children: related('children', model),
            firmCity: view.may(model, item, 'firmCity') ? view.cityOf(item) : null,
            shout: view.may(model, item, 'shout') ? `${item.name}!` : null,
          }
          for (const name of fields.filter((each) => !each.includes('.'))) {
            const sorted = (value: unknown) => (Array.isArray(value) ? [...value].sort((a, b) => (a.id < b.id ? -1 : 1)) : value)
            expect(sorted(row[name]), name).toEqual(sorted(whole[name]))
          }
        }
      }),
      runs(500, 5000),
    )
    expect(shown).toBeGreaterThan(100)
  })
})
