/** The English that declarations carry, by code: with it the catalogue of another language can be written, and English needs none. */
import { permissionsOf } from '../access/permissions.ts'
import { inputsOf } from '../action/inputs.ts'
import { fieldAt, type ModelMeta } from '../model/meta.ts'
import { labelFrom } from '../model/naming.ts'
import type { Composition, Of } from '../module/composition.ts'
import type { Settings } from '../module/module.ts'
import type { Node, Screens, Shown } from '../view/composed.ts'
import {
  codeOf,
  filterCode,
  groupCode,
  groupingCode,
  helpCode,
  linkCode,
  optionCode,
  otherwiseCode,
  pluralCode,
  sentenceCode,
  settingCode,
  shownCode,
} from './codes.ts'

type Entries = readonly (readonly [code: string, text: string])[]

/** Everything with a label in a composition: code -> ICU message. */
export function declaredTexts(composition: Omit<Composition, 'texts'>): ReadonlyMap<string, string> {
  const { models, menus, cards, roles, settings, routes, commands } = composition
  return new Map([
    ...models.all.flatMap((model) => [...textsOfModel(model), ...textsOfScreens(model, composition.screens(model))]),
    ...models.all.flatMap((model) =>
      composition
        .actions(model)
        .flatMap((action) => [
          ...named(codeOf(action), action.label, helpCode(action), action.help),
          ...(action.otherwise === undefined ? [] : [[otherwiseCode(action), action.otherwise] as const]),
        ]),
    ),
    ...[...roles.values()].map((role) => [codeOf(role), literal(role.label)] as const),
    ...[...permissionsOf(composition).values()].map((permission) => [codeOf(permission), literal(permission.label)] as const),
    ...menus.map((menu) => [codeOf(menu), literal(menu.label)] as const),
    ...cards.map((card) => [codeOf(card), literal(card.label)] as const),
    ...settings.flatMap(textsOfSettings),
    ...routes.flatMap((route) => (route.summary === undefined ? [] : [[codeOf(route), literal(route.summary)] as const])),
    ...commands.map((command) => [codeOf(command), literal(command.help)] as const),
  ])
}

function textsOfSettings(settings: Of<Settings<unknown>>): Entries {
  const values = inputsOf({ input: settings.schema }).flatMap(({ name, label, help, values: choices }) => {
    const code = settingCode(settings, name)
    return [...named(code, label, `${code}.help`, help), ...choices.map((each) => [`${code}.${each}`, literal(labelFrom(each))] as const)]
  })
  return [[codeOf(settings), literal(settings.label)], ...values]
}

function textsOfModel(model: ModelMeta): Entries {
  const sentences = [...model.checks, ...model.unique].map(([name, rule]) => [sentenceCode(model, name), rule.else] as const)
  const fields = [...model.fields.values()].flatMap((field) => [
    ...named(codeOf(field), field.label, helpCode(field), field.help),
    ...(field.kind === 'scalar'
      ? Object.entries(field.options).map(([value, label]) => [optionCode(field, value), literal(label)] as const)
      : []),
  ])
  return [[codeOf(model), literal(model.label)], [pluralCode(model), literal(model.plural)], ...fields, ...sentences]
}

function textsOfScreens(model: ModelMeta, { form, list, kanban, calendar, search }: Screens): Entries {
  return [
    ...[...search.filters].map(([name, { label }]) => [filterCode(model, name), literal(label)] as const),
    ...search.groups.map((grouping) => [groupingCode(model, grouping), literal(groupingLabel(model, grouping))] as const),
    ...form.of.flatMap((node) => textsOfNode(model, node)),
    ...form.links.flatMap(({ link, label }) => (label === undefined ? [] : [[linkCode(model, link), literal(label)] as const])),
    ...list.of.flatMap((shown) => textOfShown(model, 'list', shown)),
    ...(kanban?.card ?? []).flatMap((shown) => textOfShown(model, 'kanban', shown)),
    ...(calendar?.card ?? []).flatMap((shown) => textOfShown(model, 'calendar', shown)),
  ]
}

/** `createdAt:month`: "Created at, by month"; `author.country`: "Author, country". */
function groupingLabel(model: ModelMeta, grouping: string): string {
  const [path = '', grain] = grouping.split(':')
  const steps = path.split('.')
  const labels = steps.map((_, i) => fieldAt(model, steps.slice(0, i + 1).join('.'))?.label ?? '')
  const label = labels.map((each, i) => (i === 0 ? each : each.charAt(0).toLowerCase() + each.slice(1))).join(', ')
  return grain ? `${label}, by ${grain}` : label
}

function textsOfNode(model: ModelMeta, node: Node): Entries {
  if (node.node === 'field') return textOfShown(model, 'form', node)
  return [[groupCode(model, node.name), literal(node.label)], ...node.of.flatMap((inner) => textsOfNode(model, inner))]
}

function textOfShown(model: ModelMeta, kind: 'form' | 'list' | 'kanban' | 'calendar', { field, label }: Shown): Entries {
  return label === undefined ? [] : [[shownCode(model, kind, field), literal(label)]]
}

function named(code: string, label: string, helpAt: string, help: string | undefined): Entries {
  return help === undefined
    ? [[code, literal(label)]]
    : [
        [code, literal(label)],
        [helpAt, literal(help)],
      ]
}

/** A label is a text, not a message: what looks like ICU is quoted. */
export function literal(label: string): string {
  return /[{}]/.test(label) ? label.replaceAll("'", "''").replace(/[{}]+/g, "'$&'") : label
}
