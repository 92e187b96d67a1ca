/**
 * The application as `tessera start` runs it, with the rules of the bench besides. `app.ts install` only brings the database to
 * its schema. Prints its address and serves until it is told to stop.
 */
import { createApp } from '../../core/app.ts'
import { restWhenIdle } from '../../core/cli/serving/rest.ts'
import { loadConfig } from '../../core/config/index.ts'
import { openLog } from '../../core/config/log.ts'
import { discover } from '../../core/module/discover.ts'
import { fromDeclarations, loadModules } from '../../core/module/load.ts'
import rules from './rules.ts'

const root = process.cwd()
const config = loadConfig(process.env, root)
const packages = await loadModules(await discover(root, []), ['web', 'ticket', 'spp'])
const added = fromDeclarations([rules]).filter(({ declaration }) => declaration === rules)
const app = await createApp([...packages, ...added], {
  url: config.databaseUrl!,
  config,
  log: openLog(config.logLevel),
  version: 'bench',
})
await app.install()
if (process.argv[2] === 'install') await app.close()
else {
  const server = await app.http.listen(0, '127.0.0.1')
  await app.queue.start()
  restWhenIdle()
  const address = server.address()
  console.log(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`)
  process.once('SIGTERM', async () => {
    server.closeAllConnections()
    server.close()
    await app.close()
  })
}
