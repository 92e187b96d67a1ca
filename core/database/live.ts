/** News that passes between the processes on one database, for those who look at something right now. Nothing of it is kept. */

export type News = Readonly<Record<string, string | number | boolean | null>>

/** What code that acts for somebody may do with it. */
export interface Live {
  /** Tells every process, this one too: at the commit of the transaction that runs, at once where there is none. At most a few hundred bytes. */
  tell(topic: string, news: News): Promise<void>
  /** Hears what is told about a topic until the function that it returns is called. */
  hear(topic: string, listener: (news: News) => void): () => void
}

/**
 * Topics of core. `forgotten`: what this process kept of users, sessions and rights is dropped, they may be others now. `missed`: for a
 * while nothing was heard. `ending`: this process ends; whoever still hears then keeps it from ending.
 */
export const ownTopics = { forgotten: 'core:forgotten', missed: 'core:missed', ending: 'core:ending' } as const

/** The topic of a record that is talked about: told when it changed. Whoever hears it asks with the reader's rights what it is now. */
export const recordTopic = (model: string, id: string): string => `record:${model}:${id}`

export interface LiveHub extends Pick<Live, 'hear'> {
  deliver(topic: string, news: News): void
  /** Tells those who hear that it ends, and whoever comes after that at once. */
  end(): void
}

export function liveHub(onError: (error: unknown) => void): LiveHub {
  const listeners = new Map<string, Set<(news: News) => void>>()
  let isEnding = false
  const call = (listener: (news: News) => void, news: News) => {
    try {
      listener(news)
    } catch (error) {
      onError(error)
    }
  }
  const deliver: LiveHub['deliver'] = (topic, news) => {
    for (const listener of [...(listeners.get(topic) ?? [])]) call(listener, news)
  }
  return {
    deliver,
    hear(topic, listener) {
      const its = listeners.get(topic) ?? new Set()
      listeners.set(topic, its)
      its.add(listener)
      if (isEnding && topic === ownTopics.ending) call(listener, {})
      return () => {
        its.delete(listener)
        if (its.size === 0 && listeners.get(topic) === its) listeners.delete(topic)
      }
    },
    end() {
      isEnding = true
      deliver(ownTopics.ending, {})
    },
  }
}
