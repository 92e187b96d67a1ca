import type { FormScreen, ListScreen } from '../screens.ts'
import { app } from './frame.ts'
import { code, due, level, statuses, text } from './parts.ts'

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
