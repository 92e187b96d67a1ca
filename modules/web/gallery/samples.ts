import { initialsOf, toneOf } from '../person.ts'
import type {
  AppScreen,
  BadgeCell,
  Card,
  Cell,
  Column,
  ConfirmScreen,
  ErrorScreen,
  ErrorStatus,
  FirstRunScreen,
  FormScreen,
  Frame,
  GroupRow,
  KanbanScreen,
  LevelCell,
  ListScreen,
  PersonCell,
  Row,
  SearchBar,
  Shell,
  SignInScreen,
  StatusCell,
  TextCell,
  Theme,
  ViewLink,
} from '../screens.ts'

/** Realistic content for every screen; the texts are those of the mock-ups. */

const frame: Frame = {
  organisation: 'Larkfield City',
  locale: 'en',
  direction: 'ltr',
  theme: 'light',
  density: 'normal',
  csrf: 'sample-token',
  version: '0.1.0',
  preferences: '/preferences',
}

const places = [
  {
    items: [
      { label: 'My work', href: '#', icon: 'inbox', count: '7' },
      { label: 'Tickets', href: '/list', icon: 'ticket', count: '771', current: true },
      { label: 'Customers', href: '#', icon: 'users' },
      { label: 'Notifications', href: '#', icon: 'bell', count: '4', alarming: true },
    ],
  },
  {
    label: 'Saved views',
    items: [
      { label: 'Unassigned', href: '#', icon: 'user-off', count: '23' },
      { label: 'SLA overdue', href: '#', icon: 'alert-triangle', count: '80', alarming: true },
      { label: 'Due today', href: '#', icon: 'hourglass', count: '18' },
      { label: 'Followed by me', href: '#', icon: 'eye', count: '11' },
    ],
  },
  {
    label: 'Insight',
    items: [
      { label: 'Dashboard', href: '#', icon: 'layout-dashboard' },
      { label: 'Reports', href: '#', icon: 'chart-bar' },
    ],
  },
  {
    label: 'Configuration',
    items: [
      { label: 'Types and priorities', href: '#', icon: 'tag' },
      { label: 'Assignment rules', href: '#', icon: 'route' },
      { label: 'SLA policies', href: '#', icon: 'clock' },
      { label: 'Notification texts', href: '#', icon: 'mail' },
    ],
  },
]

export const moduleIcons = [
  'ticket',
  'users',
  'bell',
  'user-off',
  'user-plus',
  'hourglass',
  'layout-dashboard',
  'route',
  'mail',
  'phone',
  'player-pause',
  'wallet',
  'paperclip',
  'car',
  'circle-check',
  'arrow-up-right',
  'calendar-event',
  'download',
  'device-mobile',
  'building',
]

const shell: Shell = {
  ...frame,
  user: { name: 'Ana Kovač', initials: 'AK', role: 'Supervisor' },
  home: '/list',
  sections: places,
  search: '/search',
  bottomBar: [
    places[0]!.items[0]!,
    places[0]!.items[1]!,
    { label: 'Board', href: '/kanban', icon: 'layout-kanban' },
    { label: 'Alerts', href: '#', icon: 'bell', count: '4', alarming: true },
  ],
  signOut: '/sign-out',
  userMenu: [
    { label: 'Profile', href: '#', icon: 'user' },
    { label: 'Sessions', href: '#', icon: 'device-desktop' },
  ],
}

/** English words from right to left: shows whether every edge is a logical one. */
export const mirrored = <Model extends { readonly shell: Frame }>(model: Model): Model => ({
  ...model,
  shell: { ...model.shell, direction: 'rtl' },
})

export const withTheme = <Model extends { readonly shell: Frame }>(model: Model, theme: Theme): Model => ({
  ...model,
  shell: { ...model.shell, theme },
})

const app = (title: string): AppScreen => ({ shell, title, breadcrumbs: [] })

const person = (name: string): PersonCell => ({ as: 'person', name, initials: initialsOf(name), avatar: toneOf(name) })
const nobody: Cell = { as: 'empty', like: 'person', label: 'Unassigned' }
const text = (words: string): TextCell => ({ as: 'text', text: words })
const code = (words: string): TextCell => ({ as: 'text', text: words, code: true })
const level = (high: 1 | 2 | 3 | 4): LevelCell => ({ as: 'level', level: high, label: ['Low', 'Normal', 'High', 'Urgent'][high - 1]! })

