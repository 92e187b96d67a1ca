import { channelConformance } from './conformance.ts'
import { mailVendor } from './vendor.ts'

channelConformance('email', {
  channel: 'email',
  modules: ['base'],
  to: 'fatou@example.org',
  startVendor: mailVendor,
  env: (vendor) => ({ SMTP_URL: vendor, BASE_URL: 'https://desk.example.org' }),
  takesMessageId: true,
})
