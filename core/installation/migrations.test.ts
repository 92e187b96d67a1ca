/** What happens to the rows that are there when a module's next version wants more of them. */
import {
  data,
  defineModel,
  defineModule,
  extend,
  type Fields,
  given,
  type Model,
  type Module,
  migration,
  p,
  translated,
} from '@tessera/core'
import { describe, expect, inject, test } from 'vitest'
import { deployments } from '../../test/fixtures/deployments.ts'
import { shippedId } from '../model/shipped.ts'

const desk = deployments(inject('postgresUrl'))
const to = (...modules: Module[]) => desk.to(modules)
const plan = (...modules: Module[]) => desk.plan(modules)
const { run, records } = desk

const wardFields = { name: p.string() }
interface Ward extends Fields<typeof wardFields> {}
const Ward: Model<Ward> = defineModel('ward', wardFields, { title: 'name' })
const ward = data(Ward, { east: { name: 'East' } })

/** A patient of the first version; later ones have more. */
const fields = { name: p.string(), born: p.integer() }
interface Patient extends Fields<typeof fields> {}
const First: Model<Patient> = defineModel('patient', fields, { title: 'name' })
const first = defineModule({ name: 'clinic', models: [Ward, First], data: [ward] })

async function withPatients(): Promise<void> {
  await to(first)
  await (await records()).createMany(First, [
    { name: 'Awa', born: 1990 },
    { name: 'Bakary', born: 2000 },
  ])
}

const moreFields = {
  ...fields,
  age: p.integer(),
  isOld: p.boolean().nullable(),
  ward: () => p.manyToOne(Ward),
  motto: translated(),
  color: p.string(),
}
interface Grown extends Fields<typeof moreFields> {}
const Grown: Model<Grown> = defineModel('patient', moreFields, {
  title: 'name',
  fields: { isOld: { compute: given(['age'], ({ age }) => age >= 30) } },
})
const grown = (...migrations: Module['migrations']) => defineModule({ name: 'clinic', models: [Ward, Grown], data: [ward], migrations })
const filled = migration('ages', Grown, {
  backfill: {
    set: { age: given(['born', 'name'], ({ born }) => 2026 - born), ward: ward.east, motto: 'Well', color: 'white' },
  },
})

