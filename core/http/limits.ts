/** How much one client, and all clients together, may ask at once. */
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { TooMany, UserError } from '../errors.ts'
import type { Http, Middleware } from './state.ts'

/** Counts the requests of API keys by the minute, in this process, and refuses with 429 what is above a key's limit. */
export function keyLimiter(): (http: Http, key: string, limit?: number) => Promise<void> {
  // The limiter only counts: each key has its own limit.
  const counter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: 60 })
  return async (http, key, limit = defaultPerMinute) => {
    const { consumedPoints, msBeforeNext } = await counter.consume(key)
    const reset = Math.ceil(msBeforeNext / 1000)
    http.set('RateLimit-Limit', String(limit))
    http.set('RateLimit-Remaining', String(Math.max(0, limit - consumedPoints)))
    http.set('RateLimit-Reset', String(reset))
    if (consumedPoints <= limit) return
    throw new TooMany('http.too_many', 'This key may make {limit} requests a minute; try again in {reset} seconds.', reset, {
      limit,
      reset,
    })
  }
}

/** Answers 503 at once to what would only wait: those who are in are served fast. */
export function refuseWhenBusy(most = 512): Middleware {
  let inside = 0
  return async (http, next) => {
    if (inside >= most) {
      http.set('Retry-After', '1')
      throw new Busy('http.busy', 'There is too much to do at the moment; try again in a second.')
    }
    inside++
    try {
      await next()
    } finally {
      inside--
    }
  }
}

const defaultPerMinute = 600

class Busy extends UserError {
  override readonly status: number = 503
}
