/** A deployment with the Apps page, its server running, and a way in for the people whom a story names. */
import { rm, symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { inject } from 'vitest'
import type { App } from '../../core/app.ts'
import { boot } from '../../core/boot.ts'
import { testDatabase } from '../../core/testing/database.ts'
import { testFolder } from '../../core/testing/folder.ts'
import { type Deployment, deployment } from './deployment.ts'
import { type Server, startServer } from './server.ts'

export interface AppsDesk {
  readonly cli: Deployment
  readonly server: Server
  readonly databaseUrl: string
  /** What the system does on this database, beside the server. */
  system<R>(run: (app: App) => Promise<R>): Promise<R>
  /** The path of a one-time link for whoever has this address. */
  linkFor(email: string): Promise<string>
  close(): Promise<void>
}

/** `prepare` runs before the server starts, on a database that has the ticket desk and the Apps page. */
export async function appsDesk(name: string, prepare: (cli: Deployment) => Promise<void>): Promise<AppsDesk> {
  const database = await testDatabase(inject('postgresUrl'), { name })
  const env = { DATABASE_URL: database.url, DATA_DIR: await testFolder('tessera-apps-data'), LOG_LEVEL: 'warn' }
  const cli = await deployment(env, ['ticket', 'apps'])
  await symlink(resolve('modules', 'apps'), join(cli.folder, 'modules', 'apps'))
  await prepare(cli)
  await cli.tessera('db migrate')
  await cli.tessera('user create ruth@example.org --name "Ruth Okello" --role administrator')
  const server = await startServer(cli)
  const system: AppsDesk['system'] = async (run) => {
    const { app, close } = await boot({ root: cli.folder, env, role: 'guest', install: false })
    try {
      return await run(app)
    } finally {
      await close()
    }
  }
  return {
    cli,
    server,
    databaseUrl: database.url,
    system,
    linkFor: (email) =>
      system(async (app) => {
        const { identity } = await app.servicesFor({ door: 'system' })
        const [user] = await app.connection.run('select id from "user" where email = $1', [email])
        return `/sign-in/${await identity.createLink(String(user?.id), 'sign-in')}`
      }),
    async close() {
      await server.stop()
      await cli.remove()
      await database.drop()
      await rm(env.DATA_DIR, { recursive: true, force: true })
    },
  }
}
