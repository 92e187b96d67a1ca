/** What a set of modules says about models, rules, actions, routes and services, compared with what there is. */
import type { Permission, Role } from '../access/role.ts'
import { type Action, referencesIn } from '../action/action.ts'
import { checkCondition, checkGiven } from '../check/conditions.ts'
import { checkPath, checkRole, didYouMean, installed, type Scope, scopesOf } from '../check/faults.ts'
import { checkRule, unlistedAction, verbs } from '../check/rules.ts'
import type { BootProblem } from '../errors.ts'
import { isGiven } from '../model/define.ts'
import type { ModelMeta } from '../model/meta.ts'
import { checkFilters } from '../view/searching.ts'
import { checkCards } from './check-cards.ts'
import { checkModels } from './check-models.ts'
import type { Composition, LoadedModule, Of } from './composition.ts'
import { isCron } from './cron.ts'
import type { May, Module } from './module.ts'

/** The boot checks on a composition, but for views (checked while they are composed) and dependencies. What is wrong goes into `problems`. */
export function checkComposition(composition: Composition, problems: BootProblem[]): void {
  const scopes = scopesOf(composition.modules, composition.models, problems)
  checkModels(composition, scopes)
  checkServices(composition.modules, scopes)
  checkRoutes(composition, scopes)
  checkUnique(composition, scopes)
  for (const { declaration } of composition.modules) {
    const scope = scopes(declaration.name)
    checkRules(scope, declaration, composition)
    checkActions(scope, declaration)
    checkMenus(scope, declaration, composition)
    checkCards(scope, declaration, composition)
    checkListeners(scope, declaration, composition)
    checkMigrations(scope, declaration)
    checkJobs(scope, declaration)
  }
}

type Scopes = (module: string) => Scope

function actionNames(composition: Composition, model: ModelMeta): readonly string[] {
  return composition.actions(model).map(({ name }) => name)
}

function checkRules(scope: Scope, declaration: Module, composition: Composition): void {
  for (const declared of declaration.roles)
    for (const implied of declared.implies) checkRole(scope, implied, `The role "${declared.name}" implies`)
  for (const rule of declaration.permissions) {
    checkRole(scope, rule.role, `A rule of "${scope.module}" is about`)
    checkRule(scope, rule.role.name, rule, (model) => actionNames(composition, model))
  }
}

function checkMay(scope: Scope, may: Role | Permission | string | undefined, where: string): void {
  if (typeof may === 'object' && 'implies' in may) checkRole(scope, may, where)
}

function checkActions(scope: Scope, declaration: Module): void {
  for (const action of declaration.actions) {
    const where = `The action "${action.name}" of "${action.model.name}"`
    const model = installed(scope.models, action.model)
    if (!model) {
      scope.report('action.unknown_model', `${where} is for a model that no installed module declares.`)
      continue
    }
    if (verbs.includes(action.name))
      scope.report('action.reserved_name', `${where} has the name of a verb that every model has.`, 'Give it another name.')
    checkCondition(scope, 'action', model, action.when, `when of ${lower(where)}`)
    checkTakes(scope, model, action, where)
    if (action.opens) checkGiven(scope, 'action', model, action.opens, `opens of ${lower(where)}`)
    checkRemains(scope, model, action, where)
  }
}

function checkTakes(scope: Scope, model: ModelMeta, action: Action, where: string): void {
  for (const [field, condition] of Object.entries(action.takes)) {
    if (condition === true) checkPath(scope, 'action', model, field, `${where} takes`)
    else checkCondition(scope, 'action', model, { [field]: condition }, `takes of ${lower(where)}`)
  }
}

function checkRemains(scope: Scope, model: ModelMeta, action: Action, where: string): void {
  const { remains } = action
  if (!remains) return
  checkGiven(scope, 'action', model, remains.among, `remains of ${lower(where)}`)
  if (referencesIn(action).some(([name, { model: of }]) => name === remains.as && of === action.model)) return
  const sentence = `${where} says that what "${remains.as}" names remains, which is no input that refers to a ${model.label.toLowerCase()}.`
  scope.report('action.nothing_remains', sentence, `Add ${remains.as}: ref(…) to its input.`)
}

function lower(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}

