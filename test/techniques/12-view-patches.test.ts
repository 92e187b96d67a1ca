import type { Model } from '@tessera/core'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import type { Node } from '../../core/view/composed.ts'
import warranty from '../fixtures/technique-12-view-patches.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

let shop: Workshop
beforeAll(async () => {
  shop = await openWorkshop(inject('postgresUrl'), warranty)
})
afterAll(() => shop.app.close())

const screens = (model: Model) => shop.services.app.screens(shop.services.app.models.of(model))
/** The fields in a named group or tab. */
const inside = (name: string): readonly string[] =>
  screens(Ticket)
    .form.of.filter((node): node is Extract<Node, { of: unknown }> => node.node !== 'field' && node.name === name)
    .flatMap(({ of }) => of.flatMap((node) => (node.node === 'field' ? [node.field] : [])))

describe('An addon patches the views of others', () => {
  it('with a tab after another, into which a later patch puts more', () => {
    const tabs = screens(Ticket).form.of.flatMap((node) => (node.node === 'tab' ? [[node.name, node.label]] : []))
    expect(tabs.slice(0, 2)).toEqual([
      ['details', 'Details'],
      ['guarantee', 'Warranty'],
    ])
    expect(inside('guarantee')).toEqual(['warranty', 'mileage'])
  })

  it('with a field in a group, another label, a button before one, and without a field', () => {
    expect(inside('customer')).toContain('partner.city')
    expect(inside('work')).not.toContain('tags')
    expect(screens(Ticket).form.of[0]).toMatchObject({ field: 'subject', label: 'Concern' })
    expect(
      screens(Ticket)
        .form.buttons.map(({ name }) => name)
        .slice(0, 2),
    ).toEqual(['inspect', 'close'])
  })

  it('with a column, and one that is hidden at first', () => {
    const columns = screens(Ticket).list.of
    const names = columns.map(({ field }) => field)
    expect(names[names.indexOf('partner') + 1]).toBe('warranty')
    expect(columns.find(({ field }) => field === 'createdAt')).toMatchObject({ optional: 'hidden' })
  })

  it('with filters that find, and without one', async () => {
    const { services, ask, partner } = shop
    const { filters, facets } = screens(Ticket).search
    expect([...filters.keys()]).toEqual(expect.arrayContaining(['open', 'underWarranty', 'filedByMe']))
    expect(filters.has('urgent')).toBe(false)
    expect(facets).toContain('warranty')
    await ask('POST', '/api/tickets', { subject: 'Gearbox', partner, warranty: 'Two years' })
    await ask('POST', '/api/tickets', { subject: 'Tyres', partner })
    expect(await services.records.count(Ticket, { where: filters.get('underWarranty')!.where })).toBe(1)
    expect(await services.records.count(Ticket, { where: filters.get('filedByMe')!.where })).toBe(2)
  })

  it('with a text that the search of the API looks through', async () => {
    const { body } = await shop.ask('GET', '/api/tickets?q=two+years&fields=subject')
    expect(body.data).toMatchObject([{ subject: 'Gearbox' }])
  })

  it('with a smart button, and without a button', async () => {
    const { links, buttons } = screens(Partner).form
    expect(links).toMatchObject([
      { link: 'tickets', module: 'ticket' },
      { link: 'tickets', label: 'Open tickets', where: { closedAt: null }, module: 'warranty' },
    ])
    expect(buttons).toEqual([])
  })
})
