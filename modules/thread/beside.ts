/** What stands beside the messages of a record: who follows it, what is to be done about it, and a way to plan something. */
import { staff, User } from '@tessera/base'
import type { ServiceClass, Services } from '@tessera/core'
import { initialsOf, type OfferedText, type RecordAbout, type SayingAbout, type TalkParts, templates, toneOf } from '@tessera/web'
import { Activity } from './activity.model.ts'
import { ActivityType } from './activity-type.model.ts'
import { activityRow, today } from './due.ts'
import { Follower } from './follower.model.ts'
import { tieTo } from './place.ts'
import { SavedReply } from './saved-reply.model.ts'

/** Without a script all stand below each other. */
const mostListed = 50

export const render = templates(new URL('templates/', import.meta.url))

export const besideMessages = (Client: ServiceClass<Services['client']>): ServiceClass<Services['client']> =>
  class extends Client {
    readonly #services: Services
    constructor(services: Services) {
      super(services)
      this.#services = services
    }

    override async savedReplies(about: SayingAbout, chosen?: string): Promise<readonly OfferedText[]> {
      const { savedReplies } = this.#services
      if (chosen === undefined) return savedReplies.offered(about, '', mostListed)
      const reply = await savedReplies.one(about, chosen)
      return reply ? [reply] : []
    }

    override async beside(about: RecordAbout): Promise<TalkParts> {
      const parts = await super.beside(about)
      const { app, context } = this.#services
      if (!context.caller.ability.has(staff) || context.caller.id === null) return parts
      const [followers, activities, tab] = await Promise.all([
        followersOf(this.#services, about),
        activitiesOf(this.#services, about),
        scheduling(this.#services, about),
      ])
      return {
        head: [...parts.head, ...followers],
        above: [...parts.above, ...activities],
        tabs: [...parts.tabs, ...tab],
        ...(context.caller.ability.possible('read', app.models.of(SavedReply)) && {
          replies: `/talk/${about.model.path}/${about.id}/replies`,
        }),
        ...(followers.length > 0 && { people: `/talk/${about.model.path}/${about.id}/people` }),
      }
    }
  }

async function followersOf(services: Services, { model, id, csrf }: RecordAbout): Promise<readonly string[]> {
  const { app, context, records } = services
  const field = tieTo(app, Follower, model)
  if (field === undefined || !context.caller.ability.possible('read', app.models.of(Follower))) return []
  const { rows } = await records.query(Follower, {
    fields: ['user'],
    where: { [field]: id } as never,
    order: { createdAt: 'asc' },
    limit: 100,
  })
  const people = rows.map(({ user }) => ({ id: user.id, name: user.label, initials: initialsOf(user.label), tone: toneOf(user.label) }))
  const me = context.caller.id
  return [
    render(
      'followers',
      {
        csrf,
        action: `/talk/${model.path}/${id}`,
        count: people.length,
        follows: people.some((each) => each.id === me),
        people: people.map((each) => ({ ...each, isMe: each.id === me })),
      },
      services,
    ),
  ]
}

async function activitiesOf(services: Services, { model, id, joined, csrf }: RecordAbout): Promise<readonly string[]> {
  const { activities, app, context } = services
  if (!context.caller.ability.possible('read', app.models.of(Activity))) return []
  const open = await activities.open(model, [id, ...joined])
  if (open.length === 0) return []
  return [
    render(
      'activities',
      {
        csrf,
        back: `/${model.path}/${id}`,
        activities: open.map((each) => activityRow(each, services)),
      },
      services,
    ),
  ]
}

async function scheduling(services: Services, { model, id, csrf }: RecordAbout): Promise<TalkParts['tabs']> {
  const { app, context, records, text } = services
  if (tieTo(app, Activity, model) === undefined || !context.caller.ability.possible('create', app.models.of(Activity))) return []
  const [types, people] = await Promise.all([
    records.query(ActivityType, { fields: ['name'], order: { rank: 'asc' }, limit: 50, offered: true }),
    colleaguesOffered(services),
  ])
  const me = context.caller.id
  const content = render(
    'schedule',
    {
      csrf,
      types: types.rows.map(({ id: value, name }) => ({ value, label: name })),
      people: people.map((each) => ({ ...each, isMe: each.value === me })),
      today: today(context),
    },
    services,
  )
  return [
    { name: 'activity', label: text('thread.activity'), icon: 'calendar-event', action: `/talk/${model.path}/${id}/activities`, content },
  ]
}

/** The reader himself and the colleagues whom he sees; whether one may read the record is asked of the one that was chosen. */
async function colleaguesOffered({ app, context, records }: Services) {
  const { id: me, name, ability } = context.caller
  const others = ability.possible('read', app.models.of(User))
    ? (await records.query(User, { fields: ['name'], where: { active: true, staff: true }, order: { name: 'asc' }, limit: 100 })).rows
    : []
  return [{ value: me, label: name }, ...others.filter(({ id }) => id !== me).map((each) => ({ value: each.id, label: each.name }))]
}
