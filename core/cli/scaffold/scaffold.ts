/** The files of a new module, from the templates beside this file. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Package } from '../../module/composition.ts'
import { moduleNameOf } from '../../module/discover.ts'
import { tidyImports } from './imports.ts'
import type { Names } from './names.ts'
import { sampleOf } from './sample.ts'
import type { Target } from './target.ts'

/** Content by path below the module's folder. */
export type Files = Readonly<Record<string, string>>

export interface New {
  readonly names: Names
  readonly kind: Package['kind']
  readonly packages: readonly Package[]
}

/** A module with a model of its own. */
export async function moduleFiles({ names, kind, packages }: New): Promise<Files> {
  const words = {
    ...wordsOf(names),
    a_label: withArticle(names.label.toLowerCase()),
    A_label: upper(withArticle(names.label.toLowerCase())),
  }
  const code = async (file: string) => tidyImports(fill(await template(`module/${file}`), words))
  const { name, plural } = names
  return {
    'package.json': manifest({
      name,
      kind,
      description: `${plural}: say in a sentence what they are for`,
      needed: ['@tessera/base'],
      packages,
    }),
    'README.md': fill(await template('module/README.md'), words),
    'index.ts': await code('index.ts'),
    [`${name}.model.ts`]: await code('model.ts'),
    [`${name}.views.ts`]: await code('views.ts'),
    [`${name}.test.ts`]: await code('test.ts'),
    'texts/en.json': fill(await template('module/en.json'), words),
  }
}

/** An addon that extends a model of another module. */
export async function addonFiles({ names, kind, packages }: New, target: Target): Promise<Files> {
  const { model, verb, owner, from, handle, formAnchor, listAnchor } = target
  const depends = [...new Set(['base', owner.name])].sort()
  const needed = [...new Set(['@tessera/base', from])]
  // What lies within other records is seen only by those who see these.
  const [implied, part] =
    model.within.length > 0
      ? ['viewer', 'checks what has a reference, and else sees what every viewer sees']
      : ['staff', 'sees what has a reference and checks it, and sees nothing else']
  const words: Words = {
    ...wordsOf(names),
    prefix: names.camel,
    Model: handle,
    model: model.name,
    package: from,
    owner: camelOf(owner.name),
    plural: model.plural.toLowerCase(),
    depends: depends.map(camelOf).join(', '),
    implied,
    clerks_part: part,
    Clerks_part: upper(part),
    formAnchor,
    listAnchor,
    service: verb?.service ?? '',
    verb: verb?.method ?? 'delete',
    refused: verb ? `act(${verb.action}, id, {})` : `remove(${handle}, id)`,
    refusal: verb ? `"${verb.method}" is refused` : 'it is not deleted',
  }
  const block = async (file: string) =>
    `\n${fill(await template(`addon/${file}`), words)
      .trim()
      .replace(/^/, '  ')}`
  const sample = sampleOf(model)
  const story = sample
    ? fill(await template('addon/story'), {
        ...words,
        before: sample.before.map((line) => `  ${line}\n`).join(''),
        draft: sample.fields.map((field) => `    ${field},`).join('\n'),
      })
    : ''
  const all = {
    ...words,
    story: story.trimEnd(),
    overrides: verb ? await block('overrides') : '',
    around: verb ? '' : await block('around'),
  }
  const code = async (file: string, more: Readonly<Record<string, readonly string[]>> = {}) =>
    `${tidyImports(fill(await template(`addon/${file}`), all), more).trimEnd()}\n`
  const { name } = names
  return {
    'package.json': manifest({ name, kind, description: `${names.label}: say in a sentence what it adds`, needed, packages }),
    'README.md': fill(await template('addon/README.md'), all),
    'index.ts': await code('index.ts', verb && { '@tessera/core': ['type Services', 'UserError'] }),
    'fields.ts': await code('fields.ts', verb ? {} : { '@tessera/core': ['UserError'] }),
    'views.ts': await code('views.ts'),
    'clerk.ts': await code('clerk.ts'),
    [`${name}.test.ts`]: await code('test.ts', sample && verb ? { [from]: [verb.action] } : {}),
    'texts/en.json': fill(await template('addon/en.json'), all),
  }
}

/** All of them or none. Throws when the folder is there. */
export async function write(folder: string, files: Files): Promise<void> {
  await mkdir(dirname(folder), { recursive: true })
  await mkdir(folder)
  try {
    for (const [file, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), content)
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

type Words = Readonly<Record<string, string>>

function wordsOf({ name, camel, pascal, snake, label, plural }: Names): Words {
  return { name, camel, Pascal: pascal, snake, Label: label, Plural: plural }
}

function template(file: string): Promise<string> {
  return readFile(new URL(`${file}.txt`, import.meta.url), 'utf8')
}

function fill(text: string, words: Words): string {
  return text.replace(/%(\w+)%/g, (whole, word: string) => words[word] ?? whole)
}

function manifest(about: {
  readonly name: string
  readonly kind: Package['kind']
  readonly description: string
  /** Packages. */
  readonly needed: readonly string[]
  readonly packages: readonly Package[]
}): string {
  const { name, kind, description, needed, packages } = about
  const versions = needed.map((each) => [each, packages.find((one) => one.name === moduleNameOf(each))?.version ?? '*'])
  const document = {
    name: `@tessera/${name}`,
    version: '0.1.0',
    private: true,
    type: 'module',
    description,
    exports: { '.': './index.ts' },
    tessera: { kind },
    dependencies: Object.fromEntries([...versions, ['@tessera/core', coreVersion]].sort(([a = ''], [b = '']) => (a < b ? -1 : 1))),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

const { version: coreVersion }: { version: string } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))

function withArticle(words: string): string {
  return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`
}
function upper(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}
function camelOf(name: string): string {
  return name.replace(/^.*\//, '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}
