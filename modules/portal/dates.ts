/** Instants as the reader writes them. */
export function datesFor(locale: string, timeZone: string): { exact(at: Date): string; day(at: Date): string } {
  // English without a country: the day before the month, 24 hours, as most of the world writes it.
  const own = locale === 'en' ? 'en-GB' : locale
  const exact = new Intl.DateTimeFormat(own, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  })
  const day = new Intl.DateTimeFormat(own, { day: 'numeric', month: 'short', year: 'numeric', timeZone })
  return { exact: (at) => exact.format(at), day: (at) => day.format(at) }
}