const statuses: Readonly<Record<string, StatusCell>> = {
  new: { as: 'status', label: 'New', category: 'open', glyph: 'new' },
  open: { as: 'status', label: 'In progress', category: 'open' },
  pending: { as: 'status', label: 'Pending customer', category: 'paused' },
  hold: { as: 'status', label: 'On hold', category: 'paused', glyph: 'paused' },
  done: { as: 'status', label: 'Resolved', category: 'closed', outcome: 'success' },
  failed: { as: 'status', label: 'Unresolved', category: 'closed', outcome: 'failure' },
}

const due = (kind: string, label: string): BadgeCell => {
  if (kind === 'over') return { as: 'badge', label, tone: 'red', icon: 'alert-triangle', title: 'Due 21 Nov 2026, 14:30' }
  if (kind === 'risk') return { as: 'badge', label, tone: 'amber', icon: 'hourglass', title: 'Due 21 Nov 2026, 18:10' }
  if (kind === 'met') return { as: 'badge', label, tone: 'green', icon: 'check', ground: 'plain' }
  if (kind === 'paused') return { as: 'badge', label, tone: 'grey', icon: 'player-pause' }
  return { as: 'badge', label, tone: 'grey', icon: 'clock', ground: 'plain' }
}

const columns: readonly Column[] = [
  { name: 'priority', label: 'Priority', kind: 'level', narrow: true },
  { name: 'number', label: 'Number', kind: 'text', code: true, sort: { href: '/list?sort=number' } },
  { name: 'subject', label: 'Subject', kind: 'text', title: true, sort: { href: '/list?sort=subject' } },
  { name: 'partner', label: 'Customer', kind: 'link', sort: { href: '/list?sort=partner' } },
  { name: 'status', label: 'Status', kind: 'status', sort: { href: '/list?sort=status' } },
  { name: 'sla', label: 'SLA', kind: 'badge', sort: { href: '/list?sort=-sla', now: 'ascending' } },
  { name: 'assignee', label: 'Assignee', kind: 'person', sort: { href: '/list?sort=assignee' } },
  { name: 'updated', label: 'Updated', kind: 'date', sort: { href: '/list?sort=updated' } },
]

type Line = readonly [number, 1 | 2 | 3 | 4, string, number, string, string, string, string, string | undefined, string]

