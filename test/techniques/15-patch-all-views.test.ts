import { defineModule, type Module, patch } from '@tessera/core'
import ticket, { Ticket, TicketTag } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { BootFailure } from '../../core/errors.ts'
import { compose } from '../../core/module/compose.ts'
import { fromDeclarations } from '../../core/module/load.ts'
import type { Node, Screens } from '../../core/view/composed.ts'
import regions from '../fixtures/technique-15-patch-all-views.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

let shop: Workshop
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), regions)
})
afterAll(() => shop.app.close())

const fieldsOf = (nodes: readonly Node[]): readonly string[] =>
  nodes.flatMap((node) => (node.node === 'field' ? [node.field] : fieldsOf(node.of)))
const ofTicket = (...modules: Module[]): Screens => {
  const composition = compose(fromDeclarations(modules))
  return composition.screens(composition.models.of(Ticket))
}
const afterPartner = (fields: readonly string[]): string | undefined => fields[fields.indexOf('partner') + 1]

describe('An addon patches whatever shows tickets, once', () => {
  it('and its field stands after the partner in form, list and kanban', () => {
    const { form, list, kanban } = shop.services.app.screens(shop.services.app.models.of(Ticket))
    expect(afterPartner(fieldsOf(form.of))).toBe('region')
    expect(afterPartner(list.of.map(({ field }) => field))).toBe('region')
    expect(afterPartner(kanban!.card.map(({ field }) => field))).toBe('region')
  })

  it('and the API searches and groups by it', async () => {
    await shop.ask('POST', '/api/tickets', { subject: 'Bridge', partner: shop.partner, region: 'Upper River' })
    expect((await shop.ask('GET', '/api/tickets?q=upper&fields=region')).body.data).toMatchObject([{ region: 'Upper River' }])
    expect((await shop.ask('GET', '/api/tickets/groups?by=region')).body.data).toEqual([{ region: 'Upper River', count: 1 }])
  })

  it('and a view without the anchor stays as it is', () => {
    const patched = patch(Ticket, { form: { after: 'tags', insert: ['createdBy'] }, list: { after: 'tags', insert: ['createdBy'] } })
    const module = defineModule({ name: 'authors', depends: [ticket], views: [patched] })
    expect(fieldsOf(ofTicket(module).form.of)).toContain('createdBy')
    expect(ofTicket(module).kanban!.card.map(({ field }) => field)).not.toContain('createdBy')
  })

  it('and generated views are patched like declared ones', () => {
    const patched = patch(TicketTag, { form: { after: 'name', insert: ['createdBy'] } })
    const module = defineModule({ name: 'authors', depends: [ticket], views: [patched] })
    const composition = compose(fromDeclarations([module]))
    expect(fieldsOf(composition.screens(composition.models.of(TicketTag)).form.of)).toEqual(['name', 'createdBy'])
  })

  it('but an anchor that no view has is refused at boot', () => {
    const patched = patch(Ticket, { list: { after: 'description', insert: ['createdBy'] } })
    const module = defineModule({ name: 'authors', depends: [ticket], views: [patched] })
    try {
      ofTicket(module)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(BootFailure)
      expect((error as BootFailure).problems).toMatchObject([{ code: 'view.unknown_anchor', module: 'authors' }])
    }
  })
})