function checkMenus(scope: Scope, declaration: Module, composition: Composition): void {
  const known = new Set(composition.modules.flatMap(({ declaration: { menus } }) => menus))
  for (const menu of declaration.menus) {
    const where = `The menu entry "${menu.label}"`
    if (menu.in && !known.has(menu.in))
      scope.report('menu.unknown_parent', `${where} is in "${menu.in.label}", which no installed module lists under menus.`)
    checkMay(scope, menu.may, `${where} is for`)
    if (menu.page !== undefined && !composition.pages.some(({ at }) => at === `GET ${menu.page?.split('?', 1)[0]}`)) {
      const sentence = `${where} opens the page "${menu.page}", which no installed module serves.`
      scope.report('menu.unknown_page', sentence, `List page('GET ${menu.page}', …) under pages of its module.`)
    }
    if (menu.count === true && (!menu.opens || menu.opens.create)) {
      const sentence = `${where} is to show how many records it opens, and opens none.`
      scope.report(
        'menu.counts_nothing',
        sentence,
        'Give it opens: show(Model, { filter: […] }), or count: (services) => … what waits behind it.',
      )
    }
    if (!menu.opens) continue
    const model = installed(scope.models, menu.opens.model)
    if (!model) {
      scope.report(
        'menu.unknown_model',
        `${where} opens the model "${menu.opens.model.name}", which no installed module declares.`,
        'List the model under models, and its module under depends.',
      )
      continue
    }
    const screens = composition.screens(model)
    checkFilters(scope, model, menu.opens.filter, screens.search.filters, where)
    const { as } = menu.opens
    if (screens[as] === undefined) {
      const sentence = `${where} opens the ${as} of "${model.name}", which no installed module declares.`
      scope.report('menu.unknown_view', sentence, `List ${as}(…) of the model under views, or open its list.`)
    }
    for (const field of Object.keys(menu.opens.create ?? {})) checkPath(scope, 'menu', model, field, `${where} fills in`)
  }
}

function checkListeners(scope: Scope, declaration: Module, composition: Composition): void {
  for (const { when, model: handle, trigger } of declaration.events) {
    const where = `A listener (${when}) of "${scope.module}"`
    const model = installed(scope.models, handle)
    if (!model) scope.report('event.unknown_model', `${where} waits for the model "${handle.name}", which no installed module declares.`)
    else if (typeof trigger !== 'string')
      for (const field of trigger) checkPath(scope, 'event', model, field, `${where} waits for a change of`)
    else {
      const known = ['create', 'update', 'delete', ...actionNames(composition, model)]
      if (!known.includes(trigger)) {
        scope.report(
          'event.unknown_trigger',
          `${where} waits for "${trigger}", which is no verb or action of "${model.name}".`,
          didYouMean(trigger, known) ?? unlistedAction,
        )
      }
    }
  }
}

function checkMigrations(scope: Scope, declaration: Module): void {
  for (const { name, model: handle, backfill } of declaration.migrations) {
    const where = `The migration "${name}"`
    const model = installed(scope.models, handle)
    if (!model) {
      scope.report('migration.unknown_model', `${where} changes the model "${handle.name}", which no installed module declares.`)
      continue
    }
    if (!backfill) continue
    checkCondition(scope, 'migration', model, backfill.where, `where of ${lower(where)}`)
    for (const [path, value] of Object.entries(backfill.set)) {
      const field = checkPath(scope, 'migration', model, path, `${where} fills in`)
      if (field && (field.kind === 'many' || field.column === undefined || path.includes('.')))
        scope.report('migration.no_column', `${where} fills in "${path}" of "${model.name}", which is not stored in a column of it.`)
      if (isGiven(value)) checkGiven(scope, 'migration', model, value, `${where}, for "${path}",`)
    }
  }
}

function checkJobs(scope: Scope, declaration: Module): void {
  for (const { name, every } of declaration.jobs) {
    if (every === undefined || isCron(every)) continue
    scope.report(
      'job.wrong_schedule',
      `The job "${name}" is to run every "${every}", which is no cron expression.`,
      'Write minute, hour, day of the month, month and day of the week: "0 3 * * *" is every day at three, UTC.',
    )
  }
}

