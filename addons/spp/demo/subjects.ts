/** What people ask of social protection programmes, by type of ticket; what staff answer. */
export interface Subject {
  readonly subject: string
  readonly description: string
}

export const subjects: Readonly<Record<'inquiry' | 'request' | 'complaint', readonly Subject[]>> = {
  inquiry: [
    { subject: 'When is the next payment?', description: 'The village head could not say when the next payment day is.' },
    { subject: 'Is my household eligible?', description: 'We are seven people and nobody has work since the harvest.' },
    { subject: 'Which papers do I bring to register?', description: 'My identity card was lost in the flood.' },
    { subject: 'Can my sister collect for me?', description: 'I am in hospital and cannot come to the pay point.' },
    { subject: 'How long does the pension take?', description: 'I turned 65 in March and handed in the form in April.' },
  ],
  request: [
    { subject: 'Please correct my date of birth', description: 'The registry has 1985, my card says 1958.' },
    { subject: 'New payment card', description: 'The card is broken and the machine keeps refusing it.' },
    { subject: 'Add my newborn to the household', description: 'Born on the second of this month, papers attached at the office.' },
    { subject: 'Move my payments to another pay point', description: 'We moved to my brother’s compound.' },
    { subject: 'Change of phone number', description: 'The text messages go to a number that I no longer have.' },
  ],
  complaint: [
    { subject: 'The transfer did not arrive', description: 'Everybody in the village was paid but us.' },
    { subject: 'I was paid less than my neighbour', description: 'We are both six people, he got twice as much.' },
    { subject: 'The agent asked for money', description: 'At the pay point I was told to leave 200 for the service.' },
    { subject: 'Our household was left out', description: 'The committee did not come to our side of the river.' },
    { subject: 'Wrong name on the list', description: 'They gave my payment to a man with nearly my name.' },
  ],
}

export const answers = [
  'Thank you for telling us. We have asked the payment provider and will come back to you this week.',
  'We have corrected it in the registry. You will see it with the next payment.',
  'Please bring your card and one more paper with your name to the office in your district.',
  'We visited the pay point and spoke with the staff there. The rest will be paid with the next transfer.',
  'Your application is with the committee, which meets on the last Thursday of the month.',
]
export const notes = [
  'Called the pay point: the list there is the one of last quarter.',
  'The registry shows two households with the same head. Asked the district officer to check.',
  'Provider confirms a failed batch on that day.',
  'Third complaint from this village this month.',
]
export const thanks = [
  'Thank you, it is solved.',
  'I am still waiting.',
  'I went there, they sent me away again.',
  'It came today, thank you.',
]
