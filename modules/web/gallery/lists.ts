import type { GroupRow, ListScreen, Row, SearchBar, ViewLink } from '../screens.ts'
import { app } from './frame.ts'
import { person, text } from './parts.ts'
import { columns, lines, ticketRow } from './ticket-lines.ts'

const grouped: (Row | GroupRow)[] = Object.entries(lines).flatMap(([head, rows], index) => {
  const [label = '', count = '', overdue = '', age = ''] = head.split('|')
  const group: GroupRow = {
    is: 'group',
    depth: 0,
    label,
    count,
    open: true,
    href: `/list?closed=${index}`,
    facts: [...(overdue ? [{ label: overdue, icon: 'alert-triangle', tone: 'red' as const }] : []), { label: `· ${age}` }],
  }
  return [group, ...rows.map(ticketRow)]
})

export const search: SearchBar = {
  action: '/list',
  name: 'q',
  value: '',
  placeholder: 'Search tickets…',
  keep: [{ name: 'sort', value: 'sla' }],
  chips: [
    { kind: 'filter', label: 'District', values: ['Harbour', 'Old Town'], remove: '/list?without=district' },
    { kind: 'date', label: 'Updated', values: ['last 7 days'], remove: '/list?without=updated' },
    { kind: 'group', values: ['Team'], remove: '/list?without=team' },
  ],
  filters: [
    {
      label: 'Ready-made',
      items: [
        { label: 'Open', href: '/list?f=open', chosen: false },
        { label: 'Mine', href: '/list?f=mine', chosen: false },
        { label: 'Overdue', href: '/list?f=overdue', chosen: true },
      ],
    },
    {
      label: 'Updated',
      items: [
        { label: 'Last 7 days', href: '/list?u=7', chosen: true },
        { label: 'Last 30 days', href: '/list?u=30', chosen: false },
      ],
    },
  ],
  groups: [
    {
      items: [
        { label: 'Team', href: '/list?g=team', chosen: true },
        { label: 'Status', href: '/list?g=status', chosen: false },
      ],
    },
  ],
}

export const views: readonly ViewLink[] = [
  { kind: 'list', href: '/list', current: true },
  { kind: 'kanban', href: '/kanban', current: false },
  { kind: 'calendar', href: '#', current: false },
]

export const list: ListScreen = {
  ...app('Tickets'),
  noun: 'tickets',
  here: '/list',
  create: { label: 'New', href: '/new', method: 'get' },
  search,
  views,
  pager: { from: 1, to: 80, total: 342, capped: false, next: '/list?after=48182' },
  table: { columns, body: grouped, caption: 'Tickets by team' },
  bulk: [
    { label: 'Assign', href: '/bulk/assign', method: 'post', icon: 'user-plus', hotkey: 'a' },
    { label: 'Resolve', href: '/bulk/resolve', method: 'post', icon: 'circle-check', hotkey: 's' },
    { label: 'Tag', href: '/bulk/tag', method: 'post', icon: 'tag' },
    { label: 'Export', href: '/bulk/export', method: 'post', icon: 'download' },
    { label: 'Archive', href: '/bulk/archive', method: 'post', icon: 'archive', tone: 'danger' },
  ],
  selectAll: { href: '/list?all=1', count: '342' },
  columnsMenu: {
    action: '/columns',
    reset: '/columns/reset',
    columns: [
      ...columns.map(({ name, label }) => ({ name, label, shown: true, fixed: name === 'subject' })),
      { name: 'type', label: 'Type', shown: false },
    ],
  },
  facts: [
    { value: '342', label: 'tickets' },
    { value: '4', label: 'overdue', icon: 'alert-triangle', tone: 'red' },
    { value: '3', label: 'due within 2 h', icon: 'hourglass' },
    { label: 'average age', value: '2.1 d' },
  ],
}

export const listSelected: ListScreen = {
  ...list,
  table: {
    ...list.table,
    body: grouped.map((row, index) => (row.is === 'row' && index > 0 && index < 4 ? { ...row, selected: true } : row)),
  },
}

export const listPlain: ListScreen = {
  ...list,
  title: 'Customers',
  noun: 'customers',
  search: { ...search, chips: [], placeholder: 'Search customers…' },
  pager: { from: 81, to: 160, total: 10000, capped: true, previous: '/list', next: '/list?after=9' },
  bulk: [],
  table: {
    caption: 'Customers',
    columns: [
      { name: 'name', label: 'Name', kind: 'person', title: true, sort: { href: '#', now: 'descending' } },
      { name: 'email', label: 'Email', kind: 'link' },
      { name: 'city', label: 'City', kind: 'text' },
      { name: 'tags', label: 'Tags', kind: 'tags' },
      { name: 'active', label: 'Portal', kind: 'boolean' },
      { name: 'open', label: 'Open', kind: 'number' },
    ],
    body: [
      'Marta Oyelaran',
      'Dov Perlman',
      'Ingrid Solheim',
      'Leila Haddad',
      'Priya Raman',
      'Jonas Weil',
      'Samuel Adeyemi',
      'Helena Voss',
    ].map((name, index) => ({
      is: 'row',
      id: String(index),
      href: '/form',
      name,
      muted: index === 5,
      cells: [
        person(name),
        {
          as: 'link',
          label: `${name.toLowerCase().replace(' ', '.')}@mail.example`,
          href: `mailto:${name.toLowerCase().replace(' ', '.')}@mail.example`,
        },
        text(['Harbour', 'Old Town', 'Hilltop'][index % 3]!),
        index % 3 ? { as: 'tags', tags: ['resident', 'landlord'].slice(0, index % 3) } : { as: 'empty' },
        { as: 'boolean', value: index % 2 === 0, label: index % 2 ? 'No' : 'Yes' },
        { as: 'number', shown: String(index * 3), ...(index > 5 ? { tone: 'red' as const, title: 'More than 15 open' } : {}) },
      ],
    })),
    totals: [text('8 customers'), { as: 'empty' }, { as: 'empty' }, { as: 'empty' }, { as: 'empty' }, { as: 'number', shown: '84' }],
  },
  facts: [{ value: '10,000+', label: 'customers' }],
}

const { columnsMenu: _, facts: __, ...withoutExtras } = list
export const listNoMatch: ListScreen = {
  ...withoutExtras,
  search: { ...search, value: 'zebra' },
  pager: { from: 0, to: 0, total: 0, capped: false },
  table: { ...list.table, body: [] },
  empty: {
    icon: 'search',
    text: 'No ticket matches',
    hint: '“zebra” in District Harbour or Old Town, updated in the last 7 days.',
    action: { label: 'Clear filters', href: '/list', method: 'get' },
  },
}

export const listFirstUse: ListScreen = {
  ...listNoMatch,
  search: { ...search, chips: [] },
  empty: {
    icon: 'ticket',
    text: 'Tickets land here',
    hint: 'They come by mail, from the portal, or from the button above.',
    action: { label: 'Create the first ticket', href: '/new', method: 'get', tone: 'primary', icon: 'plus' },
  },
}