const lines: Readonly<Record<string, readonly Line[]>> = {
  'Roads and pavements|126|2 overdue|average age 2.4 d': [
    [
      48171,
      3,
      'Manhole cover rattles all night under lorries, 9 Quay Lane',
      4,
      'Tomás Herrera',
      'open',
      'over',
      '3 h 05 m over',
      'Bo Lindqvist',
      '3 h',
    ],
    [
      48213,
      4,
      'Deep pothole in the left lane, two tyres damaged, Harbour Road at 114',
      3,
      'Marta Oyelaran',
      'open',
      'over',
      '1 h 12 m over',
      'Ana Kovač',
      '4 min',
    ],
    [
      48209,
      3,
      'Pavement slabs lifted by tree roots outside 27 Linden Row',
      0,
      'Dov Perlman',
      'new',
      'risk',
      '40 m left',
      undefined,
      '12 min',
    ],
    [
      48188,
      2,
      'Drain blocked by leaves, water stands across the Mill Street cycle lane',
      1,
      'Ingrid Solheim',
      'open',
      'run',
      '5 h 20 m left',
      'Ana Kovač',
      '1 h',
    ],
    [
      48197,
      2,
      'Zebra crossing worn away in front of St. Brigid’s primary school',
      5,
      'St. Brigid’s parents',
      'pending',
      'paused',
      'Paused',
      'Chidi Okafor',
      '2 h',
    ],
    [
      48160,
      1,
      'Dropped kerb for a wheelchair user who moves in on 1 December',
      2,
      'Leila Haddad',
      'hold',
      'paused',
      'Paused',
      'Chidi Okafor',
      '6 h',
    ],
  ],
  'Street lighting|84|1 overdue|average age 1.6 d': [
    [
      48204,
      4,
      'Lamp post 30417 leans towards the bus shelter after a collision',
      6,
      'City Transit control',
      'open',
      'over',
      '22 m over',
      'Bo Lindqvist',
      '8 min',
    ],
    [
      48211,
      3,
      'Five lamps out in a row on Canal Walk, posts 218 to 222',
      0,
      'Canal Walk residents',
      'new',
      'risk',
      '55 m left',
      undefined,
      '20 min',
    ],
    [
      48190,
      2,
      'Lamp flickers from dusk until about 22:00, opposite the pharmacy',
      1,
      'Priya Raman',
      'open',
      'run',
      '1 d 3 h left',
      'Noor Bakker',
      '2 h',
    ],
    [
      48169,
      2,
      'New LED shines into a third-floor bedroom, asks for a shield',
      3,
      'Jonas Weil',
      'pending',
      'paused',
      'Paused',
      'Noor Bakker',
      '5 h',
    ],
    [
      48151,
      2,
      'Underpass lights never switch on before 18:30',
      2,
      'Station Quarter forum',
      'done',
      'met',
      'Met',
      'Bo Lindqvist',
      'Yesterday',
    ],
  ],
  'Noise and nuisance|71|1 overdue|average age 3.1 d': [
    [
      48206,
      2,
      'Bar terrace music after midnight, Market Square 4',
      2,
      'Samuel Adeyemi',
      'open',
      'risk',
      '1 h 10 m left',
      'Femke de Wit',
      '48 min',
    ],
    [48212, 3, 'Piling before 07:00 on Saturday, Foundry Street site', 1, 'Helena Voss', 'new', 'run', '2 h 48 m left', undefined, '6 min'],
    [48185, 2, 'Delivery lorries idle below bedroom windows at 05:30', 4, 'Yusuf Demir', 'open', 'run', '9 h left', 'Femke de Wit', '3 h'],
    [
      48199,
      1,
      'Dog barks all day while the owner is out, flat 4B, Elm Court',
      0,
      'Name withheld',
      'pending',
      'paused',
      'Paused',
      'Femke de Wit',
      '1 h',
    ],
    [
      48166,
      2,
      'Cooling unit on the supermarket roof hums, 47 dB at the window',
      7,
      'Clara Bonnet',
      'hold',
      'paused',
      'Paused',
      'Femke de Wit',
      '5 h',
    ],
  ],
  'Waste and recycling|61||average age 0.9 d': [
    [
      48208,
      2,
      'Collection missed two weeks running, Vine Street odd numbers',
      2,
      'Rosa Marchetti',
      'open',
      'run',
      '4 h left',
      'Ivan Petrov',
      '18 min',
    ],
    [
      48195,
      3,
      'Fridge and mattress dumped behind the station bike racks',
      3,
      'Rail Estates Ltd',
      'open',
      'run',
      '6 h 30 m left',
      'Ivan Petrov',
      '1 h',
    ],
    [48174, 2, 'Bottle bank overflows every Sunday at Hilltop Park', 0, 'Park wardens', 'new', 'run', '1 d 4 h left', undefined, '4 h'],
    [
      48182,
      1,
      'Bulky pickup booked for the wrong week, asks for a new date',
      1,
      'Greta Lind',
      'failed',
      'met',
      'Met',
      'Ivan Petrov',
      '3 h',
    ],
  ],
}

function ticketRow(line: Line): Row {
  const [number, high, subject, messages, partner, status, slaKind, sla, assignee, updated] = line
  return {
    is: 'row',
    id: String(number),
    href: `/form?id=${number}`,
    name: `LC-${number}`,
    cells: [
      level(high),
      code(`LC-${number}`),
      messages ? { ...text(subject), after: { icon: 'message', text: String(messages), label: 'messages' } } : text(subject),
      { as: 'link', label: partner },
      statuses[status]!,
      due(slaKind, sla),
      assignee ? person(assignee) : nobody,
      { as: 'date', iso: '2026-11-21T14:02:00Z', shown: updated, title: '21 Nov 2026, 14:02' },
    ],
  }
}

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