/** What every set of services holds before any module adds one. */
const ofCore = ['context', 'records', 'asSystem', 'app', 'jobs', 'text']

function checkServices(modules: readonly LoadedModule[], scopes: Scopes): void {
  const owners = new Map(ofCore.map((name) => [name, 'core']))
  for (const { declaration } of modules) {
    for (const name of Object.keys(declaration.services)) {
      const owner = owners.get(name)
      if (owner === undefined) owners.set(name, declaration.name)
      else {
        const sentence = `The service "${name}" is provided by "${owner}" and by "${declaration.name}".`
        scopes(declaration.name).report('service.duplicate', sentence, 'Change an existing service with overrides, or choose another name.')
      }
    }
  }
  for (const { declaration } of modules) {
    for (const name of Object.keys(declaration.overrides)) {
      if (owners.has(name) && !ofCore.includes(name)) continue
      const sentence = `"${declaration.name}" overrides the service "${name}", which no installed module provides.`
      scopes(declaration.name).report('service.override_of_nothing', sentence, didYouMean(name, owners.keys()))
    }
  }
}

function checkRoutes(composition: Composition, scopes: Scopes): void {
  const routes = new Map(composition.models.all.filter(({ exposed }) => exposed).flatMap((model) => generatedRoutes(model)))
  checkEach('route', composition.routes, routes, scopes)
  checkEach('page', composition.pages, new Map(), scopes)
}

function checkEach(
  what: 'route' | 'page',
  all: readonly Of<{ readonly at: string; readonly may: May }>[],
  taken: Map<string, string>,
  scopes: Scopes,
): void {
  for (const { at, may, module } of all) {
    const scope = scopes(module)
    // Left out in JavaScript, or in a cast: the compiler asks for it.
    if (may === undefined) {
      scope.report(
        'route.no_permission',
        `The ${what} "${at}" of "${module}" does not say who may come through.`,
        `Give it may: a role, a permission, 'signed-in' or 'anybody'.`,
      )
    } else checkMay(scope, may, `The ${what} "${at}" is for`)
    const shape = at.replace(/:\w+/g, ':')
    const other = taken.get(shape)
    if (other === undefined) taken.set(shape, `"${module}"`)
    else scope.report('route.duplicate', `The ${what} "${at}" of "${module}" is served already by ${other}.`, 'Choose another path.')
  }
}

function generatedRoutes({ name, path }: ModelMeta): [string, string][] {
  const shapes = [`GET /${path}`, `POST /${path}`, `GET /${path}/groups`, `GET /${path}/:`, `PATCH /${path}/:`, `DELETE /${path}/:`]
  return shapes.map((shape) => [shape, `the generated API of "${name}"`])
}

/** Names by which the database or the command line finds things again. */
function checkUnique(composition: Composition, scopes: Scopes): void {
  for (const [what, all] of [
    ['job', composition.jobs],
    ['command', composition.commands],
  ] as const) {
    const owners = new Map<string, string>()
    for (const { name, module } of all) {
      const owner = owners.get(name)
      if (owner === undefined) owners.set(name, module)
      else
        scopes(module).report(
          `${what}.duplicate`,
          `The ${what} "${name}" is declared by "${owner}" and by "${module}".`,
          'Give one of them another name.',
        )
    }
  }
  for (const model of composition.models.all) {
    const owners = new Map<string, string>()
    for (const { name, module } of composition.actions(model)) {
      const owner = owners.get(name)
      if (owner === undefined) owners.set(name, module)
      else {
        const sentence = `The action "${name}" of "${model.name}" is declared by "${owner}" and by "${module}".`
        scopes(module).report('action.duplicate', sentence, 'Give one of them another name.')
      }
    }
  }
  const roles = new Map<string, { readonly role: Role; readonly module: string }>()
  for (const { declaration } of composition.modules) {
    for (const role of declaration.roles) {
      const owner = roles.get(role.name)
      if (!owner) roles.set(role.name, { role, module: declaration.name })
      else if (owner.role !== role) {
        const sentence = `The role "${role.name}" is declared by "${owner.module}" and by "${declaration.name}".`
        scopes(declaration.name).report('role.duplicate', sentence, 'Import the existing role, or choose another name.')
      }
    }
  }
}
