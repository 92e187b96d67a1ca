import { localTime, type Services } from '@tessera/core'
import { dueCell } from '@tessera/web'
import type { ShownActivity } from './activities.service.ts'
import { Activity } from './activity.model.ts'

/** An open activity as the templates list it, with the way to say that it is done for whoever may. */
export function activityRow({ id, summary, type, user, due }: ShownActivity, { app, context, text }: Services) {
  const { ability, id: me } = context.caller
  const model = app.models.of(Activity)
  const mayComplete = ability.possible('complete', model) && (ability.possible('create', model) || user.id === me)
  return {
    id,
    summary,
    code: type.code,
    type: type.name,
    who: user.label,
    // Whether the day is over, today or to come for the reader, in words, with a sign and a colour.
    mark: dueCell(String(due), { now: context.now, zone: context.zone, locale: context.locale, t: text }),
    done: mayComplete && `/activities/${id}/done`,
  }
}

/** The day that it is where the reader is. */
export function today({ now, zone }: Services['context']): string {
  return localTime(now, zone).slice(0, 10)
}
