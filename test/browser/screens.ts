/** Every screen that a browser can open, with somebody who may: for the proof that each is open to everybody. */
import { Team, User } from '@tessera/base'
import { type Composition, page as declarePage, defineModule, type Services } from '@tessera/core'
import { NotificationTemplate } from '@tessera/notifications'
import { Partner } from '@tessera/partner'
import { Holiday, SlaPolicy, WorkingHours, workingHours } from '@tessera/sla'
import { Activity, SavedReply } from '@tessera/thread'
import { close, merge, priority, Ticket, type } from '@tessera/ticket'
import web from '@tessera/web'
import type { Page } from 'playwright-core'
import { SavedView } from '../../modules/web/saved-view.model.ts'

/** Whose browser it is: each has one. */
export type Who = 'root' | 'agent' | 'customer' | 'nobody'

export interface Screen {
  readonly name: string
  readonly path: string
  /** `root` has every role of the staff. */
  readonly who?: Who
  /** What somebody does there until the screen is what it is about. */
  readonly reach?: (page: Page) => Promise<unknown>
}

/** What cannot be shown by our own modules, since nothing in them is broken. */
const faults = defineModule({
  name: 'faults',
  depends: [web],
  pages: [
    declarePage('GET /faults/broken', {
      may: 'anybody',
      respond: () => {
        throw new Error('This page is there to be broken.')
      },
    }),
  ],
})

export const modules = [
  'access',
  'apps',
  'assignment-rules',
  'custom',
  'notifications',
  'oidc',
  'portal',
  'reporting',
  'sla',
  'ticket',
  faults,
] as const

/** Addresses that answer with a file, a fragment, or lead on: what they show is on the screens that ask for them. */
const noScreens = [
  /^\/$/,
  // Leads back to the profile until somebody has begun.
  /^\/profile\/second-factor/,
  /^\/(events|docs|api|assets|attachments|channels)\b/,
  /\/(latest|plan|name|return)$/,
  /\.css$/,
  /^\/(users\/me|confirm\/with)/,
  /^\/faults/,
]

/** Pages whose address says everything, whatever module brought them, and the list of every menu: new ones are here by themselves. */
export function foundScreens({ menus, models, pages }: Composition): readonly Screen[] {
  const own = pages.flatMap(({ at }) => {
    const path = at.replace('GET ', '')
    return at.startsWith('GET ') && !path.includes(':') && !noScreens.some((each) => each.test(path)) ? [path] : []
  })
  const lists = menus.flatMap(({ opens }) => (opens ? [`/${models.of(opens.model).path}`] : []))
  return [...new Set([...own, ...lists])].map((path) => ({ name: path.slice(1), path, who: whoseIs(path) }))
}

function whoseIs(path: string): Who {
  if (/^\/my(\/|$)/.test(path)) return 'customer'
  return /^\/(sign-in|contact)(\/|$)/.test(path) ? 'nobody' : 'root'
}

export interface Made {
  readonly people: Readonly<Record<Exclude<Who, 'nobody'>, string>>
  /** Those whose addresses are of records, of questions and of what is done on them. */
  readonly screens: readonly Screen[]
}

