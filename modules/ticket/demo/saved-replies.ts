/** Three replies to begin with, in the languages of the desk. */
export const savedReplies = [
  {
    name: 'Asked for more',
    shortcut: 'more',
    kind: 'public',
    body: {
      en: 'Dear {{partner.name}},\n\nthank you for writing about “{{subject}}” ({{number}}). Please tell us the exact address and, if you can, send a picture.\n\n{{me.name}}, {{organisation}}',
      fr: 'Bonjour {{partner.name}},\n\nmerci pour votre message au sujet de « {{subject}} » ({{number}}). Indiquez-nous l’adresse exacte et, si possible, envoyez une photo.\n\n{{me.name}}, {{organisation}}',
      ar: 'السيد/السيدة {{partner.name}}،\n\nشكرًا لرسالتكم بشأن «{{subject}}» ({{number}}). نرجو موافاتنا بالعنوان الدقيق وبصورة إن أمكن.\n\n{{me.name}}، {{organisation}}',
    },
  },
  {
    name: 'On its way',
    shortcut: 'way',
    kind: 'public',
    body: {
      en: 'Dear {{partner.name}},\n\nwe are working on {{number}}. We write again as soon as it is done.\n\n{{me.name}}, {{organisation}}',
      fr: 'Bonjour {{partner.name}},\n\nnous nous occupons de {{number}}. Nous vous écrirons dès que ce sera fait.\n\n{{me.name}}, {{organisation}}',
      ar: 'السيد/السيدة {{partner.name}}،\n\nنعمل على الطلب {{number}}، وسنكتب إليكم فور الانتهاء.\n\n{{me.name}}، {{organisation}}',
    },
  },
  {
    name: 'Called, nobody answered',
    kind: 'note',
    body: {
      en: 'Called {{partner.phone}}, nobody answered.',
      fr: 'Appelé au {{partner.phone}}, sans réponse.',
      ar: 'اتصلت بالرقم {{partner.phone}} ولم يُجب أحد.',
    },
  },
] as const
