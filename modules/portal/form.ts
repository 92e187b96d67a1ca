/** What customers are asked for, by ticket type: data that modules declare and the portal renders. */
import { customer } from '@tessera/base'
import { me, type Rule } from '@tessera/core'
import { asked, Ticket } from '@tessera/ticket'

/** A field of the ticket that a form asks for. */
export interface Asked {
  readonly field: keyof Ticket & string
  /** The customer cannot leave it empty, although staff may. */
  readonly required: boolean
}

/** How customers file tickets of one type. */
export interface PortalForm {
  /** The code of the ticket type. */
  readonly type: string
  /** The icon of its card: one that `templates/type-icon.hbs`, or a menu, model or action of any module names. */
  readonly icon: string
  /** False keeps the type out of the customers' choice. */
  readonly offered: boolean
  readonly fields: readonly Asked[]
}

/**
 * The form of a ticket type: `portalForm('test_drive', { fields: ['testDriveModel', { field: 'testDriveDate', required: true }] })`.
 * Subject and description are asked for in every form, the named fields between them. Labels and help come from the catalogues;
 * `portal.form.<type>` is the sentence on the type's card, `portal.field.<field>` a label for customers alone.
 */
export function portalForm(
  type: string,
  about: {
    icon?: string
    offered?: boolean
    fields?: readonly ((keyof Ticket & string) | { readonly field: keyof Ticket & string; readonly required?: boolean })[]
  } = {},
): PortalForm {
  const between = (about.fields ?? []).map((each) =>
    typeof each === 'string' ? { field: each, required: false } : { field: each.field, required: each.required ?? false },
  )
  return {
    type,
    icon: about.icon ?? 'message',
    offered: about.offered ?? true,
    fields: [{ field: 'subject', required: true }, ...between, { field: 'description', required: true }],
  }
}

/** The rules with which customers fill in the forms and see what they wrote; a field without them is left out of its form. */
export function mayFill(...forms: readonly PortalForm[]): readonly Rule[] {
  const fields = [...new Set(forms.flatMap((form) => form.fields.map(({ field }) => field)))]
  return [customer.can('create', Ticket, { partner: me.partnerId }, fields), customer.can('read', Ticket, asked, fields)]
}
