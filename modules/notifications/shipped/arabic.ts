import { ifLinked, quote, type Wordings, wordingFromRight as wording } from './wording.ts'

const open = 'افتح التذكرة'

export const arabic: Wordings = {
  created_partner: wording({
    subject: 'استلمنا تذكرتك {{number}}: {{subject}}',
    says: ['مرحبًا {{name}}،', 'استلمنا تذكرتك {{number}} «{{subject}}» وسنعود إليك قريبًا. يمكنك متابعتها والإضافة إليها في أي وقت.'],
    button: 'عرض تذكرتك',
  }),
  created_team: wording({
    subject: 'تذكرة جديدة {{number}}: {{subject}}',
    says: ['تذكرة جديدة من {{partner}} إلى {{team}}: {{number}} «{{subject}}» ({{type}}، {{priority}}).', quote],
    button: open,
  }),
  assigned_assignee: wording({
    subject: 'أُسندت إليك: {{number}} {{subject}}',
    says: ['{{name}}، أُسندت إليك التذكرة {{number}} «{{subject}}» من {{partner}} ({{priority}}، {{status}}).', quote],
    button: open,
  }),
  assigned_team: wording({
    subject: 'أُسندت إلى {{team}}: {{number}} {{subject}}',
    says: ['أُسندت التذكرة {{number}} «{{subject}}» من {{partner}} إلى {{team}}، ولم يتولّها أحد بعد ({{priority}}، {{status}}).', quote],
    button: open,
  }),
  replied_partner: wording({
    subject: 'رد على تذكرتك {{number}}: {{subject}}',
    says: ['مرحبًا {{name}}،', 'لقد رددنا على تذكرتك {{number}} «{{subject}}»:', quote, 'حالتها الآن: {{status}}.'],
    button: 'الرد',
  }),
  replied_assignee: wording({
    subject: 'رد من {{author}}: {{number}} {{subject}}',
    says: ['رد من {{author}} على تذكرتك {{number}} «{{subject}}» ({{status}}):', quote],
    button: open,
  }),
  replied_team: wording({
    subject: 'رد من {{author}}: {{number}} {{subject}}',
    says: ['رد من {{author}} على التذكرة {{number}} «{{subject}}» ({{status}})، ولم يتولّها أحد في {{team}} بعد:', quote],
    button: open,
  }),
  status_partner: wording({
    subject: 'حالة تذكرتك {{number}} الآن: {{status}}',
    says: ['مرحبًا {{name}}،', 'حالة تذكرتك {{number}} «{{subject}}» الآن: {{status}}.'],
    button: 'عرض تذكرتك',
  }),
  status_assignee: wording({
    subject: '{{status}}: {{number}} {{subject}}',
    says: ['حالة تذكرتك {{number}} «{{subject}}» من {{partner}} الآن: {{status}} ({{author}}).'],
    button: open,
  }),
  closed_partner: wording({
    subject: 'أُغلقت تذكرتك {{number}}: {{subject}}',
    says: [
      'مرحبًا {{name}}،',
      'أُغلقت تذكرتك {{number}} «{{subject}}».{{#if reason}} {{reason}}{{/if}}',
      quote,
      ifLinked('كيف كانت خدمتنا؟ تقييمك يساعدنا ولا يستغرق سوى نقرة واحدة. وإن بقي شيء لم يُحل، <a href="{{url}}">أعد فتح التذكرة</a>.'),
    ],
    button: 'قيّم خدمتنا',
    to: '{{url}}/rate',
  }),
  closed_assignee: wording({
    subject: 'أُغلقت: {{number}} {{subject}}',
    says: ['أُغلقت تذكرتك {{number}} «{{subject}}» من {{partner}} بواسطة {{author}}: {{status}}.{{#if reason}} {{reason}}{{/if}}', quote],
    button: open,
  }),
  mentioned_follower: wording({
    subject: 'ذكرك {{author}}: {{number}} {{subject}}',
    says: ['ذكرك {{author}} في التذكرة {{number}} «{{subject}}» من {{partner}} ({{status}}):', quote],
    button: open,
  }),
  replied_follower: wording({
    subject: 'رد من {{author}}: {{number}} {{subject}}',
    says: ['رد من {{author}} على التذكرة {{number}} «{{subject}}» من {{partner}} التي تتابعها ({{status}}):', quote],
    button: open,
  }),
  status_follower: wording({
    subject: '{{status}}: {{number}} {{subject}}',
    says: ['حالة التذكرة {{number}} «{{subject}}» من {{partner}} التي تتابعها الآن: {{status}} ({{author}}).'],
    button: open,
  }),
  closed_follower: wording({
    subject: 'أُغلقت: {{number}} {{subject}}',
    says: [
      'أُغلقت التذكرة {{number}} «{{subject}}» من {{partner}} التي تتابعها، بواسطة {{author}}: {{status}}.{{#if reason}} {{reason}}{{/if}}',
      quote,
    ],
    button: open,
  }),
  planned_doer: wording({
    subject: 'كلّفك {{author}} بنشاط: {{number}} {{subject}}',
    says: ['كلّفك {{author}} بنشاط على التذكرة {{number}} «{{subject}}» من {{partner}} ({{status}}):', quote],
    button: open,
  }),
  due_doer: wording({
    subject: 'للإنجاز اليوم: {{number}} {{subject}}',
    says: ['{{name}}، هذا ما ينبغي إنجازه اليوم بشأن التذكرة {{number}} «{{subject}}» من {{partner}} ({{status}}):', quote],
    button: open,
  }),
  overdue_assignee: wording({
    subject: 'فات الموعد: {{number}} {{subject}}',
    says: ['{{name}}، التذكرة {{number}} «{{subject}}» من {{partner}} فات موعدها ({{priority}}، {{status}}).'],
    button: open,
  }),
  atRisk_assignee: wording({
    subject: 'في خطر: {{number}} {{subject}}',
    says: ['{{name}}، التذكرة {{number}} «{{subject}}» من {{partner}} سيفوت موعدها قريبًا ({{priority}}، {{status}}).'],
    button: open,
  }),
}
