import type { ConfirmScreen, ErrorScreen, ErrorStatus } from '../screens.ts'
import { app, frame, shell } from './frame.ts'

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
