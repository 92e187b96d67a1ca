/** One operation of a patch, applied to one screen. */
import { didYouMean } from '../check/faults.ts'
import type { Shown } from './composed.ts'
import { boxesIn, type Draft, type DraftBox, type DraftButton, type DraftPart, partsIn } from './draft.ts'
import { type Deed, deed, type ViewScope } from './origins.ts'
import { checkAttributes, checkNames, draftButton, draftParts, isAction, isButton, linkOf } from './parts.ts'
import type { AppliedOperation } from './patch.ts'

/** `names`: whether groups and tabs are anchors too, as in a patch of one view. Reports an anchor that the screen does not have. */
export function applyOperation(scope: ViewScope, draft: Draft, operation: AppliedOperation, names: boolean): void {
  if (operation.place) {
    placeParts(scope, draft, operation.place, operation.insert ?? [])
    return
  }
  if (operation.in !== undefined) {
    insertInto(scope, draft, String(operation.in), operation.insert ?? [], names)
    return
  }
  const word = (['after', 'before', 'replace', 'hide', 'set'] as const).find((each) => operation[each] !== undefined)
  if (!word) {
    scope.report(
      'view.unknown_operation',
      `A patch of the ${draft.kind} of "${draft.model.name}" says neither after, before, in, replace, hide nor set.`,
    )
    return
  }
  const anchor = operation[word]
  const place = placeOf(draft, anchor, names) ?? movedPlace(scope, draft, anchor)
  if (!place) unknownAnchor(scope, draft, word, anchor, names)
  else if (word === 'hide') takeAway(place.part, deed(scope, 'hid'))
  else if (word === 'set') set(scope, draft, place, operation.to ?? {})
  else {
    if (word === 'replace') takeAway(place.part, deed(scope, 'replaced'))
    insertAt(scope, draft, place, word === 'before' ? 0 : 1, (word === 'replace' ? operation.with : operation.insert) ?? [])
  }
}

type Place =
  | { readonly among: 'parts'; readonly list: DraftPart[]; readonly part: DraftPart }
  | { readonly among: 'buttons'; readonly list: DraftButton[]; readonly part: DraftButton }

/** What is shown is found before what a patch has taken away. */
function placeOf(draft: Draft, anchor: unknown, names: boolean): Place | undefined {
  if (isAction(anchor)) {
    const lists = draft.kind === 'form' && draft.conversation ? [draft.buttons, draft.conversation.say] : [draft.buttons]
    const found = lists.flatMap((list) => list.filter(({ action }) => action.name === anchor.name).map((part) => ({ list, part })))
    const place = found.find(({ part }) => !part.gone) ?? found[0]
    return place && { among: 'buttons', ...place }
  }
  const found = partsIn(draft.parts).filter(({ part }) =>
    part.node === 'field' ? part.shown.field === anchor : names && part.name === anchor,
  )
  const place = found.find(({ part }) => !part.gone) ?? found[0]
  return place && { among: 'parts', ...place }
}

/** For one version, a patch may go on calling a part as it was called before. */
function movedPlace(scope: ViewScope, draft: Draft, from: unknown): Place | undefined {
  const to = typeof from === 'string' && Object.hasOwn(draft.moved, from) ? draft.moved[from] : undefined
  if (to === undefined) return undefined
  const { module } = scope
  if (!draft.outdated.some((each) => each.module === module && each.from === from))
    draft.outdated.push({ module, owner: draft.module, from: String(from), to })
  return placeOf(draft, to, true)
}

function takeAway(part: DraftPart | DraftButton, how: Deed): void {
  part.gone = true
  part.deeds.push(how)
}

function set(scope: ViewScope, draft: Draft, { part }: Place, to: Partial<Shown>): void {
  part.deeds.push(deed(scope, 'set', Object.keys(to)))
  if (part.node === 'field') {
    checkAttributes(scope, draft.model, part.shown.field, to as object)
    part.shown = { ...part.shown, ...to }
  } else if (part.node === 'button') part.action = { ...part.action, label: to.label ?? part.action.label }
  else part.label = to.label ?? part.label
}