describe('A new required field', () => {
  test('without a word about the rows that are there is refused, with the line to write, and nothing is changed', async () => {
    await withPatients()
    const refused = await plan(grown(migration('ages', Grown, { backfill: { set: { ward: ward.east, motto: 'Well', color: 'white' } } })))
    expect(refused.refusals).toMatchObject([
      {
        code: 'migration.no_backfill',
        sentence: '"clinic" asks for "Age" of every patient, and 2 patients have none.',
        hint: "Its author says what they get: migrations: [migration('age', Patient, { backfill: { set: { age: … } } })]. A default or a suggest of the field does it too.",
      },
    ])
    await expect(to(grown())).rejects.toMatchObject({
      code: 'migration.no_backfill',
      message: expect.stringContaining('2 patients have none'),
    })
    await to(first)
    expect(await run(`select count(*) from information_schema.columns where table_name = 'patient' and column_name = 'age'`)).toEqual([
      { count: 0 },
    ])
  })

  test('is filled with what its backfill says, and what follows from it too; nobody sees a change of the record', async () => {
    await withPatients()
    const { migrations } = await to(grown(filled))
    expect(migrations).toMatchObject([
      { module: 'clinic', name: 'ages', backfill: { model: 'patient', rows: 2, apart: false } },
      { module: 'clinic', name: 'patient.isOld', sql: [] },
    ])
    expect(migrations[0]!.sql).toContain('alter table "patient" alter column "age" set not null')
    expect(await run('select name, age, is_old, ward_id, motto, color, version from patient order by name')).toEqual([
      { name: 'Awa', age: 36, is_old: true, ward_id: shippedId('ward.east'), motto: { en: 'Well' }, color: 'white', version: 1 },
      { name: 'Bakary', age: 26, is_old: false, ward_id: shippedId('ward.east'), motto: { en: 'Well' }, color: 'white', version: 1 },
    ])
    const columns = `select column_name as name from information_schema.columns where table_name = 'patient' and is_nullable = 'YES' order by 1`
    expect((await run(columns)).map(({ name }) => name)).toEqual(['created_by_id', 'is_old', 'updated_by_id'])
    expect((await plan(grown(filled))).migrations).toEqual([])
  })

  test('is the same in a database that never had the first version', async () => {
    await to(grown(filled))
    const describe = `select column_name, data_type, is_nullable, column_default from information_schema.columns where table_name = 'patient' order by 1`
    const fresh = await run(describe)
    await desk.anew()
    await withPatients()
    await to(grown(filled))
    expect(await run(describe)).toEqual(fresh)
  })

  test('that has a default, a suggestion, a computation or a number begins with that', async () => {
    await withPatients()
    const with_ = {
      ...fields,
      kind: p.string().default('new'),
      code: p.string(),
      nick: p.string(),
      initial: p.string(),
    }
    interface With extends Fields<typeof with_, 'code' | 'nick' | 'initial'> {}
    const With: Model<With> = defineModel('patient', with_, {
      title: 'name',
      fields: {
        code: { sequence: 'P-{000}' },
        nick: { suggest: given(['name'], ({ name }) => name.slice(0, 3)) },
        initial: { compute: given(['nick'], ({ nick }) => nick[0]) },
      },
    })
    await to(defineModule({ name: 'clinic', models: [Ward, With], data: [ward] }))
    expect(await run('select name, kind, code, nick, initial from patient order by name')).toEqual([
      { name: 'Awa', kind: 'new', code: 'P-001', nick: 'Awa', initial: 'A' },
      { name: 'Bakary', kind: 'new', code: 'P-002', nick: 'Bak', initial: 'B' },
    ])
    const made = await (await records()).create(With, { name: 'Cira', born: 1980 })
    expect(made).toMatchObject({ code: 'P-003' })
  })

  test('that becomes required later is filled where it is empty', async () => {
    await withPatients()
    const loose = { ...fields, note: p.string().nullable() }
    interface Loose extends Fields<typeof loose> {}
    const Loose: Model<Loose> = defineModel('patient', loose, { title: 'name' })
    await to(defineModule({ name: 'clinic', models: [Ward, Loose], data: [ward] }))
    await (await records()).create(Loose, { name: 'Cira', born: 1980, note: 'Here' })
    const strict = { ...fields, note: p.string() }
    interface Strict extends Fields<typeof strict> {}
    const Strict: Model<Strict> = defineModel('patient', strict, { title: 'name' })
    const clinic = (...migrations: Module['migrations']) =>
      defineModule({ name: 'clinic', models: [Ward, Strict], data: [ward], migrations })
    expect((await plan(clinic())).refusals).toMatchObject([
      { sentence: '"clinic" asks for "Note" of every patient, and 2 patients have none.' },
    ])
    const partly = migration('notes', Strict, { backfill: { where: { name: 'Awa' }, set: { note: 'None' } } })
    await expect(to(clinic(partly))).rejects.toThrow('"notes" of "clinic" leaves "Note" empty in 1 patient, and it is required.')
    await to(clinic(migration('notes', Strict, { backfill: { where: { note: null }, set: { note: 'None' } } })))
    expect(await run('select name, note from patient order by name')).toEqual([
      { name: 'Awa', note: 'None' },
      { name: 'Bakary', note: 'None' },
      { name: 'Cira', note: 'Here' },
    ])
  })

  test('is refused where its backfill gives what does not fit', async () => {
    await withPatients()
    const wrong = migration('ages', Grown, {
      backfill: { set: { age: given(['born'], ({ born }) => born / 7), ward: ward.east, motto: 'Well', color: 'white' } },
    })
    await expect(to(grown(wrong))).rejects.toThrow(/"ages" of "clinic" gives "Age" of the patient .* must be a whole number/)
  })
})

