/** The statements of the reference, by hand and by name. */
import type { QueryConfig } from 'pg'

export interface ListRow {
  readonly id: string
  readonly number: string
  readonly subject: string
  readonly created_at: Date
  readonly status_id: string
  readonly status: string
  readonly priority_id: string
  readonly priority: string
  readonly partner_id: string
  readonly partner: string
}

const columns = `t.id, t.number, t.subject, t.created_at, t.status_id, s.name ->> 'en' as status, t.priority_id, o.name ->> 'en' as priority,
  t.partner_id, p.name as partner
  from ticket t join ticket_status s on s.id = t.status_id join ticket_priority o on o.id = t.priority_id join partner p on p.id = t.partner_id`

/** One row more than a page has, to know whether another one follows. */
const newestFirst = 'order by t.created_at desc, t.id desc limit 51'

export function listStatement(category: string): QueryConfig {
  return { name: 'list', text: `select ${columns} where s.category = $1 ${newestFirst}`, values: [category] }
}

/** What the page of all tickets that are not closed shows, and how many there are. */
export const pageStatement: QueryConfig = {
  name: 'page',
  text: `select ${columns.replace(/\bfrom\b/, `, o.level, s.code as status_code, a.name as assignee, m.name as team from`)}
    left join "user" a on a.id = t.assignee_id left join team m on m.id = t.team_id where s.category is distinct from 'closed' ${newestFirst}`,
}
export const pageCountStatement: QueryConfig = {
  name: 'count',
  text: `select count(*)::int as count from (select 1 from ticket t where t.status_id = any(array(select id from ticket_status where category is distinct from 'closed')) limit 10001) counted`,
}

export function searchStatement(q: string): QueryConfig {
  const words = q.toLowerCase().split(' ')
  const found = words.map((_, at) => {
    const like = `like $${at + 1}`
    return `(tessera_plain(t.number) ${like} or tessera_plain(t.subject) ${like} or tessera_plain(t.spp_registrant) ${like} or t.partner_id = any(array(select id from partner where tessera_plain(name) ${like})))`
  })
  return {
    name: `search ${words.length}`,
    text: `select ${columns} where ${found.join(' and ')} ${newestFirst}`,
    values: words.map((word) => `%${word}%`),
  }
}

export function oneStatement(id: string): QueryConfig {
  return { name: 'one', text: one, values: [id] }
}

/** By when the most pressing of what somebody means to do about it is due. */
const nextActivity = '(select min(v.due)::text from activity v where v.ticket_id = t.id and v.done_at is null) as "nextActivity"'

const one = `select t.id, t.number, t.subject, t.description, t.closed_at as "closedAt", t.close_reason as "closeReason", t.hours_to_close as "hoursToClose",
  t.external_id as "externalId", t.rank, t.channel, t.channel_address as "channelAddress", t.first_replied_at as "firstRepliedAt",
  t.hours_to_first_reply as "hoursToFirstReply", t.rating, t.rating_comment as "ratingComment", t.rated_at as "ratedAt", t.spp_program_id, n.name as spp_program,
  t.spp_registrant as "sppRegistrant", t.spp_severity as "sppSeverity", t.spp_decision as "sppDecision", t.spp_decision_reason as "sppDecisionReason", t.version, t.created_at as "createdAt", t.updated_at as "updatedAt",
  t.type_id, y.name ->> 'en' as type, t.priority_id, o.name ->> 'en' as priority, t.status_id, s.name ->> 'en' as status, t.partner_id, p.name as partner,
  t.team_id, m.name as team, t.assignee_id, a.name as assignee, t.source_id, c.name ->> 'en' as source, t.created_by_id, b.name as created_by, t.updated_by_id, u.name as updated_by,
  (select coalesce(json_agg(json_build_object('id', g.id, 'label', g.name) order by g.name), '[]') from ticket_tags l join ticket_tag g on g.id = l.ticket_tag_id where l.ticket_id = t.id) as tags,
  t.merged_at as "mergedAt", t.merged_into_id, k.number as merged_into, (select count(*)::int from ticket i where i.merged_into_id = t.id) as "mergedTickets",
  ${nextActivity}
  from ticket t left join ticket k on k.id = t.merged_into_id left join ticket_type y on y.id = t.type_id left join ticket_priority o on o.id = t.priority_id left join ticket_status s on s.id = t.status_id
  left join partner p on p.id = t.partner_id left join team m on m.id = t.team_id left join "user" a on a.id = t.assignee_id left join ticket_source c on c.id = t.source_id
  left join program n on n.id = t.spp_program_id left join "user" b on b.id = t.created_by_id left join "user" u on u.id = t.updated_by_id where t.id = $1`
