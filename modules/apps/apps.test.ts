import { bootTest, houseRules, type TestApp } from '@tessera/core/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Visitor, visitorAs } from '../web/server/visitor.ts'

houseRules('apps')

describe('The apps page', () => {
  let app: TestApp
  let administrator: Visitor
  beforeAll(async () => {
    app = await bootTest(inject('postgresUrl'), ['apps', 'ticket'])
    administrator = await visitorAs(app, 'administrator')
  })
  afterAll(() => app?.close())

  const titles = (html: string) => [...html.matchAll(/class="apps-open"[^>]*>([^<]*)</g)].map(([, title]) => title)

  it('lists the modules with how they stand, and counts them by that', async () => {
    const { status, html } = await administrator.get('/apps')
    expect(status).toBe(200)
    expect(titles(html)).toEqual(['Apps', 'Conversations', 'Partners', 'Staff screens', 'Ticket desk', 'Users and settings'])
    expect(html).toMatch(/All <span class="muted">6</)
    expect(html).toMatch(/Not installed <span class="muted">0</)
    expect(titles((await administrator.get('/apps?show=absent')).html)).toEqual([])
  })

  it('finds modules by name, by the label of a model and by a field', async () => {
    expect(titles((await administrator.get('/apps?q=desk')).html)).toEqual(['Ticket desk'])
    expect(titles((await administrator.get('/apps?q=Partner+tags')).html)).toEqual(['Partners'])
    expect(titles((await administrator.get('/apps?q=ticket.firstResponseAt')).html)).toEqual([])
    expect(titles((await administrator.get('/apps?q=ticket.subject')).html)).toEqual(['Ticket desk'])
    expect((await administrator.get('/apps?q=nothing+of+the+kind')).html).toContain('No module is like that')
  })

  it('says of a module what it needs, who needs it and what it brings', async () => {
    const { html } = await administrator.get('/apps/partner')
    for (const said of ['Persons and companies', 'Conversations', 'Ticket desk', 'Partner tags', 'partner.list'])
      expect(html).toContain(said)
  })

  it('speaks the reader’s language: titles, summaries, what a module brings and its permissions', async () => {
    const french = await visitorAs(app, 'administrator', { language: 'fr' })
    expect(titles((await french.get('/apps')).html)).toContain('Guichet des demandes')
    expect(titles((await french.get('/apps?q=personnes+et+les+entreprises')).html)).toEqual(['Partenaires'])
    const { html } = await french.get('/apps/base')
    for (const said of ['Utilisateurs et réglages', 'Modèles', 'Utilisateurs', 'Ce qu’en dit son auteur', 'Lire'])
      expect(html).toContain(said)
    expect(html).not.toContain('base.explain.')
    for (const said of ['Pièces jointes', 'Réessayer et Abandonner', 'Les fichiers d’un enregistrement', 'donner un rôle à un utilisateur'])
      expect(html).toContain(said)
    expect((await french.get('/settings')).html).toContain('Taille maximale d’un fichier (Mo)')
    const arabic = await visitorAs(app, 'administrator', { language: 'ar' })
    expect(titles((await arabic.get('/apps')).html)).toContain('مكتب الطلبات')
  })

  it('shows what a module’s author says of it, and leads to its screens', async () => {
    const { html } = await administrator.get('/apps/ticket')
    expect(html).toMatch(/class="apps-places"><li><a class="button" href="\/tickets"/)
    expect(html).toMatch(/class="apps-readme"[^>]*><h3>ticket<\/h3>/)
    for (const part of ['Models', 'Screens', 'Permissions', 'Menu entries']) expect(html).toContain(`<b>${part}</b>`)
    expect(html).toContain('Ticket: form')
  })

  it('is for administrators in person: neither for a manager nor for a key', async () => {
    const manager = await visitorAs(app, 'manager')
    for (const path of [
      '/apps',
      '/apps/ticket',
      '/apps/ticket/uninstall',
      '/apps/ticket/uninstall/plan',
      '/apps/operations',
      '/apps/leftovers',
    ])
      expect([path, (await manager.get(path)).status]).toEqual([path, 403])
    expect((await manager.post('/apps/ticket/uninstall', { digest: 'x', typed: 'ticket' })).status).toBe(403)
    expect((await manager.get('/apps')).html).not.toContain('href="/apps"')
    const { identity } = await app.servicesFor({ door: 'system' })
    const { id } = await identity.createUser({ email: 'key@example.org', name: 'Key', roles: ['administrator'] })
    const { key } = await identity.createKey(id, 'CI')
    const answer = await fetch(`${await app.listen()}/apps`, { headers: { authorization: `Bearer ${key}` }, redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in?next=%2Fapps'])
  })

  it('takes no name and no verb that is none', async () => {
    for (const name of ['..%2F..', '--yes', '-h', 'no-such-module', '%00'])
      expect((await administrator.get(`/apps/${name}/install`)).status).toBe(404)
    expect((await administrator.get('/apps/tickte')).html).toContain('There is no module &quot;tickte&quot; here.')
    expect((await administrator.get('/apps/ticket/explode')).html).toContain('Nothing that is called &quot;explode&quot; can be done')
    for (const id of ['x', '00000000-0000-0000-0000-000000000000'])
      expect((await administrator.get(`/apps/operations/${id}`)).status).toBe(404)
  })

  it('says in a sentence that an application without a deployment cannot change its modules', async () => {
    const sentence = 'started without the folder of a deployment'
    expect(await administrator.get('/apps/ticket/uninstall')).toMatchObject({ status: 200, html: expect.stringContaining(sentence) })
    expect(await administrator.get('/apps/ticket/uninstall/plan')).toMatchObject({ status: 422, html: expect.stringContaining(sentence) })
    expect(await administrator.post('/apps/ticket/uninstall')).toMatchObject({ status: 422, html: expect.stringContaining(sentence) })
    expect((await administrator.get('/apps/operations')).html).toContain('Nothing has been done with the modules yet')
  })
})