describe('A migration', () => {
  const renamed = { name: p.string(), birthYear: p.integer() }
  interface Renamed extends Fields<typeof renamed> {}
  const Renamed: Model<Renamed> = defineModel('patient', renamed, { title: 'name' })
  const second = (...migrations: Module['migrations']) =>
    defineModule({ name: 'clinic', models: [Ward, Renamed], data: [ward], migrations })
  const rename = (after = 'update patient set name = upper(name)') =>
    migration('birth years', Renamed, {
      rename: { born: 'birthYear' },
      before: ['update patient set birth_year = birth_year + 1'],
      after: [after],
    })

  test('renames a column with what is in it, and runs its SQL before and after, once', async () => {
    await withPatients()
    const { migrations, schema } = await to(second(rename()))
    // The list shows the column, so that there is an index by which it is sorted.
    expect(schema.map(({ kind, sql }) => [kind, ...sql])).toEqual([
      ['drop index', expect.stringMatching(/^drop index "ix_patient_\w+"$/)],
      ['create index', expect.stringMatching(/^create index "ix_patient_\w+" on "patient" using btree \("birth_year" asc, "id" asc\)$/)],
    ])
    expect(migrations).toEqual([
      {
        module: 'clinic',
        name: 'birth years',
        sql: [
          'alter table "patient" rename column "born" to "birth_year"',
          'update patient set birth_year = birth_year + 1',
          'update patient set name = upper(name)',
        ],
      },
    ])
    const people = [
      { name: 'AWA', birth_year: 1991 },
      { name: 'BAKARY', birth_year: 2001 },
    ]
    expect(await run('select name, birth_year from patient order by name')).toEqual(people)
    await to(second(rename()))
    expect(await run('select name, birth_year from patient order by name')).toEqual(people)
  })

  test('whose text was changed after it ran is named at the next operation, and not by its layout', async () => {
    await withPatients()
    await to(second(rename()))
    expect(await desk.app.isUpToDate()).toBe(true)
    const changed = await plan(second(rename('delete from patient')))
    expect(changed.refusals).toMatchObject([
      {
        code: 'migration.changed',
        sentence: 'The migration "birth years" of "clinic" has run in this database, and was changed since.',
        hint: 'Put its text back as it was, and write what is to be done now as another migration.',
      },
    ])
  })

  test('that ran before checksums were kept gets one', async () => {
    await withPatients()
    await to(second(rename()))
    await run('update tessera_migration set checksum = null')
    await to(second(rename()))
    expect((await plan(second(rename('delete from patient')))).refusals).toMatchObject([{ code: 'migration.changed' }])
  })

  test('of a module that comes now fills the records of others, and does nothing else', async () => {
    await withPatients()
    interface Bedded extends Patient {
      bed: string | null
    }
    const Bed = First as unknown as Model<Bedded>
    const beds = defineModule({
      name: 'beds',
      depends: [first],
      extends: [extend(Bed, { bed: p.string().nullable() })],
      migrations: [migration('beds', Bed, { before: ['delete from patient'], backfill: { set: { bed: 'none' } } })],
    })
    const { migrations } = await to(beds)
    expect(migrations).toMatchObject([{ module: 'beds', name: 'beds', sql: [], backfill: { rows: 2 } }])
    expect(await run('select name, bed from patient order by name')).toEqual([
      { name: 'Awa', bed: 'none' },
      { name: 'Bakary', bed: 'none' },
    ])
  })
})

describe('A module that was disabled and is enabled again', () => {
  interface Weighed extends Patient {
    weight: number | null
    heavy: boolean | null
  }
  const Heavy = First as unknown as Model<Weighed>
  const scales = defineModule({
    name: 'scales',
    depends: [first],
    extends: [
      extend(
        Heavy,
        { weight: p.integer().nullable(), heavy: p.boolean().nullable() },
        { fields: { heavy: { compute: given(['born'], ({ born }) => born < 1995) } } },
      ),
    ],
    migrations: [migration('weights', Heavy, { backfill: { set: { weight: 60 } } })],
  })

  test('finds what changed while it was away: computed again, and written only where it is another value', async () => {
    await withPatients()
    await to(scales)
    const before = await run('select name, version from patient order by name')
    await desk.to([scales], { disabled: ['scales'] })
    const all = await records()
    await all.create(First, { name: 'Cira', born: 1980 })
    const bakary = await all.find(First, { name: 'Bakary' })
    await all.update(First, bakary!.id, { born: 1940 })
    await to(scales)
    expect(await run('select name, weight, heavy, version from patient order by name')).toEqual([
      { name: 'Awa', weight: 60, heavy: true, version: before[0]!.version },
      { name: 'Bakary', weight: 60, heavy: true, version: Number(before[1]!.version) + 2 },
      { name: 'Cira', weight: null, heavy: true, version: 2 },
    ])
  })

  test('goes on by a job where much is to be written', async () => {
    await to(scales)
    await desk.to([scales], { disabled: ['scales'] })
    await run(
      `insert into patient (id, name, born, created_at, updated_at)
       select gen_random_uuid(), 'patient ' || n, 1990, now(), now() from generate_series(1, 2500) n`,
    )
    await to(scales)
    const heavy = () => run('select heavy, version, count(*)::int as rows from patient group by 1, 2 order by 1, 2')
    expect(await heavy()).toEqual([
      { heavy: true, version: 2, rows: 1000 },
      { heavy: null, version: 1, rows: 1500 },
    ])
    await desk.app.queue.drain()
    expect(await heavy()).toEqual([{ heavy: true, version: 2, rows: 2500 }])
    expect(await run('select name from tessera_backfill')).toEqual([])
  })
})