export async function makeScreens({ identity, invitations, records }: Services): Promise<Made> {
  const user = async (name: string, roles: readonly string[]) =>
    (await identity.createUser({ email: `${name.split(' ')[0]!.toLowerCase()}@example.org`, name, roles })).id
  const people = {
    root: await user('Ruth Okello', ['administrator', 'manager', 'agent']),
    agent: await user('Amara Diallo', ['agent']),
    customer: await user('Marta Oyelaran', ['customer']),
  }
  const company = (await records.create(Partner, { name: 'Larkfield Water and Sanitation Cooperative', kind: 'company' })).id
  const partner = (await records.create(Partner, { name: 'Marta Oyelaran', email: 'marta@mail.example', company })).id
  await records.create(Partner, { name: 'Fatou Camara', company })
  await records.update(User, people.customer, { partner })
  const [team] = await records.createMany(Team, [{ name: 'Payments and refunds', members: [people.agent, people.root] }, { name: 'Cards' }])
  const subjects = [
    'Payment did not arrive',
    'Card reader refuses the card although it was replaced only last week',
    'Which form do I need',
  ]
  const policy = (
    await records.create(SlaPolicy, {
      name: 'Urgent ones first',
      condition: { priority: { level: 4 } },
      firstResponse: 60,
      resolution: 480,
    })
  ).id
  await records.create(SlaPolicy, { name: 'Everything else', rank: 90, resolution: 2_400, workingHours: workingHours.office })
  const hours = (await records.find(WorkingHours, { name: 'Monday to Friday, 9 to 17' }))!.id
  await records.create(Holiday, { workingHours: hours, day: '2026-12-25', name: 'Christmas Day' })
  const tickets: string[] = []
  for (let at = 0; at < 18; at++)
    tickets.push(
      (
        await records.create(Ticket, {
          subject: `${subjects[at % 3]}${at < 3 ? '' : ` (${at})`}`,
          description: 'It worked until Monday.\n\nSince then nothing happens when I send the form.',
          partner,
          type: at % 2 ? type.complaint : type.inquiry,
          priority: at % 5 ? priority.medium : priority.urgent,
          team: at % 3 ? (team ?? null) : null,
          assignee: at % 4 ? people.root : null,
        })
      ).id,
    )
  const [ticket, , done] = tickets as [string, string, string]
  await records.act(close, done, {})
  const [merged, remaining] = tickets.slice(-2) as [string, string]
  await records.act(merge, merged, { into: remaining })
  for (let at = 0; at < 6; at++)
    await records.create(Activity, { summary: `Call about the card ${at}`, due: `2026-03-1${at % 3}`, user: people.root, ticket })
  const { id: saved } = await records.create(SavedReply, {
    name: 'Asked for more',
    body: 'Dear {{partner.name}},\n\nplease tell us what the reader shows when it refuses the card.\n{{me.name}}, {{organisation}}',
  })
  const template = await records.find(NotificationTemplate, { event: 'replied', audience: 'partner' })
  const waiting = await invitations.invite({ email: 'wait@example.org', name: 'Wanda Wait', roles: [] })
  const link = await identity.createLink(people.agent, 'sign-in')
  const record = `/tickets/${ticket}`
  const some = `where=${encodeURIComponent(JSON.stringify({ $or: [{ priority: { code: 'urgent' } }, { subject: { $contains: 'card' } }] }))}`
  const nested = { status: { category: 'open' }, $or: [{ assignee: null }, { subject: { $contains: 'card' } }, { tags: { name: 'vip' } }] }

  const by: Readonly<Record<string, string | Omit<Screen, 'name'>>> = {
    'list-filtered': '/tickets?filter=open&sort=-priority,subject&q=card',
    'list-groups': '/tickets?filter=&group=priority,team&open=',
    'list-all': '/tickets?filter=&all=1',
    'list-empty': '/tickets?q=zzz',
    'sla-policy': `/sla-policies/${policy}`,
    'sla-policy-new': '/sla-policies/new',
    'sla-hours': `/working-hours/${hours}`,
    'ticket-merged': `/tickets/${merged}`,
    'ticket-remaining': `/tickets/${remaining}`,
    'merge-one': `${record}/actions/merge`,
    'merge-several': {
      path: '/tickets?filter=open',
      reach: async (page) => {
        // Also on a phone, where rows are cards, and in every language.
        for (const at of [0, 1, 2]) await page.locator('tbody input.pick').nth(at).dispatchEvent('click')
        await page.locator('.selection-bar [formaction$="/merge"]').dispatchEvent('click')
        await page.locator('dialog .one-of').waitFor()
      },
    },
    kanban: '/tickets?view=kanban',
    'kanban-empty': '/tickets?view=kanban&q=zzz',
    graph: '/tickets?view=graph&filter=',
    'graph-line': '/tickets?view=graph&filter=&chart=line&split=priority',
    'graph-pie': '/tickets?view=graph&filter=&by=team&chart=pie',
    'graph-empty': '/tickets?view=graph&filter=&q=zzz',
    pivot: '/tickets?view=pivot&filter=&rows=type,priority',
    'pivot-tags': '/tickets?view=pivot&filter=&rows=tags,priority',
    'pivot-empty': '/tickets?view=pivot&filter=&q=zzz',
    'calendar-month': '/activities?view=calendar&day=2026-03-10',
    'calendar-week': '/activities?view=calendar&span=week&day=2026-03-10',
    'calendar-day': '/activities?view=calendar&span=day&day=2026-03-10',
    'calendar-agenda': '/activities?view=calendar&span=agenda&day=2026-03-08',
    'calendar-empty': '/activities?view=calendar&day=2020-03-10',
    group: '/tickets/group?filter=',
    facet: '/tickets/choose?field=assignee',
    filter: `/tickets/filter?back=${encodeURIComponent(`/tickets?filter=&${some}`)}`,
    'filter-nested': `/tickets/filter?back=${encodeURIComponent(`/tickets?filter=&where=${encodeURIComponent(JSON.stringify(nested))}`)}`,
    columns: '/tickets/columns',
    export: {
      path: '/tickets/export/choose',
      // With the fields of what a ticket leads to.
      reach: (page) =>
        page.locator('details').evaluateAll((all) => {
          for (const each of all) each.setAttribute('open', '')
        }),
    },
    'view-save': '/tickets/views/save?filter=open',
    'view-edit': {
      path: '/tickets/views/save?filter=open',
      reach: async (page) => {
        await page.locator('input[name="name"]').fill('Open ones of the month')
        await submit(page, page.locator('form').filter({ has: page.locator('input[name="name"]') }))
        const view = await records.find(SavedView, { name: 'Open ones of the month' })
        await page.goto(`/tickets/views/${view?.id}/edit`)
      },
    },
    import: '/partners/import',
    'import-match': { path: '/partners/import', reach: choosePeople },
    'import-tested': {
      path: '/partners/import',
      reach: async (page) => {
        await choosePeople(page)
        await page.locator('button[value="test"]').click()
        await page.locator('.import-result').waitFor()
      },
    },
    form: record,
    'form-done': `/tickets/${done}`,
    'form-new': '/tickets/new',
    'form-duplicate': `/tickets/new?copy=${ticket}`,
    'form-wrong': { path: '/tickets/new', reach: (page) => submit(page, page.locator('form#record')) },
    'form-conflict': {
      path: `/partners/${company}`,
      reach: async (page) => {
        await records.update(Partner, company, { name: `Larkfield Water ${Date.now() % 1000}` })
        await page.locator('form#record [name="name"]').fill('Larkfield')
        await submit(page, page.locator('form#record'))
        await page.locator('.conflict').waitFor()
      },
    },
    lines: `/partners/${company}`,
    'lines-new': '/partners/new',
    history: `${record}?history=all`,
    'reply-new': '/saved-replies/new',
    'reply-saved': `/saved-replies/${saved}`,
    'replies-offered': {
      path: record,
      reach: async (page) => {
        await page.locator('form.saying textarea').first().click()
        await page.keyboard.type('/')
        await page.locator('.text-offers').waitFor()
      },
    },
    action: `${record}/actions/close`,
    delete: `/partners/${company}/delete`,
    selection: { path: '/tickets?filter=', reach: (page) => select(page) },
    'bulk-edit': { path: '/tickets?filter=', reach: (page) => withSelected(page, 'edit') },
    'bulk-delete': { path: '/tickets?filter=', reach: (page) => withSelected(page, 'delete') },
    'bulk-run': {
      path: '/tickets?filter=&q=card',
      reach: async (page) => {
        await withSelected(page, 'actions/close')
        const answered = page.waitForResponse((answer) => answer.request().method() === 'POST')
        await page.locator('dialog[open] form button.primary').click()
        await answered
      },
    },
    palette: {
      path: record,
      reach: async (page) => {
        await page.keyboard.press('Control+k')
        await page.locator('.palette-input').fill('p')
        await page.locator('.palette-entry mark').first().waitFor()
      },
    },
    hotkeys: {
      path: '/tickets',
      reach: async (page) => {
        await page.keyboard.press('?')
        await page.locator('dialog[open]').waitFor()
      },
    },
    bell: {
      path: '/partners',
      reach: async (page) => {
        await page.locator('[data-bell]').first().click()
        await page.locator('.bell .popup').first().waitFor()
      },
    },
    'user-menu': {
      path: '/partners',
      reach: async (page) => {
        const places = page.locator('[popovertarget="side"]')
        if (await places.isVisible()) await places.click()
        await page.locator('.side-user summary').click()
      },
    },
    search: '/search?q=card',
    'search-nothing': '/search?q=zzzz',
    user: `/users/${people.agent}`,
    'user-sign-in': `/users/${people.agent}/sign-in`,
    invited: `/users/${waiting.user}/sign-in`,
    role: '/access/roles/agent?model=ticket&action=update',
    compare: '/access/roles/compare?left=agent&right=manager',
    explain: `/access/explain?user=amara@example.org&action=update&model=ticket&id=${ticket}&who=1`,
    'apps-module': '/apps/ticket',
    'apps-plan': '/apps/portal/uninstall',
    'apps-install': '/apps/spp/install',
    'apps-refused': '/apps/partner/uninstall',
    'apps-none': '/apps?q=nothing+of+the+kind',
    'field-new': '/custom/new?model=ticket',
    provider: '/identity-providers/new',
    rule: `/assignment-rules/new?${some.replace('where', 'condition')}`,
    template: `/notification-templates/${template?.id}`,
    preview: `/notifications/preview/${template?.id}`,
    'report-backlog': '/reports/backlog',
    'report-volume': '/reports/volume?range=30',
    confirm: '/confirm?next=/teams',
    'not-found': '/nothing-here',
    'record-gone': '/tickets/00000000-0000-7000-8000-000000000000',
    forbidden: { path: '/access/roles', who: 'agent' },
    broken: '/faults/broken',
    'too-large': {
      path: '/partners/new',
      reach: async (page) => {
        await page
          .locator('form#record [name="name"]')
          .first()
          .evaluate((input) => Object.assign(input, { value: 'x'.repeat(1_200_000) }))
        await page.locator('form#record').evaluate((form) => (form as unknown as { submit(): void }).submit())
        await page.locator('.error-page, main h1').first().waitFor()
      },
    },
    'my-ticket': { path: `/my${record}`, who: 'customer' },
    'my-done': { path: `/my/tickets/${done}`, who: 'customer' },
    'my-rate': { path: `/my/tickets/${done}/rate`, who: 'customer' },
    'my-new': { path: '/my/tickets/new?type=inquiry', who: 'customer' },
    'my-not-found': { path: '/my/tickets/nothing', who: 'customer' },
    'contact-sent': { path: '/contact/sent?number=T-2026-00001', who: 'nobody' },
    'sign-in-link': { path: `/sign-in/${link}`, who: 'nobody' },
    'sign-in-old': { path: '/sign-in/no-such-link', who: 'nobody' },
    invitation: { path: new URL(waiting.link).pathname, who: 'nobody' },
    'first-run': { path: '/first-run/no-such-link', who: 'nobody' },
  }
  const screens = Object.entries(by).map(([name, about]) => ({ name, ...(typeof about === 'string' ? { path: about } : about) }))
  return { people, screens }
}

