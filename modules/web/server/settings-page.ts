/** `/settings`: what the modules declare to be set, on one page. */
import { administrator, lockedIn, variablesOf } from '@tessera/base'
import {
  inputsOf,
  labelOf,
  NotFound,
  type Of,
  type Page,
  page,
  type Reply,
  type Request,
  reasonOf,
  type Services,
  type Settings,
  settingCode,
} from '@tessera/core'
import type { z } from 'zod'
import type { Field } from '../screens.ts'
import { typedIn } from './body.ts'
import type { Typed } from './control.ts'
import { inputIn } from './dialog.ts'
import { holdsAll, wordsIn } from './highlight.ts'
import { templates } from './screens.service.ts'
import { asSentence } from './sentence.ts'

export const settingsPages: readonly Page[] = [
  page('GET /settings', { may: administrator, respond: (request, services) => settingsPage(request, services) }),
  page('POST /settings/:key', { may: administrator, respond: saveSettings }),
]

const render = templates(new URL('../templates/', import.meta.url))
type Declared = Of<Settings<unknown>>

interface Sent {
  readonly key: string
  readonly typed: Typed
  readonly wrong: ReadonlyMap<string, string>
}

async function settingsPage(request: Request, services: Services, sent?: Sent): Promise<Reply> {
  const { app, screens, text } = services
  const q = (request.query.get('q') ?? '').slice(0, 200)
  const all = await Promise.all(app.settings.map((declared) => groupOf(services, declared, sent)))
  const groups = all.filter(({ label, module, fields }) =>
    holdsAll([label, module, ...fields.flatMap((field) => [field.label, field.help ?? ''])].join(' '), wordsIn(q)),
  )
  const content = render('settings', { groups, q, csrf: request.csrf, changes: '/audit-entries?filter=&facet.kind=settings' }, services)
  const reply = await screens.page(request, { title: text('web.settings'), content, at: '/settings' })
  return sent ? { ...reply, status: 422 } : reply
}

async function groupOf(services: Services, declared: Declared, sent: Sent | undefined) {
  const key = services.settings.keyOf(declared)
  const values = (await services.settings.get(declared)) as Readonly<Record<string, unknown>>
  const locked = lockedIn(declared, services.config)
  const typed = sent?.key === key ? sent : undefined
  const fields = inputsOf({ input: declared.schema }).map((input): Field => {
    const name = `${key}.${input.name}`
    const code = settingCode(declared, input.name)
    const variable = variablesOf(declared).get(input.name)
    const isLocked = input.name in locked
    const { text } = services
    const help = isLocked ? text('web.setting_locked', { variable: variable ?? '' }) : input.help && text(`${code}.help`)
    const error = typed?.wrong.get(input.name)
    const head = { name, label: text(code), ...(help && { help }), ...(error !== undefined && { error }) }
    const kept = values[input.name] ?? ''
    const value = typed?.typed.get(name)?.at(-1) ?? (Array.isArray(kept) ? kept.join(', ') : String(kept))
    if (isLocked) return { ...head, kind: 'readonly', cell: { as: 'text', text: shownValue(services, input.secret, value), icon: 'lock' } }
    if (input.kind === 'boolean') return { ...head, kind: 'checkbox', value: value === 'true' }
    if (input.kind === 'number') return { ...head, kind: 'number', value }
    if (input.kind === 'choice')
      return { ...head, kind: 'select', value, options: input.values.map((each) => ({ value: each, label: text(`${code}.${each}`) })) }
    if (input.secret) return { ...head, kind: 'text', input: 'password', value: '', autocomplete: 'off' }
    return { ...head, kind: 'text', value, ...(input.maxLength !== undefined && { maxLength: input.maxLength }) }
  })
  return { key, label: labelOf(declared, services.text), module: declared.module, fields }
}

function shownValue({ text }: Services, isSecret: boolean, value: string): string {
  if (isSecret) return '•••'
  return value === 'true' ? text('web.yes') : value === 'false' ? text('web.no') : value
}

/** One group of settings; what the environment decides and a secret that was left empty stay as they are. */
async function saveSettings(request: Request<{ key: string }>, services: Services): Promise<Reply> {
  const { app, screens, settings, text } = services
  const { key } = request.params
  const declared = app.settings.find((each) => settings.keyOf(each) === key)
  if (!declared) throw new NotFound('http.nothing_here', 'There is nothing at this address.')
  const typed = typedIn(request)
  const own = new Map(
    [...typed].flatMap(([name, texts]) => (name.startsWith(`${key}.`) ? [[name.slice(key.length + 1), texts] as const] : [])),
  )
  const locked = lockedIn(declared, services.config)
  const switches = inputsOf({ input: declared.schema }).filter(({ kind, name }) => kind === 'boolean' && !(name in locked))
  const before = (await settings.get(declared)) as object
  const after = {
    ...before,
    ...Object.fromEntries(switches.map(({ name }) => [name, false])),
    ...cleared(declared, own),
    ...inputIn({ input: declared.schema }, own, false),
  }
  const checked = declared.schema.safeParse({ ...after, ...locked })
  if (!checked.success) {
    const wrong = new Map(checked.error.issues.map((issue) => [String(issue.path[0] ?? ''), reasonIn(services, issue)]))
    return settingsPage(request, services, { key, typed, wrong })
  }
  await settings.set(declared, checked.data)
  return screens.done(request, '/settings', { text: text('web.settings_saved'), tone: 'success' })
}

/** What a module says itself may be a code of its catalogue. */
function reasonIn({ text }: Services, issue: z.core.$ZodIssue): string {
  const reason = reasonOf(issue)
  return asSentence(typeof reason === 'string' ? text(reason) : text(reason.code, reason.values))
}

/** A text that was emptied is empty, a secret stays. */
function cleared({ schema }: Declared, own: Typed): Readonly<Record<string, string>> {
  const empty = inputsOf({ input: schema }).filter(({ name, kind, secret }) => kind === 'text' && !secret && own.get(name)?.at(-1) === '')
  return Object.fromEntries(empty.map(({ name }) => [name, '']))
}
