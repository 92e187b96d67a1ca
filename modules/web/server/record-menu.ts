import type { ModelMeta } from '@tessera/core'
import type { Action, FormScreen } from '../screens.ts'
import type { FormPlan } from './form-plan.ts'
import type { Reader } from './reader.ts'
import { type Place, withPlace } from './record-pager.ts'
import type { Row } from './rows.ts'

/** What can be done to any record, behind what its model has for it: duplicated, put away and taken back, deleted. */
export function recordMenu(reader: Reader, model: ModelMeta, plan: FormPlan, row: Row, place: Place): readonly Action[] {
  const { ability, asking, services, t } = reader
  const here = `/${model.path}/${row.id}`
  const mayCopy = !model.appendOnly && ability.possible('create', model)
  const mayArchive = plan.update.holds(row, asking) && plan.archive.possible && plan.archive.holds(row, asking)
  const mayRemove = plan.remove.possible && plan.remove.holds(row, asking)
  const archive: Action =
    row.active === false
      ? { label: t('web.unarchive'), href: withPlace(`${here}/archive?active=true`, place), method: 'post', icon: 'rotate-2' }
      : { label: t('web.archive'), href: withPlace(`${here}/archive`, place), method: 'post', icon: 'archive' }
  return [
    ...services.client.recordMenu(model.name, row.id).map((link): Action => ({ ...link, method: 'get' })),
    ...(mayCopy ? [{ label: t('web.duplicate'), href: `/${model.path}/new?copy=${row.id}`, method: 'get' as const, icon: 'copy' }] : []),
    ...(mayArchive ? [archive] : []),
    ...(mayRemove
      ? [
          {
            label: t('web.delete'),
            href: withPlace(`${here}/delete`, place),
            method: 'get' as const,
            icon: 'trash',
            tone: 'danger' as const,
            asks: true,
          },
        ]
      : []),
  ]
}

/** Said beside the name of a record that was put away. */
export function archivedMark({ t }: Reader, { active }: Row): Pick<FormScreen, 'badges'> {
  return active === false ? { badges: [{ as: 'badge', label: t('web.archived'), icon: 'archive', tone: 'grey' }] } : {}
}