/** Sends what was written; the page that answers comes in the place of this one. */
async function submit(page: Page, form: ReturnType<Page['locator']>): Promise<void> {
  await page.locator('main').evaluate((main) => main.setAttribute('data-before', ''))
  await form.evaluate((each) => (each as unknown as { requestSubmit(): void }).requestSubmit())
  await page.locator('main:not([data-before])').waitFor()
}

async function choosePeople(page: Page): Promise<void> {
  const content =
    'External id,Name,Email,Kind,Remark\nC-1,Harbour Library,desk@library.example,Company,old\nC-2,Bob Dow,no address,robot,new\n'
  await page.locator('input[type="file"]').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(content) })
  await page.locator('.import-choose button').click()
  await page.locator('.import-table').waitFor()
}

async function select(page: Page): Promise<void> {
  await page.locator('tbody input[name="id"]').nth(1).waitFor({ state: 'attached' })
  await page.locator('form.list-form').evaluate((form) => {
    for (const box of [...form.querySelectorAll('tbody input[name="id"]')].slice(0, 2)) (box as unknown as { click(): void }).click()
  })
  await page.locator('.selection-bar').waitFor()
}

/** Two rows are chosen, and what can be done to them is asked for. */
async function withSelected(page: Page, verb: string): Promise<void> {
  await select(page)
  const deed = page.locator(`.selection-bar [formaction*="/${verb}"]`)
  if (!(await deed.isVisible())) await page.locator('.selection-bar details > summary').click()
  await deed.click()
  await page.locator('dialog[open]').waitFor()
}
