/**
 * One connection to `/events` for a whole browser, whichever tab it runs in: tabs say on one channel what they show, and hear on another
 * what happens. Each connection begins with the state of everything, so that nothing is missed when it is made anew.
 */
export function runHub() {
  const asked = new BroadcastChannel('tessera-asked')
  const told = new BroadcastChannel('tessera-told')
  /** @type {Map<string, { watch: readonly string[], seen: number }>} */
  const tabs = new Map()
  /** What was last told of each record: a tab that comes later shows a page that may be older. */
  const last = new Map()
  /** @type {EventSource | undefined} */
  let source
  let address = ''
  let connecting = 0
  let failures = 0

  asked.addEventListener('message', ({ data: { tab, watch } }) => {
    if (watch) {
      const before = tabs.get(tab)?.watch ?? []
      tabs.set(tab, { watch, seen: Date.now() })
      for (const record of watch) if (!before.includes(record)) tellAgain(record)
    } else tabs.delete(tab)
    plan()
  })
  // A tab that was killed said no goodbye.
  const tidying = setInterval(() => {
    const before = tabs.size
    for (const [tab, { seen }] of tabs) if (Date.now() - seen > 90_000) tabs.delete(tab)
    if (tabs.size !== before) plan()
  }, 30_000)

  function tellAgain(record) {
    for (const news of last.values()) if (news.record === record) told.postMessage({ ...news, changed: false })
  }

  function hear(news) {
    if (news.record) last.set(`${news.is} ${news.record}`, news)
    told.postMessage(news)
  }

  function plan(wait = 80) {
    clearTimeout(connecting)
    connecting = setTimeout(connect, wait)
  }

  function connect() {
    const watch = [...new Set([...tabs.values()].flatMap((each) => each.watch))].sort()
    const wanted = `/events?${new URLSearchParams(watch.map((name) => ['watch', name]))}`
    if (tabs.size === 0) return close()
    if (source && source.readyState !== EventSource.CLOSED && wanted === address) return
    close()
    address = wanted
    source = new EventSource(wanted)
    source.addEventListener('open', () => {
      failures = 0
    })
    source.addEventListener('message', ({ data }) => hear(JSON.parse(data)))
    source.addEventListener('error', () => {
      // A browser comes back by itself to whoever hung up, and never to whoever refused.
      if (source?.readyState !== EventSource.CLOSED) return
      failures += 1
      plan(Math.min(60_000, 1_000 * 2 ** failures) * (0.5 + Math.random() / 2))
    })
  }

  function close() {
    source?.close()
    source = undefined
    address = ''
    last.clear()
  }

  // Whoever was there before this hub says again what it shows.
  told.postMessage({ is: 'hub' })
  return () => {
    clearInterval(tidying)
    clearTimeout(connecting)
    close()
    asked.close()
    told.close()
  }
}
