/** Files of records come back with the database that names them. */

import { join } from 'node:path'
import { Attachment } from '@tessera/base'
import { Partner } from '@tessera/partner'
import { Ticket } from '@tessera/ticket'
import { afterAll, expect, inject, test, vi } from 'vitest'
import { type Place, place } from './place.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const places: Place[] = []
const somewhere = async () => {
  const made = await place(inject('postgresUrl'))
  places.push(made)
  return made
}
afterAll(async () => {
  for (const each of places) await each.remove()
})

test('A backup has the files of tickets, and where it is restored they are read as before', async () => {
  const desk = await somewhere()
  await desk.tessera('db migrate')
  await desk.tessera('user create ada@example.org --role agent --password-stdin', { input: 'correct horse battery\n' })
  const { key } = (await desk.tessera('apikey create --user ada@example.org --name CI --json')).json()
  const opened = await desk.open()
  const { records } = await opened.app.servicesFor({ door: 'system' })
  const partner = (await records.create(Partner, { name: 'Fatou Camara' })).id
  const ticket = (await records.create(Ticket, { subject: 'Card is lost', partner })).id
  const form = new FormData()
  form.append('model', 'ticket')
  form.append('record', ticket)
  form.append('files', new File(['Proof of payment'], 'proof.txt', { type: 'text/plain' }))
  const headers = { authorization: `Bearer ${key}` }
  expect((await fetch(`${opened.address}/api/attachments`, { method: 'POST', headers, body: form })).status).toBe(200)
  const archive = join(desk.dataDir, 'with-files.zip')
  expect(await desk.tessera(`db backup ${archive}`)).toMatchObject({ code: 0 })
  await opened.close()

  const copy = await somewhere()
  expect(await copy.tessera(`db restore ${archive}`)).toMatchObject({ code: 0 })
  expect(await copy.tessera('db neutralize --yes')).toMatchObject({ code: 0 })
  const again = await copy.open()
  const system = await again.app.servicesFor({ door: 'system' })
  const file = (await system.records.find(Attachment, { name: 'proof.txt' }))!
  const read = await fetch(`${again.address}/api/attachments/${file.id}/content`, { headers })
  expect([read.status, await read.text()]).toEqual([200, 'Proof of payment'])
  await again.close()
})
