/** What the invented customers ask and are answered. */
import type { DealerType } from '../ticket/rows.ts'

export const vehicles = ['Corolla', 'Corolla Cross', 'Yaris', 'Camry', 'RAV4', 'Land Cruiser', 'Hilux', 'Fortuner', 'Prado']

interface Matter {
  readonly subject: string
  readonly text: string
  readonly topic?: string
}

export const matters: Readonly<Record<DealerType, readonly Matter[]>> = {
  general_inquiry: [
    { subject: 'Are wipers for the {vehicle} in stock?', text: 'I need both wipers for a {vehicle} of 2021.', topic: 'part inquiry' },
    {
      subject: 'How does the instalment plan work?',
      text: 'Which papers do I need for the {vehicle}, and how many months are possible?',
      topic: 'instalment payment',
    },
    { subject: 'Is the summer offer still valid?', text: 'I saw the offer for the {vehicle} on your page.', topic: 'sales campaign' },
    { subject: 'Price of the 40,000 km service', text: 'What does the service of a {vehicle} cost?', topic: 'service price inquiry' },
    {
      subject: 'The waiting room was full and nobody told us how long',
      text: 'Two hours for an oil change of the {vehicle}. Please do something.',
      topic: 'complaint',
    },
  ],
  vehicle_quotation: [
    { subject: 'Quotation: {vehicle}', text: 'White, with the larger screen. Delivery within two months.' },
    { subject: 'Trade my old car for a {vehicle}', text: 'It is from 2015 with 140,000 km, one owner.' },
    { subject: 'Price for ten {vehicle} for our company', text: 'Delivery to one address, two each month.' },
  ],
  ssc_inquiry: [
    { subject: 'Is there a recall for my {vehicle}?', text: 'I bought it second hand; it was imported from the Gulf.' },
    { subject: 'Airbag recall: is my {vehicle} concerned?', text: 'A friend was told to come for the airbag.' },
  ],
  service_booking: [
    { subject: 'Service booking: {vehicle}', text: '20,000 km service, and the brakes squeak when it is cold.' },
    { subject: 'Air conditioning of the {vehicle} blows warm', text: 'Please look at it before the summer.' },
  ],
  test_drive: [
    { subject: 'Test drive: {vehicle}', text: 'I would like to try the hybrid, with my family.' },
    { subject: 'Test drive of the {vehicle} on a Friday', text: 'Is it possible in the afternoon?' },
  ],
}

export const answers = [
  'Thank you for writing to us. We have looked into it and call you today.',
  'We have reserved the time for you. Please bring your identity card.',
  'The offer is attached to your file; it is valid for two weeks. Shall we go ahead?',
  'The part is there. You can collect it at the counter until six.',
]
export const questions = [
  'Yes, please go ahead.',
  'Can it be a day later?',
  'Thank you. What does it cost in the end?',
  'I did not get a call yet.',
]

const given = ['Layla', 'Omar', 'Zainab', 'Hassan', 'Noor', 'Karim', 'Sara', 'Yousif', 'Rana', 'Ali']
const family = ['Hassan', 'Mahmoud', 'Karimi', 'Tawfiq', 'Shakir', 'Latif', 'Ghani']
/** Seventy names, each once. */
export const people = family.flatMap((last) => given.map((first) => `${first} ${last}`))
