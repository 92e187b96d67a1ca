import { ifLinked, quote, type Wordings, wording } from './wording.ts'

const open = 'Ouvrir le ticket'

export const french: Wordings = {
  created_partner: wording({
    subject: 'Nous avons reçu votre ticket {{number}} : {{subject}}',
    says: [
      'Bonjour {{name}},',
      'nous avons bien reçu votre ticket {{number}} « {{subject}} » et reviendrons vers vous. Vous pouvez le suivre et le compléter à tout moment.',
    ],
    button: 'Voir votre ticket',
  }),
  created_team: wording({
    subject: 'Nouveau ticket {{number}} : {{subject}}',
    says: ['Nouveau ticket de {{partner}} pour {{team}} : {{number}} « {{subject}} » ({{type}}, {{priority}}).', quote],
    button: open,
  }),
  assigned_assignee: wording({
    subject: 'Ticket confié à vous : {{number}} {{subject}}',
    says: ['{{name}}, le ticket {{number}} « {{subject}} » de {{partner}} vous a été confié ({{priority}}, {{status}}).', quote],
    button: open,
  }),
  assigned_team: wording({
    subject: 'Ticket confié à {{team}} : {{number}} {{subject}}',
    says: [
      'Le ticket {{number}} « {{subject}} » de {{partner}} a été confié à {{team}}. Personne ne l’a encore pris ({{priority}}, {{status}}).',
      quote,
    ],
    button: open,
  }),
  replied_partner: wording({
    subject: 'Réponse à votre ticket {{number}} : {{subject}}',
    says: ['Bonjour {{name}},', 'nous avons répondu à votre ticket {{number}} « {{subject}} » :', quote, 'Il est maintenant : {{status}}.'],
    button: 'Répondre',
  }),
  replied_assignee: wording({
    subject: '{{author}} a répondu : {{number}} {{subject}}',
    says: ['{{author}} a répondu sur votre ticket {{number}} « {{subject}} » ({{status}}) :', quote],
    button: open,
  }),
  replied_team: wording({
    subject: '{{author}} a répondu : {{number}} {{subject}}',
    says: [
      '{{author}} a répondu sur le ticket {{number}} « {{subject}} » ({{status}}), que personne dans {{team}} n’a encore pris :',
      quote,
    ],
    button: open,
  }),
  status_partner: wording({
    subject: 'Votre ticket {{number}} est maintenant : {{status}}',
    says: ['Bonjour {{name}},', 'votre ticket {{number}} « {{subject}} » est maintenant : {{status}}.'],
    button: 'Voir votre ticket',
  }),
  status_assignee: wording({
    subject: '{{status}} : {{number}} {{subject}}',
    says: ['Votre ticket {{number}} « {{subject}} » de {{partner}} est maintenant : {{status}} ({{author}}).'],
    button: open,
  }),
  closed_partner: wording({
    subject: 'Votre ticket {{number}} est clos : {{subject}}',
    says: [
      'Bonjour {{name}},',
      'votre ticket {{number}} « {{subject}} » est clos.{{#if reason}} {{reason}}{{/if}}',
      quote,
      ifLinked(
        'Êtes-vous satisfait ? Votre note nous aide, un clic suffit. S’il reste une question, <a href="{{url}}">rouvrez le ticket</a>.',
      ),
    ],
    button: 'Donner une note',
    to: '{{url}}/rate',
  }),
  closed_assignee: wording({
    subject: 'Clos : {{number}} {{subject}}',
    says: ['{{author}} a clos votre ticket {{number}} « {{subject}} » de {{partner}} : {{status}}.{{#if reason}} {{reason}}{{/if}}', quote],
    button: open,
  }),
  mentioned_follower: wording({
    subject: '{{author}} vous a cité : {{number}} {{subject}}',
    says: ['{{author}} vous a cité sur le ticket {{number}} « {{subject}} » de {{partner}} ({{status}}) :', quote],
    button: open,
  }),
  replied_follower: wording({
    subject: '{{author}} a répondu : {{number}} {{subject}}',
    says: ['{{author}} a répondu sur le ticket {{number}} « {{subject}} » de {{partner}}, que vous suivez ({{status}}) :', quote],
    button: open,
  }),
  status_follower: wording({
    subject: '{{status}} : {{number}} {{subject}}',
    says: ['Le ticket {{number}} « {{subject}} » de {{partner}}, que vous suivez, est maintenant : {{status}} ({{author}}).'],
    button: open,
  }),
  closed_follower: wording({
    subject: 'Clos : {{number}} {{subject}}',
    says: [
      '{{author}} a clos le ticket {{number}} « {{subject}} » de {{partner}}, que vous suivez : {{status}}.{{#if reason}} {{reason}}{{/if}}',
      quote,
    ],
    button: open,
  }),
  planned_doer: wording({
    subject: '{{author}} vous a confié une activité : {{number}} {{subject}}',
    says: ['{{author}} vous a confié une activité sur le ticket {{number}} « {{subject}} » de {{partner}} ({{status}}) :', quote],
    button: open,
  }),
  due_doer: wording({
    subject: 'À faire aujourd’hui : {{number}} {{subject}}',
    says: ['{{name}}, voici ce qui est à faire aujourd’hui sur le ticket {{number}} « {{subject}} » de {{partner}} ({{status}}) :', quote],
    button: open,
  }),
  overdue_assignee: wording({
    subject: 'En retard : {{number}} {{subject}}',
    says: ['{{name}}, le ticket {{number}} « {{subject}} » de {{partner}} est en retard ({{priority}}, {{status}}).'],
    button: open,
  }),
  atRisk_assignee: wording({
    subject: 'À risque : {{number}} {{subject}}',
    says: ['{{name}}, le ticket {{number}} « {{subject}} » de {{partner}} sera bientôt en retard ({{priority}}, {{status}}).'],
    button: open,
  }),
}
