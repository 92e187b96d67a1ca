/**
 * A busy desk in a minute: teams, users, partners and tickets with their history, made inside the database, as the application
 * would have written them over the last three years: numbers from their sequences, ids in the order of time, one history row for
 * the creation and two for the closing; whoever a ticket was given to follows it, and for a quarter of what is open something is planned.
 * Everything is invented.
 */
import type { RawDatabase } from '@tessera/core'

export interface Amount {
  readonly tickets: number
  readonly partners: number
  readonly users: number
  readonly teams: number
}

/** Adds to an installed database. 200,000 tickets take half a minute or so; the statistics are fresh afterwards. */
export async function populate(database: RawDatabase, { tickets, partners, users, teams }: Amount): Promise<Amount> {
  return database.transaction(async (sql) => {
    await sql(functions)
    await sql('select setseed(0.42)')
    await sql(teamRows, [teams])
    await sql(userRows, [users])
    await sql(memberships)
    await sql(drafts(tickets, partners))
    for (const rows of [partnerRows, ticketRows, openings, creations, closings, followers, activities]) await sql(rows)
    await sql('analyze')
    return { tickets, partners, users, teams }
  })
}

const functions = `
-- A UUIDv7 of an instant, so that new rows lie in their index as those of the application do.
create or replace function pg_temp.id_at(at timestamptz) returns uuid language sql volatile as $$
  select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(noise, 1, 3) || '8' || substr(noise, 4, 15))::uuid
  from (select replace(gen_random_uuid()::text, '-', '') as noise) drawn
$$;
create or replace function pg_temp.one_of(choices text[]) returns text language sql volatile as $$
  select choices[1 + floor(random() * array_length(choices, 1))::int]
$$;
-- An instant as JSON holds it.
create or replace function pg_temp.iso(at timestamptz) returns text language sql stable as $$
  select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;`

const teamRows = `
insert into team (id, name, active, created_at, updated_at)
select pg_temp.id_at(at), 'Team ' || n, true, at, at
from (select n, date_trunc('day', now() - interval '4 years') as at from generate_series(1, $1::int) n) made
on conflict (name) do nothing`

const userRows = `
insert into "user" (id, name, email, active, created_at, updated_at)
select pg_temp.id_at(at), pg_temp.one_of('{Amara,Bilal,Chen,Dana,Elif,Femi,Grace,Hugo}') || ' ' || pg_temp.one_of('{Okafor,Rahman,Li,Novak,Demir}'),
  'agent.' || n || '@example.org', true, at, at
from (select n, date_trunc('day', now() - interval '4 years') as at from generate_series(1, $1::int) n) made
on conflict (email) do nothing`

const memberships = `
with agents as (select id, row_number() over (order by id) as n from "user" where email like 'agent.%@example.org'),
  teams as (select id, row_number() over (order by id) as n, count(*) over () as size from team),
  roles as (insert into user_roles (user_id, role_id) select agents.id, role.id from agents, role where role.name = 'agent' on conflict do nothing)
insert into team_members (team_id, user_id) select teams.id, agents.id from agents join teams on agents.n % teams.size + 1 = teams.n
on conflict do nothing`

/** Chooses everything first; the older a ticket, the likelier it is closed. */
const drafts = (tickets: number, partners: number): string => `
create temporary table new_partner on commit drop as
select row_number() over (order by at) as n, pg_temp.id_at(at) as id, at
from (select date_trunc('milliseconds', now() - interval '3 years' - random() * interval '300 days') as at from generate_series(1, ${partners})) drawn;
create temporary table known on commit drop as select
  (select array_agg(id) from new_partner) as partners, (select array_agg(id) from team) as teams, (select array_agg(id) from ticket_source) as sources,
  (select array_agg(id) from "user" where email like 'agent.%@example.org') as agents,
  (select jsonb_object_agg(code, id) from ticket_type) as types, (select jsonb_object_agg(code, id) from ticket_priority) as priorities,
  (select jsonb_object_agg(code, id) from ticket_status) as statuses,
  (select jsonb_object_agg(year, last) from (select split_part(number, '-', 2) as year, max(split_part(number, '-', 3)::int) as last from ticket group by 1) taken) as numbers;
create temporary table new_ticket on commit drop as
select pg_temp.id_at(at) as id, at, closed_at, extract(year from at)::int as year,
  row_number() over (partition by extract(year from at) order by at) + coalesce((known.numbers ->> extract(year from at)::text)::int, 0) as n,
  initcap(pg_temp.one_of('{pothole,noise,water,leak,rubbish,street light,graffiti,parking,heating,tree,sidewalk,rodent,signal,sewer}')) || ' '
    || pg_temp.one_of('{near,opposite,behind,in front of,next to}') || ' ' || (1 + floor(random() * 4000)::int) || ' '
    || pg_temp.one_of('{Main,Oak,Cedar,Lake,Hill,Park,Grand,Union,Mercer,Bleecker,Fulton,Jay}') || ' '
    || pg_temp.one_of('{Street,Avenue,Road,Place,Boulevard}') || ', ' || pg_temp.one_of('{since Monday,again,dangerous,for weeks,at night,blocked,broken,reported before}') as subject,
  (known.types ->> pg_temp.one_of('{inquiry,request,request,complaint}'))::uuid as type, (known.priorities ->> pg_temp.one_of('{low,medium,medium,medium,high,urgent}'))::uuid as priority,
  (known.statuses ->> case when closed_at is not null then pg_temp.one_of('{resolved,resolved,closed}') else pg_temp.one_of('{new,in_progress}') end)::uuid as status,
  (known.statuses ->> 'new')::uuid as first_status,
  known.partners[1 + floor(random() * array_length(known.partners, 1))::int] as partner, known.teams[1 + floor(random() * array_length(known.teams, 1))::int] as team,
  case when random() < 0.8 then known.agents[1 + floor(random() * array_length(known.agents, 1))::int] end as assignee,
  known.sources[1 + floor(random() * array_length(known.sources, 1))::int] as source,
  known.agents[1 + floor(random() * array_length(known.agents, 1))::int] as author
from known, (
  select at, case when random() < least(0.97, extract(epoch from now() - at) / 86400 / 40) then date_trunc('milliseconds', at + random() * least(interval '60 days', now() - at)) end as closed_at
  from (select date_trunc('milliseconds', now() - random() * interval '3 years') as at from generate_series(1, ${tickets})) drawn
) times;
create index on new_ticket (at);
analyze new_ticket;
do $$ declare each record; begin
  for each in select year, max(n) as last from new_ticket group by year loop
    execute format('create sequence if not exists tessera_seq.%I', 'ticket_number_' || each.year);
    perform setval(format('tessera_seq.%I', 'ticket_number_' || each.year), each.last);
  end loop;
end $$`

