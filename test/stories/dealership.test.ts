/**
 * The document "Support Ticket System", row by row, in its own words. Once with the dealership alone, and once with the addon for
 * social protection beside it: neither disturbs the other.
 */
import { Message } from '@tessera/thread'
import { status, Ticket, TicketStatus } from '@tessera/ticket'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { AuthorizedVehicle, Branch, dealerType, RecallFinding, SscRecord } from '../../addons/dealership/index.ts'
import { visitorAs, wordsOf } from '../../modules/web/server/visitor.ts'
import { type Answer, openWorld, type Part, type World } from './dealership.world.ts'

const desk = ['web', 'portal', 'notifications', 'dealership']

describe.each([
  { what: 'the dealership alone', modules: desk },
  { what: 'both addons', modules: [...desk, 'spp'] },
])('With $what', ({ modules }) => {
  let world: World
  beforeAll(async () => {
    world = await openWorld(inject('postgresUrl'), modules)
  })
  afterAll(() => world?.app.close())

  const contact = { name: 'Omar', lastName: 'Saleh', phone: '+964 770 555 0100', email: 'omar.saleh@mail.example' }
  const ticketOf = ({ body }: Answer) => world.system.records.get(Ticket, body.id)
  const file = (path: string, body: object, part: Part = 'website', headers: Record<string, string> = {}) =>
    world.ask(part, 'POST', `/api/intake/${path}`, { ...contact, ...body }, headers)
  const later = (days: number) => new Date(Date.now() + days * 86_400_000)
  const day = (days: number) => later(days).toISOString().slice(0, 10)
  const newTicket = (values: object = {}) =>
    world.system.records.create(Ticket, { subject: 'A question', partner: world.partner, type: dealerType.general_inquiry, ...values })
  /** A customer of his own in a browser without a script. */
  const customer = async () => {
    const visitor = await visitorAs(world.app, 'customer', { partner: world.partner })
    await visitor.get('/my')
    return visitor
  }
  const filedBy = async (values: Record<string, string>) => {
    const visitor = await customer()
    const choice = await visitor.get('/my/tickets/new')
    const answer = await visitor.post('/my/tickets/new', { subject: 'From the portal', description: 'Please.', ...values })
    expect(wordsOf(answer.html), answer.html).toBe('')
    const ticket = await world.system.records.get(Ticket, answer.location.split('/').at(-1)!)
    return { ticket, choice: wordsOf(choice.html), page: wordsOf((await visitor.get(answer.location)).html), visitor }
  }
  /** Filed by the staff of a dealer and of the distributor, as their forms do it. */
  const staffFile = async (type: string, values: object) => {
    for (const part of ['dealer', 'distributor'] as const) {
      const caller = await world.ask(part, 'POST', '/api/partners', { name: 'Somebody on the phone' })
      const filed = await world.ask(part, 'POST', '/api/tickets', {
        subject: 'On the phone',
        partner: caller.body.id,
        type: { code: type },
        ...values,
      })
      expect([part, filed.status, filed.body.errors]).toEqual([part, 201, undefined])
      expect((await ticketOf(filed)).type).toMatchObject({ code: type })
    }
  }
  const sees = async (part: Part, id: string) => (await world.ask(part, 'GET', `/api/tickets/${id}`)).status === 200
  const levelOf = async (id: string) => (await world.ask('distributor', 'GET', `/api/tickets/${id}`)).body.dealerLevel

  it('A centralized ticketing system that accepts inquiries and routes them to the appropriate dealer or distributor departments for resolution.', async () => {
    const filed = await file('test-drives', { vehicle: 'Corolla Cross', companyBranchId: 202, date: day(3), time: '10:00' })
    expect(filed.status).toBe(201)
    const { id } = filed.body
    expect(await levelOf(id)).toBe('branch')
    expect(await sees('branch', id)).toBe(true)
    expect(await sees('otherDealer', id)).toBe(false)
    expect((await world.ask('branch', 'POST', `/api/tickets/${id}/reply`, { body: 'See you on Monday.' })).status).toBe(200)
    expect((await world.ask('branch', 'POST', `/api/tickets/${id}/close`, {})).body).toMatchObject({ status: { label: 'Resolved' } })
  })

  describe('There are five main types of tickets that can be created by users (Customers, Dealer, or Distributor Staff):', () => {
    it('General Inquiry: Requests for general information, complaints, or other feedback.', async () => {
      const answer = await file('general-inquiries', {
        message: 'Do you have wipers?',
        generalTicketType: 'part inquiry',
        preferredContactTime: 'morning',
      })
      expect(answer.status).toBe(201)
      expect(await ticketOf(answer)).toMatchObject({
        type: { code: 'general_inquiry' },
        subject: 'General inquiry: part inquiry',
        description: 'Do you have wipers?',
        dealerTopic: 'part inquiry',
        dealerContactTime: 'morning',
        partner: { name: 'Omar Saleh', email: 'omar.saleh@mail.example', phone: '+9647705550100' },
      })
      const { ticket, choice } = await filedBy({ type: 'general_inquiry', dealerTopic: 'sales campaign' })
      expect(choice).toContain('General Inquiry')
      expect(ticket).toMatchObject({ dealerTopic: 'sales campaign', dealerCompany: null })
      await staffFile('general_inquiry', { dealerTopic: 'feedback' })
    })

    it('Vehicle Quotation: Requests for a quotation for buying, selling, or trading a specific vehicle model.', async () => {
      for (const kind of ['buy', 'sell', 'trade']) {
        const answer = await file('vehicle-quotations', {
          vehicle: 'Land Cruiser',
          vehicleQuotationType: kind,
          preferredPaymentMethod: 'instalments',
          ownVehicle: true,
          currentOrTradeInVehicle: 'yes, to trade in',
          currentVehicleBrand: 'Kia',
          currentVehicleModel: 'Rio 2015',
        })
        expect(answer.status).toBe(201)
        expect(await ticketOf(answer)).toMatchObject({
          type: { code: 'vehicle_quotation' },
          dealerVehicle: 'Land Cruiser',
          dealerQuotation: kind,
          dealerPayment: 'instalments',
          dealerOwnVehicle: 'yes',
          dealerCurrentVehicle: 'yes, to trade in',
          dealerCurrentBrand: 'Kia',
          dealerCurrentModel: 'Rio 2015',
        })
      }
      expect((await file('vehicle-quotations', { vehicle: 'Yaris', vehicleQuotationType: 'rent' })).body.errors).toMatchObject([
        { field: 'vehicleQuotationType' },
      ])
      const { ticket } = await filedBy({ type: 'vehicle_quotation', dealerQuotation: 'trade', dealerVehicle: 'Yaris' })
      expect(ticket).toMatchObject({ dealerQuotation: 'trade', dealerVehicle: 'Yaris' })
      const without = { subject: 'A price', partner: world.partner, type: { code: 'vehicle_quotation' } }
      expect(
        (await world.ask('distributor', 'POST', '/api/tickets', without)).body.errors.map((each: { field: string }) => each.field).sort(),
      ).toEqual(['dealerQuotation', 'dealerVehicle'])
      await staffFile('vehicle_quotation', { dealerQuotation: 'buy', dealerVehicle: 'Hilux' })
    })

    it('SSC Inquiry: Inquiries about the SSC information for an Unauthorized Vehicle.', async () => {
      const vin = '1M8GDM9AXKP042788'
      const lookedUp = await world.ask('website', 'GET', `/api/ssc/${vin}`)
      expect(lookedUp.body).toEqual({ vin, authorized: false, answered: false, concerned: null })
      const answer = await file('ssc-inquiries', { vin: '1m8gdm9axkp042788' })
      expect(answer.status).toBe(201)
      const { id } = answer.body
      expect(await ticketOf(answer)).toMatchObject({ type: { code: 'ssc_inquiry' }, dealerVin: vin, status: { code: 'new' } })

      // Staff check by hand, record what they found, and resolve.
      for (const recall of [
        { code: '21TA04', description: 'Fuel pump may stop', repaired: false },
        { code: '19SB02', description: 'Airbag inflator', repaired: true },
      ])
        expect((await world.ask('distributor', 'POST', '/api/recall-findings', { ticket: id, ...recall })).status).toBe(201)
      expect((await world.ask('distributor', 'POST', `/api/tickets/${id}/close`, {})).status).toBe(200)
      const { rows } = await world.system.records.query(Message, { fields: ['body', 'kind', 'sender'], where: { ticket: id } })
      expect(rows).toMatchObject([{ kind: 'public', sender: 'staff' }])
      expect(rows[0]?.body).toContain('21TA04: Fuel pump may stop (not repaired yet)')
      expect(rows[0]?.body).toContain('19SB02: Airbag inflator (repaired)')

      // The requester is told: by mail, and where he follows his ticket.
      const { body: mails } = await world.ask('administrator', 'GET', '/api/outbox-messages?limit=200')
      const told = JSON.stringify(mails)
      expect(told).toContain('omar.saleh@mail.example')
      const { ticket, page, visitor } = await filedBy({ type: 'ssc_inquiry', dealerVin: vin })
      expect(page).toContain('We have received it')
      await world.ask('distributor', 'POST', `/api/tickets/${ticket.id}/close`, {})
      expect(wordsOf((await visitor.get(`/my/tickets/${ticket.id}`)).html)).toContain(
        'There is no special service campaign (recall) for it.',
      )
      await staffFile('ssc_inquiry', { dealerVin: vin })
    })

    it('SSC Inquiry, of an authorized vehicle: answered at once from the distributor’s own records', async () => {
      const vin = '11111111111111111'
      const { records } = world.system
      await records.create(AuthorizedVehicle, { vin, model: 'Corolla' })
      await records.create(SscRecord, { vin, code: '20TB10', description: 'Brake booster', repaired: false })
      const recalls = [{ code: '20TB10', description: 'Brake booster', repaired: false }]
      for (const part of ['website', 'distributor', 'dealer', 'customer'] as const)
        expect((await world.ask(part, 'GET', `/api/ssc/${vin}`)).body).toEqual({ vin, authorized: true, answered: true, recalls })
      expect((await world.ask(null, 'GET', `/api/ssc/${vin}`)).status).toBe(401)
      const before = await records.count(Ticket)
      expect(await file('ssc-inquiries', { vin })).toMatchObject({ status: 200, body: { vin, authorized: true, recalls } })
      expect(await records.count(Ticket)).toBe(before)

      const { ticket, page } = await filedBy({ type: 'ssc_inquiry', dealerVin: vin })
      expect(await records.get(Ticket, ticket.id)).toMatchObject({ status: { code: 'resolved' }, firstRepliedAt: null })
      expect(await records.count(RecallFinding, { where: { ticket: ticket.id } })).toBe(1)
      expect(page).toContain('20TB10: Brake booster (not repaired yet)')
    })

    it('Service Booking: Requests for a service appointment for a vehicle.', async () => {
      const date = day(5)
      const booking = { vehicle: 'Hilux', companyBranchId: 'tigris-karrada', date, time: '09:30', message: '20,000 km' }
      const answer = await file('service-bookings', booking)
      expect(answer.status).toBe(201)
      expect(await ticketOf(answer)).toMatchObject({
        type: { code: 'service_booking' },
        dealerVehicle: 'Hilux',
        dealerBranch: { code: 'tigris-karrada' },
        dealerCompany: { code: 'tigris' },
        // Half past nine on the clocks of Baghdad.
        dealerAppointmentAt: new Date(`${date}T06:30:00Z`),
      })
      // A quick service center offers it too; the distributor's branch without a workshop would not.
      expect((await file('service-bookings', { ...booking, companyBranchId: '203' })).status).toBe(201)
      const neither = await file('service-bookings', { ...booking, vehicle: undefined })
      expect(neither.body.errors).toMatchObject([
        { field: 'vehicle', detail: 'A service booking says which vehicle it is for: its model or its VIN.' },
      ])
      const past = await file('service-bookings', { ...booking, date: day(-1) })
      expect(past).toMatchObject({ status: 422, body: { message: 'The appointment must lie in the future. Choose a later day or time.' } })
      const { ticket } = await filedBy({
        type: 'service_booking',
        dealerVin: '1M8GDM9AXKP042788',
        dealerBranch: world.branches.karrada,
        dealerAppointmentAt: `${date}T11:00`,
      })
      expect(ticket).toMatchObject({ dealerVin: '1M8GDM9AXKP042788', dealerBranch: { id: world.branches.karrada } })
      await staffFile('service_booking', { dealerVehicle: 'Hilux', dealerAppointmentAt: later(2) })
    })

    it('Test Drive: Requests for a test drive of a vehicle.', async () => {
      const drive = { vehicle: 'Corolla Cross', companyBranchId: 202, date: day(2), time: '16:00' }
      const answer = await file('test-drives', drive)
      expect(await ticketOf(answer)).toMatchObject({
        type: { code: 'test_drive' },
        dealerVehicle: 'Corolla Cross',
        dealerBranch: { externalId: '202' },
      })
      // It goes only to a branch whose Showroom offers Test Drive, whoever sends it there.
      const elsewhere = await file('test-drives', { ...drive, companyBranchId: 203 })
      const sentence = 'The branch "Tigris Parts" does not offer Test Drive. Choose one that does.'
      // The web form's system knows the branch by its number alone, and is not told its name.
      const place = 'What this ticket needs is not offered there. Choose another place.'
      expect(elsewhere).toMatchObject({ status: 422, body: { message: place, errors: [{ field: 'companyBranchId', detail: place }] } })
      const handed = await world.ask('dealer', 'POST', `/api/tickets/${answer.body.id}/handOver`, { branch: world.branches.parts })
      expect(handed).toMatchObject({ status: 422, body: { detail: sentence } })
      const { ticket } = await filedBy({
        type: 'test_drive',
        dealerVehicle: 'Yaris',
        dealerBranch: world.branches.erbil,
        dealerAppointmentAt: `${day(4)}T11:00`,
      })
      expect(await levelOf(ticket.id)).toBe('branch')
      await staffFile('test_drive', { dealerVehicle: 'Yaris', dealerAppointmentAt: later(2) })
    })
  })

  describe('Any given ticket can have the following assignment statuses:', () => {
    const listed = async (level: string) => {
      const { body } = await world.ask('distributor', 'GET', `/api/tickets?filter[dealerLevel]=${level}&fields=dealerLevel&limit=200`)
      return new Set((body.data as { id: string }[]).map(({ id }) => id))
    }

    it('Unassigned: The ticket has not been assigned yet. It must be reviewed by the distributor and assigned to a dealer or distributor staff.', async () => {
      const { id } = await newTicket()
      expect(await levelOf(id)).toBe('unassigned')
      expect((await listed('unassigned')).has(id)).toBe(true)
      for (const part of ['dealer', 'dealerManager', 'branch', 'otherDealer'] as const)
        expect([part, await sees(part, id)]).toEqual([part, false])
      expect(await sees('distributor', id)).toBe(true)
      // To distributor staff: the ticket is then the distributor's.
      const { user } = world.people.distributor
      expect((await world.ask('distributor', 'POST', `/api/tickets/${id}/assign`, { assignee: user })).body).toMatchObject({
        dealerCompany: { label: 'Nahrain Motors' },
        assignee: { id: user },
      })
      // Or to a dealer, whose people he is not: then he no longer has it.
      const given = await world.ask('distributor', 'POST', `/api/tickets/${id}/handOver`, { company: world.companies.tigris })
      expect(given.body).toMatchObject({ dealerCompany: { label: 'Tigris Cars' }, assignee: null, dealerLevel: 'dealer' })
    })

    it('Assigned to Dealer: The ticket has been assigned to a dealer (Company) without a specific branch/team. The dealer can assign the ticket to a specific branch or team.', async () => {
      const { id } = await newTicket({ dealerCompany: world.companies.tigris })
      expect(await levelOf(id)).toBe('dealer')
      expect((await listed('dealer')).has(id)).toBe(true)
      expect([await sees('dealer', id), await sees('branch', id), await sees('otherDealer', id)]).toEqual([true, false, false])
      const hand = (to: object) => world.ask('dealer', 'POST', `/api/tickets/${id}/handOver`, to)
      expect((await hand({ branch: world.branches.karrada })).body).toMatchObject({
        dealerLevel: 'branch',
        dealerBranch: { label: 'Tigris Karrada' },
      })
      expect((await hand({ team: world.teams.tigrisCalls })).body).toMatchObject({
        dealerLevel: 'team',
        dealerBranch: null,
        dealerCompany: { label: 'Tigris Cars' },
      })
      // Inside the company only; what lies outside does not exist for him.
      for (const to of [{ company: world.companies.zagros }, { branch: world.branches.erbil }, { team: world.teams.erbilSales }])
        expect((await hand(to)).status).toBe(422)
      // A ticket that is not for them goes back, with the reason.
      expect((await world.ask('dealer', 'POST', `/api/tickets/${id}/giveBack`, { reason: 'We sell no trucks' })).status).toBe(403)
      expect((await world.ask('dealerManager', 'POST', `/api/tickets/${id}/giveBack`, { reason: 'We sell no trucks' })).status).toBe(200)
      expect(await levelOf(id)).toBe('unassigned')
      expect(await world.system.records.find(Message, { ticket: id })).toMatchObject({ kind: 'note', body: 'We sell no trucks' })
    })

    it('Assigned to Branch: The ticket has been assigned to a specific branch of a dealer or distributor.', async () => {
      for (const [branch, company] of [
        [world.branches.karrada, 'Tigris Cars'],
        [world.branches.head, 'Nahrain Motors'],
      ]) {
        const { id } = await newTicket()
        const given = await world.ask('distributor', 'POST', `/api/tickets/${id}/handOver`, { branch })
        expect(given.body).toMatchObject({ dealerLevel: 'branch', dealerCompany: { label: company } })
        expect((await listed('branch')).has(id)).toBe(true)
        expect(await sees('branch', id)).toBe(company === 'Tigris Cars')
      }
    })

    it('Assigned to Team: The ticket has been assigned to a specific team of a dealer or distributor.', async () => {
      for (const [team, company] of [
        [world.teams.karradaSales, 'Tigris Cars'],
        [world.teams.headCare, 'Nahrain Motors'],
      ]) {
        const { id } = await newTicket()
        const given = await world.ask('distributor', 'POST', `/api/tickets/${id}/handOver`, { team })
        expect(given.body).toMatchObject({ dealerLevel: 'team', dealerCompany: { label: company } })
        expect((await listed('team')).has(id)).toBe(true)
      }
      // The level is counted and grouped by like any other field, and never stored: it follows.
      const { records } = await world.people.distributor.services()
      const levels = await records.group(Ticket, { by: ['dealerLevel'] })
      expect(levels.map(({ dealerLevel }) => dealerLevel).sort()).toEqual(['branch', 'dealer', 'team', 'unassigned'])
    })

    it('Note: Dealers, Branches, and Teams are created and maintained on the Identity System.', async () => {
      const { ask, system } = world
      const branch = { externalId: '900', code: 'tigris-basra', name: 'Tigris Basra', company: { code: 'tigris' }, city: { code: 'BGW' } }
      const created = await ask('identity', 'POST', '/api/branches', { ...branch, services: [{ code: 'test_drive' }] })
      expect(created.status).toBe(201)
      expect(
        (await ask('identity', 'POST', '/api/teams', { name: 'Basra Sales', branch: created.body.id, identityId: 't-900' })).body,
      ).toMatchObject({
        company: { label: 'Tigris Cars' },
      })
      const { networkSettings } = await import('../../addons/dealership/index.ts')
      await system.settings.set(networkSettings, { locked: true, zone: 'UTC' })
      try {
        const sentence =
          'The branches are kept by the Identity System and cannot be changed here. Change them there; they come over by themselves.'
        const path = `/api/branches/${created.body.id}`
        for (const part of ['distributor', 'administrator'] as const) {
          expect(await ask(part, 'PATCH', path, { name: 'Ours' })).toMatchObject({ status: 403, body: { detail: sentence } })
          expect((await ask(part, 'POST', '/api/branches', { ...branch, code: 'b2', externalId: '901' })).status).toBe(403)
          expect((await ask(part, 'DELETE', path)).status).toBe(403)
          expect((await ask(part, 'PATCH', `/api/companies/${world.companies.tigris}`, { name: 'Ours' })).status).toBe(403)
        }
        expect((await ask('dealerManager', 'PATCH', `/api/teams/${world.teams.karradaSales}`, { name: 'Ours' })).status).toBe(403)
        expect((await ask('administrator', 'PATCH', `/api/users/${world.people.branch.user}`, { branch: created.body.id })).status).toBe(
          403,
        )
        // The command line is no way around, and the synchronisation goes on.
        const cli = await world.app.servicesFor({ door: 'cli' })
        await expect(cli.records.update(Branch, created.body.id, { name: 'Ours' })).rejects.toMatchObject({ code: 'dealership.locked' })
        expect((await ask('identity', 'PATCH', path, { name: 'Tigris Basra City' })).body).toMatchObject({ name: 'Tigris Basra City' })
        // Tickets are worked on as before.
        const { id } = await newTicket()
        expect((await ask('distributor', 'POST', `/api/tickets/${id}/handOver`, { branch: created.body.id })).status).toBe(200)
      } finally {
        await system.settings.set(networkSettings, { locked: false, zone: 'UTC' })
      }
    })
  })

  describe('Tickets can be created from the following sources:', () => {
    it('Web Portal: The ticket is created by a user on the ticket web portal.', async () => {
      const { ticket, page } = await filedBy({ type: 'general_inquiry' })
      expect(ticket).toMatchObject({ source: { code: 'web_portal' }, partner: { name: 'Layla Hassan' } })
      expect(page).toContain(ticket.number)
    })

    it('API: The ticket is created using the API. The API can be called from any authorized external system (Website, Mobile App, Chatbot, etc.).', async () => {
      for (const [part, code] of [
        ['website', 'website'],
        ['app', 'mobile_app'],
        ['chatbot', 'chatbot'],
      ] as const) {
        const answer = await file(
          'general-inquiries',
          {
            message: 'Hello',
            utm_source: 'newsletter',
            utm_medium: 'mail',
            utm_campaign: 'spring',
            utm_term: 'suv',
            utm_content: 'top',
            gclid: 'g-1',
            fbclid: 'f-1',
            cityId: 101,
            additionalData: { page: '/offers', consent: true },
          },
          part,
          { Brand: 'toyota' },
        )
        expect(answer.status).toBe(201)
        const ticket = await ticketOf(answer)
        expect(answer.body).toEqual({ number: ticket.number, id: ticket.id, link: `http://localhost:3000/my/tickets/${ticket.id}` })
        expect(ticket).toMatchObject({
          source: { code },
          createdBy: { id: world.people[part].user },
          dealerUtmSource: 'newsletter',
          dealerUtmMedium: 'mail',
          dealerUtmCampaign: 'spring',
          dealerUtmTerm: 'suv',
          dealerUtmContent: 'top',
          dealerGclid: 'g-1',
          dealerFbclid: 'f-1',
          dealerCity: { code: 'BGW' },
          dealerBrand: { code: 'toyota' },
          dealerAdditional: { page: '/offers', consent: true },
        })
      }
      // Only authorized systems, and these only file: they read nothing.
      for (const part of [null, 'customer', 'dealer', 'distributor'] as const) {
        const answer = await world.ask(part, 'POST', '/api/intake/general-inquiries', { ...contact, message: 'Hello' })
        expect([part, answer.status]).toEqual([part, part === null ? 401 : 403])
      }
      expect((await world.ask('website', 'GET', '/api/tickets')).body.data ?? []).toEqual([])
    })

    it('API: the same request sent again makes no second ticket', async () => {
      const before = await world.system.records.count(Ticket)
      const twice = { message: 'Once', requestId: 'form-77' }
      const [first, second] = await Promise.all([file('general-inquiries', twice), file('general-inquiries', twice)])
      expect([first.status, second.status]).toEqual([201, 201])
      expect(second.body).toEqual(first.body)
      const header = { 'Idempotency-Key': 'abc-1' }
      const [one, again] = [
        await file('general-inquiries', { message: 'Two' }, 'app', header),
        await file('general-inquiries', { message: 'Two' }, 'app', header),
      ]
      expect(again.body).toEqual(one.body)
      expect(await world.system.records.count(Ticket)).toBe(before + 2)
    })

    it('API: a form is told what to correct, by the names it sent and in the language of its visitor', async () => {
      const wrong = { name: '', email: 'nonsense', vehicle: 'Yaris', companyBranchId: 'nowhere', date: '24.12.2030', time: '9 am' }
      const english = await file('test-drives', wrong)
      expect(english.status).toBe(422)
      expect(english.headers.get('content-type')).toContain('application/problem+json')
      expect(english.body).toMatchObject({ status: 422, code: 'dealership.intake_refused' })
      expect(english.body.message).toBe(
        'First name is missing. Email is no email address. Date: write the date as 2026-12-24 and the time as 09:30. Time: write the date as 2026-12-24 and the time as 09:30.',
      )
      expect(english.body.errors.map(({ field }: { field: string }) => field)).toEqual(['name', 'email', 'date', 'time'])
      const french = await file('ssc-inquiries', { vin: '1M8GDM9A0KP042788' }, 'website', { 'Accept-Language': 'fr-FR,fr;q=0.9' })
      expect(french.body.message).toContain('n’est pas un numéro d’identification de véhicule')
      expect(french.body.errors).toMatchObject([{ field: 'vin' }])
      const arabic = await file('general-inquiries', { message: '' }, 'website', { 'Accept-Language': 'ar' })
      expect(arabic.body.message).toBe('الرسالة: هذا الحقل مطلوب.')
      const unreachable = await world.ask('website', 'POST', '/api/intake/general-inquiries', { name: 'Omar', message: 'Hello' })
      expect(unreachable.body.message).toBe('Give a phone number or an email address, so that we can answer.')
      const nowhere = await file('general-inquiries', { message: 'Hello', cityId: 999, companyBranchId: 'x' }, 'website', { Brand: 'Lada' })
      expect(nowhere.body.errors.map(({ field }: { field: string }) => field)).toEqual(['companyBranchId', 'cityId', 'Brand'])
    })

    it('API: whoever is known by his address or number is the same customer, and nothing of him is changed', async () => {
      const known = { name: 'Somebody', email: 'LAYLA@mail.example', phone: '', message: 'It is me' }
      const byAddress = await world.ask('website', 'POST', '/api/intake/general-inquiries', known)
      expect(await ticketOf(byAddress)).toMatchObject({ partner: { id: world.partner, name: 'Layla Hassan' } })
      const byNumber = await world.ask('website', 'POST', '/api/intake/general-inquiries', {
        ...known,
        email: null,
        phone: '+964 770 123-4567',
      })
      expect(await ticketOf(byNumber)).toMatchObject({ partner: { id: world.partner } })
    })

    it('API: the document describes each endpoint', async () => {
      const { body } = await world.ask('website', 'GET', '/api/openapi.json')
      for (const path of ['general-inquiries', 'vehicle-quotations', 'ssc-inquiries', 'service-bookings', 'test-drives']) {
        const schema = JSON.stringify(body.paths[`/intake/${path}`] ?? body.paths[`/api/intake/${path}`])
        for (const name of ['lastName', 'utm_campaign', 'companyBranchId', 'additionalData']) expect(schema).toContain(`"${name}"`)
      }
    })
  })

  describe('Some of the most common statuses that a ticket can have are the following:', () => {
    const stored = async (id: string) => (await world.system.records.get(Ticket, id)).status
    const statusId = async (code: string) => (await world.system.records.find(TicketStatus, { code }))!.id
    const move = async (id: string, code: string) =>
      world.ask('distributor', 'POST', `/api/tickets/${id}/move`, { status: await statusId(code) })

    it('New: The ticket has been created and has not been reviewed yet.', async () => {
      const { ticket } = await filedBy({ type: 'general_inquiry' })
      expect(await stored(ticket.id)).toMatchObject({ code: 'new', name: 'New', category: 'open' })
    })

    it('In Progress: The ticket is being reviewed and worked on by the assigned dealer or distributor staff.', async () => {
      const { id } = await newTicket({ dealerCompany: world.companies.tigris })
      const moved = await world.ask('dealer', 'POST', `/api/tickets/${id}/move`, { status: { code: 'in_progress' } })
      expect(moved.status).toBe(200)
      expect(await stored(id)).toMatchObject({ code: 'in_progress', category: 'open' })
    })

    it('On Hold: The ticket is on hold and is not being worked on.', async () => {
      const { id } = await newTicket()
      await move(id, 'on_hold')
      expect(await stored(id)).toMatchObject({ code: 'on_hold', category: 'paused' })
    })

    it('Pending Customer: The ticket is waiting for a response from the customer.', async () => {
      const { ticket, visitor } = await filedBy({ type: 'general_inquiry' })
      await move(ticket.id, 'pending')
      expect(await stored(ticket.id)).toMatchObject({ code: 'pending', category: 'paused' })
      // His answer takes it up again.
      await visitor.post(`/my/tickets/${ticket.id}/reply`, { body: 'Here you are.' })
      expect(await stored(ticket.id)).toMatchObject({ category: 'open' })
    })

    it('Unresolved: The ticket cannot be resolved and is closed.', async () => {
      const { id } = await newTicket()
      await world.ask('distributor', 'POST', `/api/tickets/${id}/close`, {
        status: await statusId('unresolved'),
        reason: 'Out of production',
      })
      expect(await world.system.records.get(Ticket, id)).toMatchObject({
        status: { code: 'unresolved', category: 'closed', outcome: 'failure' },
        closeReason: 'Out of production',
      })
      expect((await world.system.records.get(Ticket, id)).closedAt).toBeInstanceOf(Date)
    })

    it('Resolved: The ticket has been resolved and closed.', async () => {
      const { id } = await newTicket()
      await world.ask('distributor', 'POST', `/api/tickets/${id}/close`, {})
      expect(await world.system.records.get(Ticket, id)).toMatchObject({
        status: { code: 'resolved', category: 'closed', outcome: 'success' },
      })
      expect(status.resolved).toBeDefined()
    })
  })
})
