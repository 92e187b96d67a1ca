/** What the reader and his teams still have to do, about whatever it is. */
import { staff } from '@tessera/base'
import { menu, type Reply, type Request, type Services, type Where } from '@tessera/core'
import { Activity } from './activity.model.ts'
import { render } from './beside.ts'
import { activityRow, today } from './due.ts'
import { placeOf, tiesOf } from './place.ts'

const path = '/my-activities'

export const myActivities = menu('My activities', {
  icon: 'calendar-event',
  opens: path,
  may: staff,
  // Those that press.
  count: ({ context, records }) =>
    records.count(Activity, { where: { user: context.caller.id ?? '', doneAt: null, due: { $lte: today(context) } } as Where<Activity> }),
})

const most = 200

export async function myActivitiesPage(request: Request, services: Services): Promise<Reply> {
  const { activities, app, context, screens, text } = services
  const isTeams = request.query.get('of') === 'teams'
  const teams = (context.caller.me.teamIds ?? []) as readonly string[]
  const whose = isTeams ? { user: { teams: { id: { $in: teams } } } } : { user: context.caller.id ?? '' }
  const ties = tiesOf(app, Activity)
  const found = await activities.find(whose as Where<Activity>, most, ties)
  const now = today(context)
  const rows = found.map((each) => {
    const place = placeOf(app, Activity, each)
    const record = place && (each as unknown as Readonly<Record<string, { label?: string } | null>>)[place.field]
    return {
      ...activityRow(each, services),
      when: String(each.due) < now ? 'overdue' : String(each.due) === now ? 'today' : 'later',
      ...(place && { record: { label: record?.label ?? '', href: `/${place.model.path}/${place.id}` } }),
    }
  })
  const content = render(
    'my-activities',
    {
      csrf: request.csrf,
      back: isTeams ? `${path}?of=teams` : path,
      isTeams,
      parts: (['overdue', 'today', 'later'] as const).map((name) => ({
        name,
        label: text(`thread.${name}`),
        rows: rows.filter(({ when }) => when === name),
      })),
      empty: rows.length === 0,
      capped: found.length === most,
    },
    services,
  )
  return screens.page(request, { title: text('menu.thread.my-activities'), content, at: path })
}