function insertAt(scope: ViewScope, draft: Draft, place: Place, offset: 0 | 1, inserted: readonly unknown[]): void {
  const { parts, buttons } = drafted(scope, draft, inserted)
  if (place.among === 'parts') {
    place.list.splice(place.list.indexOf(place.part) + offset, 0, ...parts)
    draft.buttons.push(...buttons)
    return
  }
  place.list.splice(place.list.indexOf(place.part) + offset, 0, ...buttons)
  if (parts.length > 0) {
    scope.report(
      'view.misplaced_part',
      `A patch of the ${draft.kind} of "${draft.model.name}" puts a part beside the button "${place.part.action.name}", where only actions can stand.`,
      'Use a field as the anchor.',
    )
  }
}

function insertInto(scope: ViewScope, draft: Draft, name: string, inserted: readonly unknown[], names: boolean): void {
  if (draft.kind === 'form' && name === 'links') {
    draft.links.push(...inserted.map((link) => linkOf(scope, draft.model, link)))
    return
  }
  const box = names ? (boxesIn(draft.parts).find((each) => each.name === name) ?? movedBox(scope, draft, name)) : undefined
  if (!box) {
    unknownAnchor(scope, draft, 'in', name, names)
    return
  }
  const { parts, buttons } = drafted(scope, draft, inserted)
  box.of.push(...parts)
  draft.buttons.push(...buttons)
}

function movedBox(scope: ViewScope, draft: Draft, from: string): DraftBox | undefined {
  const place = movedPlace(scope, draft, from)
  return place?.part.node === 'group' || place?.part.node === 'tab' ? place.part : undefined
}

/** Where `place` says. What is there no longer is no mistake of anybody who could mend it: then it is the end, before the first tab. */
function placeParts(
  scope: ViewScope,
  draft: Draft,
  place: { readonly after?: string; readonly in?: string },
  inserted: readonly unknown[],
): void {
  const { parts } = drafted(scope, draft, inserted)
  const beside = place.after === undefined ? undefined : placeOf(draft, place.after, false)
  const boxes = boxesIn(draft.parts).filter(({ gone }) => !gone)
  const box = boxes.find(({ name }) => name === place.in) ?? boxes.find(({ name }) => name === 'more')
  if (beside?.among === 'parts') beside.list.splice(beside.list.indexOf(beside.part) + 1, 0, ...parts)
  else if (draft.kind !== 'form') draft.parts.push(...parts)
  else if (box) box.of.push(...parts)
  else {
    const tab = draft.parts.findIndex(({ node }) => node === 'tab')
    const more: DraftBox = { node: 'group', name: 'more', label: 'More', of: parts, module: scope.module, deeds: [scope.put], gone: false }
    draft.parts.splice(tab < 0 ? draft.parts.length : tab, 0, more)
  }
}

function drafted(scope: ViewScope, draft: Draft, inserted: readonly unknown[]): { parts: DraftPart[]; buttons: DraftButton[] } {
  const parts = draftParts(
    scope,
    draft.model,
    draft.kind,
    inserted.filter((each) => !isButton(each)),
  )
  checkNames(scope, draft.model, draft.parts, parts)
  const buttons = inserted.filter(isButton).map((action) => draftButton(scope, action))
  if (draft.generated) {
    const fields = new Set(partsIn(parts).flatMap(({ part }) => (part.node === 'field' ? [part.shown.field] : [])))
    const moved = deed(scope, 'moved')
    for (const { part } of partsIn(draft.parts)) if (part.node === 'field' && fields.has(part.shown.field)) takeAway(part, moved)
    for (const button of draft.buttons) if (buttons.some(({ action }) => action.name === button.action.name)) takeAway(button, moved)
  }
  return { parts, buttons }
}

function unknownAnchor(scope: ViewScope, draft: Draft, word: string, anchor: unknown, names: boolean): void {
  const name = isAction(anchor) ? anchor.name : String(anchor)
  const known = isAction(anchor)
    ? draft.buttons.map(({ action }) => action.name)
    : partsIn(draft.parts).flatMap(({ part }) => (part.node === 'field' ? [part.shown.field] : names ? [part.name] : []))
  const what = `${isAction(anchor) ? 'button ' : ''}"${name}"`
  const whose = draft.generated ? `which core makes of the fields of "${draft.module}"` : `which "${draft.module}" declares`
  const sentence = `"${scope.module}" patches the ${draft.kind} of "${draft.model.name}", ${whose} (${word} ${what}); there is no ${what} in it.`
  scope.report('view.unknown_anchor', sentence, didYouMean(name, word === 'in' ? boxesIn(draft.parts).map((box) => box.name) : known))
}
