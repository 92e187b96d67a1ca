/** An answer that goes on: what is said to a browser as it happens. */

export interface EventStream {
  readonly pieces: AsyncIterable<string>
  say(event: Readonly<Record<string, unknown>>): void
  /** Nothing happened, and the connection is alive. */
  beat(): void
  end(): void
}

/** `onEnd` runs once: when the browser has gone, or it was ended here. The browser comes again after about `retryMs`. */
export function eventStream(onEnd: () => void, retryMs: number): EventStream {
  const waiting: string[] = [`retry: ${retryMs}\n\n`]
  let wake: (() => void) | undefined
  let isOver = false
  const end = () => {
    if (isOver) return
    isOver = true
    onEnd()
    wake?.()
  }
  const send = (text: string) => {
    if (isOver) return
    waiting.push(text)
    // Whoever does not take it gets the state anew when he comes again.
    if (waiting.length > mostWaiting) end()
    wake?.()
  }
  const iterator: AsyncIterator<string> = {
    async next() {
      while (waiting.length === 0 && !isOver) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
        wake = undefined
      }
      const value = waiting.splice(0).join('')
      return value === '' ? { done: true, value: undefined } : { done: false, value }
    },
    async return() {
      end()
      return { done: true, value: undefined }
    },
  }
  return {
    pieces: { [Symbol.asyncIterator]: () => iterator },
    say: (event) => send(`data: ${JSON.stringify(event)}\n\n`),
    beat: () => send(':\n\n'),
    end,
  }
}

const mostWaiting = 200