const search: SearchBar = {
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

const views: readonly ViewLink[] = [
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

const fieldsCustomer: FormScreen['groups'] = [
  {
    name: 'customer',
    fields: [
      {
        kind: 'relation',
        name: 'partner',
        label: 'Customer',
        required: true,
        value: '7',
        live: true,
        chosen: { label: 'Fatou Camara', href: '#', initials: 'FC', avatar: 'd' },
        options: [],
        search: '/search.json',
        create: '/new-partner',
      },
      {
        kind: 'relation',
        name: 'assignee',
        label: 'Assignee',
        value: '3',
        chosen: { label: 'Amara Diallo', initials: 'AD', avatar: 'b' },
        options: [
          { value: '3', label: 'Amara Diallo' },
          { value: '4', label: 'Moussa Sarr' },
        ],
      },
      {
        kind: 'select',
        name: 'team',
        label: 'Team',
        value: 'w',
        options: [
          { value: 'w', label: 'Payments, Western region' },
          { value: 'e', label: 'Payments, Eastern region' },
        ],
      },
      {
        kind: 'select',
        name: 'type',
        label: 'Type',
        required: true,
        value: 'c',
        live: true,
        options: [
          { value: 'c', label: 'Complaint / Payment' },
          { value: 'i', label: 'Inquiry' },
        ],
      },
      {
        kind: 'tags',
        name: 'tags',
        label: 'Tags',
        search: '/search.json',
        options: [
          { value: '1', label: 'mobile money', chosen: true },
          { value: '2', label: 'repeat', chosen: true },
          { value: '3', label: 'urgent visit', chosen: false },
        ],
      },
    ],
  },
  {
    name: 'work',
    fields: [
      { kind: 'readonly', name: 'first', label: 'First response', cell: due('met', 'Met in 38 m') },
      { kind: 'readonly', name: 'resolution', label: 'Resolution', cell: due('risk', '1 h 40 m left') },
      {
        kind: 'select',
        name: 'program',
        label: 'Program',
        value: 'g',
        origin: 'Field added by the module fleet',
        options: [{ value: 'g', label: 'Child Grant 2026' }],
      },
      { kind: 'date', name: 'dueAt', label: 'Due on', value: '2026-11-30', help: 'The school fee is due that day.' },
      { kind: 'number', name: 'hours', label: 'Hours spent', value: '1.5', unit: 'h', step: '0.25' },
      { kind: 'checkbox', name: 'escalated', label: 'Escalated', value: true },
    ],
  },
]

const relatedTickets: ListScreen['table'] = {
  caption: 'Other tickets of this household',
  columns: [
    { name: 'number', label: 'Number', kind: 'text', code: true },
    { name: 'subject', label: 'Subject', kind: 'text', title: true },
    { name: 'status', label: 'Status', kind: 'status' },
    { name: 'date', label: 'Closed', kind: 'date' },
  ],
  body: [
    'New SIM, wants the number changed in the registry',
    'Asks when the second child is added to the grant',
    'Card reader at the shop refuses the entitlement card',
  ].map((subject, index) => ({
    is: 'row',
    id: String(index),
    href: '/form',
    name: subject,
    cells: [
      code(`SP-2026-0${1203 - index * 380}`),
      text(subject),
      index < 2 ? statuses.done! : statuses.failed!,
      { as: 'date', iso: '2026-09-30', shown: ['30 Sep', '11 May', '2 Mar'][index]! },
    ],
  })),
}

export const form: FormScreen = {
  ...app('October cash transfer did not arrive'),
  breadcrumbs: [
    { label: 'Tickets', href: '/list' },
    { label: 'Payment complaints', href: '/list' },
  ],
  code: 'SP-2026-01847',
  save: '/form',
  discard: '/form',
  isNew: false,
  version: '6',
  refresh: '/form/refresh',
  meta: [level(3), text('Complaint'), { as: 'date', iso: '2026-11-19T14:02:00Z', shown: 'opened 19 Nov, 14:02' }],
  titleField: { kind: 'text', name: 'subject', label: 'Subject', value: 'October cash transfer did not arrive', required: true },
  pager: { position: 3, total: 80, previous: '#', next: '#' },
  actions: [
    { label: 'Resolve', href: '/form/resolve', method: 'get', icon: 'circle-check' },
    { label: 'Assign', href: '/form/assign', method: 'get', icon: 'user-plus', hotkey: 'a' },
    { label: 'Escalate', href: '/form/escalate', method: 'post', icon: 'arrow-up-right' },
    { label: 'Send a reminder', href: '/form/remind', method: 'post', icon: 'mail' },
  ],
  menu: [
    { label: 'Duplicate', href: '/form/duplicate', method: 'post', icon: 'copy' },
    { label: 'Archive', href: '/form/archive', method: 'post', icon: 'archive' },
    { label: 'Delete…', href: '/confirm', method: 'get', icon: 'trash', tone: 'danger' },
  ],
  stages: [
    { label: 'New', state: 'done', move: '/form/move', values: [{ name: 'to', value: 'new' }] },
    { label: 'In progress', state: 'current' },
    { label: 'Pending customer', state: 'future', move: '/form/move', values: [{ name: 'to', value: 'pending' }] },
    { label: 'Resolved', state: 'future' },
  ],
  links: [
    { count: '12', label: 'Payments', href: '#', icon: 'wallet' },
    { count: '4', label: 'Tickets', href: '#', icon: 'ticket' },
    { count: '3', label: 'Files', href: '#', icon: 'paperclip' },
  ],
  groups: fieldsCustomer,
  tabs: [
    {
      is: 'fields',
      name: 'description',
      label: 'Description',
      groups: [
        {
          name: 'description',
          fields: [
            {
              kind: 'textarea',
              name: 'description',
              label: 'Description',
              wide: true,
              rows: 4,
              value:
                'The September payment came on the 28th as usual. In October the mobile money agent in Brikama found no transfer under my number. I changed my SIM card at the end of September, the number stayed the same. The children’s school fee is due on 30 November.',
            },
          ],
        },
      ],
    },
    {
      is: 'related',
      name: 'tickets',
      label: 'Other tickets',
      count: '3',
      table: relatedTickets,
      create: { label: 'Add', href: '#' },
      all: { label: 'Open as list', href: '#' },
    },
    {
      is: 'related',
      name: 'files',
      label: 'Files',
      table: { ...relatedTickets, body: [] },
      empty: { icon: 'paperclip', text: 'No files yet' },
    },
  ],
  conversation: {
    more: '#',
    kinds: true,
    say: [
      {
        name: 'reply',
        label: 'Reply',
        hotkey: 'r',
        internal: false,
        action: '#',
        maxLength: 20_000,
        choice: {
          name: 'status',
          options: [
            { value: '4', label: 'Send, set Pending' },
            { value: '5', label: 'Send, set Resolved' },
          ],
        },
      },
      { name: 'note', label: 'Note', hotkey: 'n', internal: true, action: '#' },
    ],
    days: [
      {
        label: 'Thursday 19 November',
        entries: [
          {
            is: 'created',
            text: 'created this ticket',
            at: { iso: '2026-11-19T14:02:00Z', shown: '14:02' },
            who: { name: 'Mobile app', initials: 'MA' },
            door: 'through the API',
            changes: [],
          },
          {
            is: 'changed',
            at: { iso: '2026-11-19T14:02:00Z', shown: '14:02' },
            text: 'Rule “Payments by region”',
            changes: [{ field: 'Team', new: 'Payments, Western region' }],
          },
          {
            is: 'message',
            at: { iso: '2026-11-19T14:02:00Z', shown: '14:02' },
            who: { name: 'Fatou Camara', initials: 'FC', avatar: 'd' },
            door: 'customer · mobile app',
            changes: [],
            text: 'The agent says nothing arrived for October. I attach the receipt where it shows zero. Please tell me if I must do something.',
          },
        ],
      },
      {
        label: 'Friday 20 November',
        entries: [
          {
            is: 'reply',
            at: { iso: '2026-11-20T08:40:00Z', shown: '08:40' },
            who: { name: 'Amara Diallo', initials: 'AD', avatar: 'b' },
            door: 'Staff',
            changes: [],
            text: 'Thank you, Fatou. I see a payment that came back on 28 October. I am asking the provider why and will write today.',
          },
          {
            is: 'changed',
            at: { iso: '2026-11-20T08:55:00Z', shown: '08:55' },
            who: { name: 'Moussa Sarr', initials: 'MS' },
            changes: [{ field: 'Assignee', old: 'Payments queue', new: 'Amara Diallo' }],
          },
        ],
      },
      {
        label: 'Today',
        entries: [
          {
            is: 'changed',
            at: { iso: '2026-11-21T09:12:00Z', shown: '09:12' },
            who: { name: 'Amara Diallo', initials: 'AD', avatar: 'b' },
            changes: [
              { field: 'Status', old: 'New', new: 'In progress' },
              { field: 'Priority', old: 'Normal', new: 'High' },
              { field: 'Due on', old: '28 Nov' },
            ],
          },
          {
            is: 'note',
            at: { iso: '2026-11-21T11:20:00Z', shown: '11:20' },
            who: { name: 'Moussa Sarr', initials: 'MS' },
            changes: [],
            text: 'Provider confirms: the number was re-registered to the new SIM under her married name, so the name check failed.',
          },
        ],
      },
    ],
  },
}

const { conversation: ___, ...formWithoutTalk } = form
export const formErrors: FormScreen = {
  ...formWithoutTalk,
  title: 'Test drive, Meridian E5 Touring, Saturday morning if possible',
  code: 'MM-2026-00731',
  breadcrumbs: [
    { label: 'Tickets', href: '/list' },
    { label: 'Test drives', href: '/list' },
  ],
  meta: [level(2), text('Test drive')],
  titleField: {
    kind: 'text',
    name: 'subject',
    label: 'Subject',
    value: 'Test drive, Meridian E5 Touring, Saturday morning if possible',
    required: true,
  },
  links: [],
  errors: {
    title: 'The ticket was not saved: 3 fields need you',
    items: [
      { field: 'date', label: 'Preferred date', text: '22 November is a Sunday; every showroom is closed.' },
      { field: 'phone', label: 'Phone', text: '“+49 30 55” has 6 digits; a number in Germany has at least 9.' },
      { field: 'branch', label: 'Branch', text: 'Harbour Service Center does not offer Test Drive.' },
    ],
  },
  groups: [
    {
      name: 'visit',
      fields: [
        {
          kind: 'relation',
          name: 'partner',
          label: 'Customer',
          required: true,
          value: '7',
          chosen: { label: 'Katharina Lenz', href: '#', initials: 'KL', avatar: 'b' },
          options: [],
          search: '/search.json',
        },
        {
          kind: 'text',
          input: 'tel',
          name: 'phone',
          label: 'Phone',
          required: true,
          value: '+49 30 55',
          error: 'Has 6 digits; a number in Germany has at least 9.',
        },
        {
          kind: 'select',
          name: 'bicycle',
          label: 'Bicycle',
          required: true,
          value: 'e5',
          options: [{ value: 'e5', label: 'Meridian E5 Touring, 210 kW' }],
        },
        {
          kind: 'select',
          name: 'branch',
          label: 'Branch',
          required: true,
          value: 'h',
          options: [
            { value: 'h', label: 'Harbour Service Center' },
            { value: 'n', label: 'Showroom North' },
            { value: 'a', label: 'Showroom Airport' },
          ],
          error: 'Does not offer Test Drive. Offered at:',
          fixes: [
            { label: 'Showroom North', value: 'n' },
            { label: 'Showroom Airport', value: 'a' },
          ],
        },
        {
          kind: 'date',
          name: 'date',
          label: 'Preferred date',
          value: '2026-11-22',
          error: 'A Sunday; every showroom is closed. Next open day:',
          fixes: [{ label: 'Mon 23 Nov', value: '2026-11-23' }],
        },
        { kind: 'datetime', name: 'time', label: 'Called back at', value: '2026-11-23T10:30', help: 'Branch time, Europe/Berlin' },
      ],
    },
  ],
  tabs: [
    {
      is: 'fields',
      name: 'request',
      label: 'Request',
      groups: [
        {
          name: 'r',
          fields: [
            {
              kind: 'textarea',
              name: 'message',
              label: 'Message',
              wide: true,
              value:
                'I would like to try the long-range version with the child seat fitted. Two adults, one child of three. I can also come on a weekday after five.',
            },
          ],
        },
      ],
    },
    {
      is: 'fields',
      name: 'campaign',
      label: 'Campaign',
      hasErrors: true,
      groups: [
        {
          name: 'c',
          fields: [
            { kind: 'text', name: 'source', label: 'Source', value: '' },
            { kind: 'checkbox', name: 'consent', label: 'Consent', value: false },
          ],
        },
      ],
    },
  ],
}

export const formConflict: FormScreen = {
  ...formErrors,
  conflict: {
    title: 'Someone saved this ticket first',
    text: 'Ella Winter saved version 7 at 10:42, while you were editing version 6. Nothing is lost: choose a value per field.',
    theirsLabel: 'Saved by Ella, 10:42',
    takeAllTheirs: { label: 'Take all of Ella’s', href: '/form' },
    fields: [
      {
        name: 'branch',
        label: 'Branch',
        changedBy: 'me',
        remark: 'Only you changed it',
        theirs: 'Showroom North',
        mine: 'Harbour Service Center',
        chosen: 'mine',
      },
      { name: 'assignee', label: 'Assignee', changedBy: 'both', remark: 'Both changed it', theirs: 'Ella Winter', mine: 'Noah Brandt' },
      {
        name: 'priority',
        label: 'Priority',
        changedBy: 'them',
        remark: 'Only Ella changed it',
        theirs: 'High',
        mine: 'Normal',
        chosen: 'theirs',
      },
      {
        name: 'message',
        label: 'Message',
        changedBy: 'both',
        remark: 'Both changed it',
        theirs: '…with the child seat fitted. Customer called: weekday is fine.',
        mine: '…with the child seat fitted. I can also come on a weekday after five.',
        chosen: 'mine',
      },
    ],
  },
}

const { pager: ____, code: _____, stages: ______, ...blank } = formWithoutTalk
export const formNew: FormScreen = {
  ...blank,
  title: 'New ticket',
  breadcrumbs: [{ label: 'Tickets', href: '/list' }],
  isNew: true,
  discard: '/list',
  meta: [],
  actions: [],
  menu: [],
  links: [],
  titleField: { kind: 'text', name: 'subject', label: 'Subject', value: '', required: true, placeholder: 'What it is about, in one line' },
  tabs: form.tabs.slice(0, 1),
}

const card = (
  id: number,
  high: 1 | 2 | 3 | 4,
  title: string,
  sla: BadgeCell,
  who: string,
  car: string,
  date: string,
  assignee?: string,
  tags: readonly string[] = [],
): Card => ({
  id: String(id),
  href: '/form',
  title,
  version: '1',
  top: [level(high), code(`MM-00${id}`)],
  state: sla,
  facts: [
    { ...text(who), icon: 'user' },
    { ...text(car), icon: 'car' },
    { as: 'date', iso: '2026-11-23', shown: date, icon: 'calendar-event' },
  ],
  person: assignee ? person(assignee) : { as: 'empty', like: 'person', label: 'Unassigned' },
  tags,
  move: `/move/${id}`,
})

export const kanban: KanbanScreen = {
  ...app('Test drives'),
  noun: 'tickets',
  here: '/kanban',
  create: { label: 'New', href: '/new', method: 'get' },
  search: {
    ...search,
    action: '/kanban',
    chips: [
      { kind: 'filter', label: 'Type', values: ['Test drive'], remove: '/kanban' },
      { kind: 'group', values: ['Status'], remove: '/kanban' },
    ],
  },
  views: views.map((view) => ({ ...view, current: view.kind === 'kanban' })),
  total: { count: 52, capped: false },
  columns: [
    {
      key: 'new',
      label: 'New',
      glyph: 'new',
      count: '11',
      create: '#',
      progress: {
        words: '1 overdue, 2 at risk, 8 on time',
        parts: [
          { tone: 'red', share: 9 },
          { tone: 'amber', share: 18 },
          { tone: 'green', share: 73 },
        ],
      },
      more: { href: '#', label: 'Show 8 more' },
      cards: [
        card(
          738,
          3,
          'Test drive, E5 Touring with tow bar',
          due('over', '18 m over'),
          'Oskar Fiedler',
          'Meridian E5 Touring',
          'Mon 23 Nov, 17:30',
        ),
        card(
          737,
          2,
          'Compare C2 petrol and C2 hybrid',
          due('risk', '35 m left'),
          'Aylin Kaya',
          'Meridian C2, C2 Hybrid',
          'Tue 24 Nov, 09:00',
          undefined,
          ['website'],
        ),
        card(
          735,
          2,
          'Test drive for a driving school fleet',
          due('run', '3 h left'),
          'Fahrschule Nord',
          'Meridian C1 manual',
          'Wed 25 Nov, 14:00',
          undefined,
          ['fleet'],
        ),
      ],
    },
    {
      key: 'open',
      label: 'In progress',
      glyph: 'active',
      count: '6',
      create: '#',
      sum: '14 h',
      progress: {
        words: '1 at risk, 5 on time',
        parts: [
          { tone: 'amber', share: 16 },
          { tone: 'green', share: 84 },
        ],
      },
      more: { href: '#', label: 'Show 2 more' },
      cards: [
        card(
          731,
          2,
          'Test drive with a child seat fitted',
          due('run', '5 h left'),
          'Katharina Lenz',
          'Meridian E5 Touring',
          'Mon 23 Nov, 10:30',
          'Ella Winter',
          ['child seat'],
        ),
        card(
          729,
          2,
          'Long-range version, motorway part wanted',
          due('risk', '1 h left'),
          'Mateo Alvarez',
          'Meridian E7 Long Range',
          'Mon 23 Nov, 12:00',
          'Noah Brandt',
        ),
        card(
          722,
          1,
          'Second drive, wants to show her partner',
          due('run', '1 d left'),
          'Birgit Sommer',
          'Meridian C2 Hybrid',
          'Fri 27 Nov, 16:00',
          'Ella Winter',
        ),
        card(
          719,
          2,
          'Left-hand traffic briefing needed',
          due('run', '2 d left'),
          'Hugh Pemberton',
          'Meridian E5',
          'Sat 28 Nov, 11:00',
          'Noah Brandt',
        ),
      ],
    },
    {
      key: 'pending',
      label: 'Pending customer',
      glyph: 'waiting',
      count: '4',
      progress: { words: '4 paused, waiting for an answer', parts: [{ tone: 'grey', share: 100 }] },
      cards: [
        card(
          727,
          2,
          'Waiting for a copy of the driving licence',
          due('paused', 'Paused'),
          'Sunita Rao',
          'Meridian E7',
          'no date yet',
          'Ella Winter',
        ),
        card(
          724,
          3,
          'New date after the snow day',
          due('paused', 'Paused'),
          'Piotr Zielinski',
          'Meridian V8 Van',
          'asked: Thu 26 Nov',
          'Noah Brandt',
          ['rebooked'],
        ),
        card(
          716,
          1,
          'Asked for weekend slots in December',
          due('paused', 'Paused'),
          'Amélie Laurent',
          'Meridian C1',
          'no date yet',
          'Ella Winter',
        ),
      ],
    },
    {
      key: 'done',
      label: 'Resolved',
      glyph: 'success',
      count: '28',
      closed: true,
      progress: {
        words: '26 of 28 within target this month',
        parts: [
          { tone: 'red', share: 7 },
          { tone: 'green', share: 93 },
        ],
      },
      more: { href: '#', label: 'Show 25 more' },
      cards: [
        card(
          714,
          2,
          'Drive done, will decide in January',
          due('met', 'Met'),
          'Nina Petrova',
          'Meridian C2 Hybrid',
          'Thu 19 Nov, 13:00',
          'Ella Winter',
        ),
        card(
          711,
          2,
          'Drive done, order signed',
          due('met', 'Met'),
          'George Mensah',
          'Meridian V8 Van',
          'Wed 18 Nov, 09:30',
          'Noah Brandt',
          ['sold'],
        ),
      ],
    },
    { key: 'hold', label: 'On hold', glyph: 'paused', count: '3', cards: [], folded: true, toggle: '/kanban?open=hold' },
  ],
}

export const signIn: SignInScreen = {
  shell: frame,
  audience: 'Staff of the service desk and administrators',
  action: '/sign-in',
  email: 'ana.kovac@larkfield.example',
  remember: { label: 'Stay signed in on this device for 14 days', checked: true },
  forgotten: '#',
  others: [
    { label: 'Email me a link', href: '#', method: 'get', icon: 'mail' },
    { label: 'Single sign-on', href: '#', method: 'get', icon: 'login-2' },
  ],
  aside: { text: 'Are you a resident?', label: 'Go to the portal, no password needed.', href: '#' },
}

export const signInWrong: SignInScreen = {
  ...signIn,
  error: 'This address and password do not go together. Check both, or have a new password sent.',
}

export const firstRun: FirstRunScreen = {
  shell: frame,
  action: '/first-run',
  token: 'sample',
  name: 'Administrator',
  email: 'admin@larkfield.example',
  minLength: 12,
  errors: { password: 'Has 8 characters; at least 12 are needed.' },
}

export const problem = (status: ErrorStatus, inside: boolean): ErrorScreen => ({
  shell: inside ? shell : frame,
  status,
  requestId: '01JD9-7QK2M4',
  action: { label: inside ? 'Back to the tickets' : 'Sign in', href: '/list', method: 'get' },
})

export const confirm: ConfirmScreen = {
  ...app('Delete'),
  breadcrumbs: [
    { label: 'Tickets', href: '/list' },
    { label: 'SP-2026-01847', href: '/form' },
  ],
  subject: 'Delete “October cash transfer did not arrive”?',
  text: 'It is removed for everybody and cannot be brought back. Archive it instead if it only should be out of the way.',
  action: '/delete',
  values: [{ name: 'id', value: '1847' }],
  fields: [],
  consequences: [
    { value: '3', label: 'files are deleted with it', icon: 'paperclip', tone: 'red' },
    { value: '14', label: 'history entries are deleted with it', icon: 'clock', tone: 'red' },
    { value: '12', label: 'payments stay and lose the link', icon: 'wallet' },
  ],
  typeToConfirm: 'SP-2026-01847',
  confirm: { label: 'Delete the ticket', danger: true },
  cancel: '/form',
}

export const ask: ConfirmScreen = {
  ...app('Assign 3 tickets'),
  breadcrumbs: [{ label: 'Tickets', href: '/list' }],
  action: '/bulk/assign',
  values: [],
  fields: [
    {
      kind: 'relation',
      name: 'assignee',
      label: 'Assignee',
      required: true,
      value: '',
      options: [{ value: '3', label: 'Amara Diallo' }],
      wide: true,
    },
    { kind: 'textarea', name: 'reason', label: 'Reason', value: '', wide: true, help: 'Goes into the history of each ticket.' },
  ],
  confirm: { label: 'Assign 3 tickets', danger: false },
  cancel: '/list',
  shell: { ...shell, toast: { text: '3 tickets archived', tone: 'success', undo: { label: 'Undo', href: '/undo', method: 'post' } } },
}