const partnerRows = `
insert into partner (id, kind, name, email, phone, city, active, invented, created_at, updated_at)
select id, 'person', pg_temp.one_of('{Ada,Ben,Cleo,Dev,Esi,Finn,Gül,Hana,Ivo,Juno,Kofi,Lina,Mara,Nils,Olu,Pia}') || ' '
    || pg_temp.one_of('{Abara,Bauer,Costa,Diallo,Évora,Fischer,García,Haddad,Ivanova,Jansen,Kaya,Lindqvist,Mensah,Nakamura}'),
  'partner.' || n || '@example.org', '+1 555 ' || lpad(n::text, 7, '0'), pg_temp.one_of('{Bronx,Brooklyn,Manhattan,Queens,Staten Island}'), true, true, at, at
from new_partner`

const ticketRows = `
insert into ticket (id, number, subject, description, type_id, priority_id, status_id, partner_id, team_id, assignee_id, source_id, closed_at, hours_to_close,
  rank, version, created_at, updated_at, created_by_id, updated_by_id)
select id, 'T-' || year || '-' || lpad(n::text, greatest(5, length(n::text)), '0'), subject, subject || '. Please look at it soon and say when it is done; the neighbours ask too.',
  type, priority, status, partner, team, assignee, source, closed_at, extract(epoch from closed_at - at) / 3600,
  rtrim(lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || left(replace(id::text, '-', ''), 24), '0'),
  case when closed_at is null then 1 else 2 end, at, coalesce(closed_at, at), author, case when closed_at is null then author else coalesce(assignee, author) end
from new_ticket order by at`

const openings = `
insert into ticket_opening (id, ticket_id, opened_at, closed_at, created_at, updated_at)
select pg_temp.id_at(at), id, at, closed_at, at, coalesce(closed_at, at)
from new_ticket order by at`

const creations = `
insert into history (id, model, record, at, actor_id, door, new, created_at, updated_at)
select pg_temp.id_at(at), 'ticket', id, at, author, 'web', jsonb_strip_nulls(jsonb_build_object('subject', subject,
  'type', type, 'priority', priority, 'status', first_status, 'partner', partner, 'team', team, 'assignee', assignee, 'source', source)), at, at
from new_ticket order by at`

const closings = `
insert into history (id, model, record, at, actor_id, door, field, old, new, created_at, updated_at)
select pg_temp.id_at(closed_at), 'ticket', id, closed_at, coalesce(assignee, author), 'web', field, old, new, closed_at, closed_at
from new_ticket, lateral (values ('status', to_jsonb(first_status), to_jsonb(status)), ('closedAt', null, to_jsonb(pg_temp.iso(closed_at)))) changes (field, old, new)
where closed_at is not null order by closed_at`

const followers = `
insert into follower (id, ticket_id, user_id, created_at, updated_at)
select pg_temp.id_at(at), id, assignee, at, at
from new_ticket where assignee is not null order by at`

const activities = `
insert into activity (id, type_id, summary, due, user_id, ticket_id, created_at, updated_at)
select pg_temp.id_at(at), types.ids[1 + floor(random() * array_length(types.ids, 1))::int], pg_temp.one_of('{Call back,Look at it,Send somebody,Ask for a picture}'),
  current_date + floor(random() * 60)::int - 20, assignee, id, at, at
from new_ticket, (select array_agg(id) as ids from activity_type) types
where closed_at is null and assignee is not null and random() < 0.25 order by at`
