import type { FormScreen } from '../screens.ts'
import { form } from './form.ts'
import { level, text } from './parts.ts'

const { conversation: _, ...formWithoutTalk } = form
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

const { pager: __, code: ___, stages: ____, ...blank } = formWithoutTalk
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
