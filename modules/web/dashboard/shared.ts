/** Dashboards that are shared with a role: whoever has it and has arranged none himself begins with that. */
import { type Reply, type Request, UserError } from '@tessera/core'
import type { ConfirmScreen } from '../screens.ts'
import { done, show } from '../server/answer.ts'
import { textIn } from '../server/body.ts'
import { heldRoles } from '../server/held-roles.ts'
import type { Reader } from '../server/reader.ts'
import { shellOf } from '../server/shell.ts'
import { cardsOf } from './cards.ts'
import { type KeptCard, SharedDashboard } from './dashboard.model.ts'

/** What is shared with a role of the reader, as far as it is about what he may read; of two roles the one that includes the other. */
export async function sharedCards({ services, ability, app }: Reader): Promise<readonly KeptCard[] | undefined> {
  const { rows } = await services
    .asSystem('What is shared with a role is seen by whoever has the role, also through another one.')
    .query(SharedDashboard, { fields: ['cards', 'role.name'], order: { updatedAt: 'desc' }, limit: 200 })
  const his = rows.filter(({ role }) => ability.roles.has(role.name))
  const includes = (outer: string, inner: string): boolean =>
    (app.roles.get(outer)?.implies ?? []).some(({ name }) => name === inner || includes(name, inner))
  const first = his.find(({ role }) => !his.some((other) => includes(other.role.name, role.name)))
  return first?.cards.filter(({ model: name }) => {
    const model = app.models.byName(name)
    return model?.exposed && ability.possible('read', model)
  })
}

export function mayShareCards({ ability, app }: Pick<Reader, 'ability' | 'app'>): boolean {
  return ability.possible('create', app.models.of(SharedDashboard))
}

/** With which role the cards are shared as they are now; or that what a role has is taken back. */
export async function shareScreen(reader: Reader, request: Request, error?: UserError): Promise<ConfirmScreen> {
  const { t } = reader
  const [roles, shared] = await Promise.all([heldRoles(reader), sharedRoles(reader)])
  const options = roles.map(({ id, label }) => ({ value: id, label: shared.has(id) ? t('web.share_again', { role: label }) : label }))
  return {
    shell: await shellOf(reader, request, 'dashboard'),
    title: t('web.share_cards'),
    breadcrumbs: [{ label: t('web.dashboard'), href: '/dashboard' }],
    text: t('web.share_cards_text'),
    action: '/dashboard/share',
    values: [],
    fields: [
      { kind: 'select', name: 'role', label: t('web.share_with'), value: textIn(request, 'role') ?? '', options, required: true },
      ...(shared.size > 0 ? [{ kind: 'checkbox', name: 'stop', label: t('web.share_stop'), value: false } as const] : []),
    ],
    confirm: { label: t('web.share'), danger: false },
    cancel: '/dashboard',
    ...(error && { errors: { title: t('web.not_saved'), items: [{ text: t(error.code), field: 'role', label: t('web.share_with') }] } }),
  }
}

async function sharedRoles({ records }: Reader): Promise<ReadonlyMap<string, string>> {
  const { rows } = await records.query(SharedDashboard, { fields: ['role'], limit: 200 })
  return new Map(rows.flatMap(({ id, role }) => (role ? [[role.id, id] as const] : [])))
}

/** Only with a role that he has himself, and only by who may: others keep what they arranged. */
export async function shareCards(reader: Reader, request: Request): Promise<Reply> {
  const { records, t } = reader
  const role = (await heldRoles(reader)).find(({ id }) => id === textIn(request, 'role'))
  if (!role) {
    const error = new UserError('web.share_no_role', 'Choose a role that you have yourself.')
    return show(reader.services, request, 'confirm', await shareScreen(reader, request, error), { status: 422 })
  }
  const stops = textIn(request, 'stop') === 'true'
  await records.transaction(async () => {
    await records.alone(`shared dashboard ${role.id}`)
    const kept = await records.find(SharedDashboard, { role: role.id })
    if (stops && kept) await records.remove(SharedDashboard, kept.id)
    else if (!stops) {
      const { cards } = await cardsOf(reader)
      if (kept) await records.update(SharedDashboard, kept.id, { cards })
      else await records.create(SharedDashboard, { role: role.id, cards })
    }
  })
  const said = t(stops ? 'web.cards_unshared' : 'web.cards_shared', { role: role.label })
  return done(request, '/dashboard', { tone: 'success', text: said })
}
