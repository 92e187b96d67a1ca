import { type Reply, type Request, redirect, type Services } from '@tessera/core'
import { rate } from '@tessera/ticket'
import { ownTicket } from './follow.ts'
import { stars } from './home.ts'
import { typedIn } from './sent.ts'
import { show } from './show.ts'
import { wrongIn } from './wrong.ts'

type OfTicket = Request<{ id: string }>

/** `/my/tickets/:id/rate`: a link in a mail leads here and changes nothing; the button does. `?rating=4` is only marked. */
export async function ratePage(services: Services, request: OfTicket): Promise<Reply> {
  const ticket = await ownTicket(services, request.params.id)
  if (ticket.status.category !== 'closed' || ticket.mergedAt !== null) return redirect(`/my/tickets/${ticket.id}`)
  return form(services, request, ticket, {
    rating: request.query.get('rating') ?? String(ticket.rating ?? ''),
    comment: ticket.ratingComment ?? '',
  })
}

export async function sendRating(services: Services, request: OfTicket): Promise<Reply> {
  const { records, screens, text } = services
  const ticket = await ownTicket(services, request.params.id)
  const typed = typedIn(request)
  const [rating, comment] = [typed.get('rating') ?? '', typed.get('comment') ?? '']
  if (!stars.some((star) => String(star) === rating))
    return form(services, request, ticket, { rating, comment, error: text('portal.choose_stars') })
  try {
    await records.act(rate, ticket.id, { rating: Number(rating), ...(comment.trim() !== '' && { comment }) })
  } catch (error) {
    return form(services, request, ticket, { rating, comment, error: wrongIn(error, services).title })
  }
  return screens.done(request, `/my/tickets/${ticket.id}`, { tone: 'success', text: text('portal.rated') })
}

function form(
  services: Services,
  request: OfTicket,
  { id, number, subject }: Awaited<ReturnType<typeof ownTicket>>,
  { rating, comment, error }: { readonly rating: string; readonly comment: string; readonly error?: string },
): Promise<Reply> {
  const { text } = services
  const model = {
    id,
    number,
    subject,
    comment,
    error,
    stars: stars.map((value) => ({ value, label: text(`portal.star_${value}`), isChosen: String(value) === rating })),
  }
  return show(services, request, 'rate', model, {
    title: text('portal.rate'),
    back: `/my/tickets/${id}`,
    status: error === undefined ? 200 : 422,
  })
}
