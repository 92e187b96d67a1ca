/** What an operation did: its steps with the time that each took, and the plan that was agreed to. */
import { type Course, type Progress, type Services, saying } from '@tessera/core'
import { declaredModel } from './plan-declared.ts'
import { schemaModel } from './plan-schema.ts'

export function courseModel(services: Services, { endedAt }: Progress, { plan, steps }: Course) {
  const { text, context } = services
  const seconds = new Intl.NumberFormat(context.locale, { maximumFractionDigits: 1 })
  return {
    steps: steps.map(({ doing, at }, index) => {
      const until = steps[index + 1]?.at ?? endedAt ?? at
      const took = (until.getTime() - at.getTime()) / 1000
      return { doing: doingIn(services, doing), took: took < 0.05 ? undefined : text('apps.seconds', { seconds: seconds.format(took) }) }
    }),
    stepsLabel: text('apps.steps', { count: steps.length }),
    plan: plan && {
      ...schemaModel(services, plan),
      groups: declaredModel(services, plan),
    },
  }
}

/** A step in the reader's words: a change of the schema with what it is about, or one of the few that have a name of their own. */
export function doingIn({ text }: Services, doing: string): string {
  const [, verb, what, where = ''] =
    /^(create|drop|add|change|rename|remove) (table|column|index|constraint|rows)\b ?(.*)$/.exec(doing) ?? []
  if (verb !== undefined) return `${text(`apps.kind_${verb}_${what}`)} ${where}`.trim()
  const slug = doing.toLowerCase().replaceAll(/[^a-z]+/g, '_')
  return saying({ text })(`apps.doing_${slug}`, doing)
}
