/** Ways in and out: links that work once, codes, and pages of one's own. */
import { Session } from '@tessera/base'
import { IdentityProvider, UserIdentity } from '@tessera/oidc'
import { Secret, TOTP } from 'otpauth'
import { form, get, type Hints, type Newcomer, password, type Stage } from '../stage.ts'

export const signInHints: Hints = {
  'POST /sign-in': async (stage) => {
    const { email } = await stage.somebody('agent', { password })
    return { person: stage.nobody, ask: form('/sign-in', { email, password }) }
  },
  'POST /sign-in/link': async (stage) => {
    const { email } = await stage.somebody('agent')
    return { person: stage.nobody, ask: form('/sign-in/link', { email }) }
  },
  'GET /sign-in/:token': async (stage) => ({ person: stage.nobody, ask: get(`/sign-in/${await linkOf(stage, 'sign-in')}`) }),
  'POST /sign-in/:token': async (stage) => ({ person: stage.nobody, ask: form(`/sign-in/${await linkOf(stage, 'sign-in')}`) }),
  'GET /sign-in/code/:token': async (stage) => ({
    person: stage.nobody,
    ask: get(`/sign-in/code/${await linkOf(stage, 'second-factor')}`),
  }),
  'POST /sign-in/code/:token': async (stage) => {
    const { person, codes } = await enrolled(stage)
    const link = await stage.link(person.user, 'second-factor')
    return { person: stage.nobody, ask: form(`/sign-in/code/${link}`, { recovery: codes[0] ?? '' }) }
  },
  'GET /first-run/:token': async (stage) => ({ person: stage.nobody, ask: get(`/first-run/${await linkOf(stage, 'first-run')}`) }),
  'POST /first-run/:token': async (stage) => {
    const { user, email } = await stage.somebody('agent')
    const about = { name: 'Walker', email, password, repeat: password }
    return { person: stage.nobody, ask: form(`/first-run/${await stage.link(user, 'first-run')}`, about) }
  },
  'GET /invitation/:token': async (stage) => ({ person: stage.nobody, ask: get(await invitation(stage)) }),
  'POST /invitation/:token': async (stage) => ({
    person: stage.nobody,
    ask: form(await invitation(stage), { name: 'Walker', password, repeat: password }),
  }),
  'POST /confirm': async (stage) => ({ person: await stage.somebody('agent', { password }), ask: form('/confirm', { password }) }),
  'POST /confirm/link': own(() => form('/confirm/link')),
  'GET /confirm/:token': own(async (person, stage) => get(`/confirm/${await stage.link(person.user, 'confirm')}`)),
  'POST /confirm/:token': own(async (person, stage) => form(`/confirm/${await stage.link(person.user, 'confirm')}`)),
  'POST /sign-out': own(() => form('/sign-out')),
  'POST /view-as/:user': async (stage) => ({
    person: await stage.somebody('administrator'),
    ask: form(`/view-as/${(await stage.somebody('agent')).user}`),
  }),
  'POST /view-as/end': async (stage) => {
    const person = await stage.somebody('administrator')
    await stage.do(person, form(`/view-as/${(await stage.somebody('agent')).user}`))
    // Forms that were loaded before do nothing now.
    const { text } = await stage.do(person, get('/tickets'))
    const token = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? ''
    return { person, ask: { ...form('/view-as/end'), headers: { 'x-csrf-token': token } } }
  },
  'POST /profile': own(() => form('/profile', { name: 'Walker' })),
  'POST /profile/password': async (stage) => {
    const [current, changed] = [password, 'another kettle of fish']
    const ask = form('/profile/password', { current, password: changed, repeat: changed })
    return { person: await stage.somebody('agent', { password }), ask }
  },
  'POST /profile/second-factor': own(() => form('/profile/second-factor')),
  'GET /profile/second-factor': own(async (person, stage) => {
    await begun(stage, person)
    return get('/profile/second-factor')
  }),
  'POST /profile/second-factor/confirm': own(async (person, stage) =>
    form('/profile/second-factor/confirm', { code: await begun(stage, person) }),
  ),
  'POST /profile/second-factor/codes': async (stage) => ({
    person: (await enrolled(stage)).person,
    ask: form('/profile/second-factor/codes'),
  }),
  'POST /profile/second-factor/off': async (stage) => ({ person: (await enrolled(stage)).person, ask: form('/profile/second-factor/off') }),
  'POST /profile/sessions': own(() => form('/profile/sessions')),
  'POST /profile/sessions/:id': own(async (person, stage) => {
    await stage.system.identity.openSession(person.user)
    const { rows } = await stage.system.records.query(Session, { fields: [], where: { user: person.user }, order: { createdAt: 'desc' } })
    return form(`/profile/sessions/${rows[0]?.id}`)
  }),
  'POST /profile/keys/:id': own(async ({ user }, stage) =>
    form(`/profile/keys/${(await stage.system.identity.createKey(user, 'A program')).id}`),
  ),
  'POST /profile/connections/:provider/remove': own(async ({ user }, stage) => {
    const { records } = stage.system
    const about = { name: 'elsewhere', label: 'Elsewhere', issuer: 'https://elsewhere.example.org', clientId: 'desk', active: false }
    const provider = (await records.create(IdentityProvider, about)).id
    await stage.system.asSystem('a test connects an account').create(UserIdentity, { provider, subject: 'walker', user })
    return form('/profile/connections/elsewhere/remove')
  }),
}

/** A page of an agent's own. */
function own(make: (person: Newcomer, stage: Stage) => ReturnType<typeof form> | Promise<ReturnType<typeof form>>): Hints[string] {
  return async (stage) => {
    const person = await stage.somebody('agent')
    return { person, ask: await make(person, stage) }
  }
}

async function linkOf(stage: Stage, purpose: 'sign-in' | 'second-factor' | 'first-run'): Promise<string> {
  return stage.link((await stage.somebody('agent')).user, purpose)
}

async function invitation(stage: Stage): Promise<string> {
  const { email } = await stage.somebody('agent')
  const { link } = await stage.system.invitations.invite({ email: `invited.${email}`, name: 'Walker', roles: [] })
  return new URL(link).pathname
}

/** A second factor that waits for the first code of its app; returns that code. */
async function begun(stage: Stage, person: Newcomer): Promise<string> {
  await stage.do(person, form('/profile/second-factor'))
  const { text } = await stage.do(person, get('/profile/second-factor'))
  const secret = /profile-secret">([A-Z2-7 ]+)</.exec(text)?.[1]?.replaceAll(' ', '') ?? ''
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate()
}

async function enrolled(stage: Stage): Promise<{ readonly person: Newcomer; readonly codes: readonly string[] }> {
  const person = await stage.somebody('agent')
  const { text } = await stage.do(person, form('/profile/second-factor/confirm', { code: await begun(stage, person) }))
  return { person, codes: [...text.matchAll(/<li><code>([^<]+)/g)].map(([, code = '']) => code) }
}
